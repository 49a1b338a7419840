import { phaseOf } from '@didit-verify/core'
import type { ReactNode } from 'react'
import { named } from '../../../shared/texts/texts.ts'
import { useDesk } from '../desk.tsx'
import type { SessionFile } from '../desk-client.ts'
import { isSafeUrl, nameOf } from '../facts.ts'
import { useFormats } from '../formats.ts'
import { hrefOf } from '../route.ts'
import { Status } from '../status.tsx'
import { useDeskTexts } from '../texts/texts.ts'

/** Shows the person, the status, and the facts that belong to no check. */
export function SessionHead({ file }: { readonly file: SessionFile }) {
  const { decision, snapshot, workflow, userId } = file
  const { client, workflows } = useDesk()
  const texts = useDeskTexts()
  const { facts } = texts.session
  const { moment } = useFormats()
  // A Session that was not created here is bound to no alias, yet its Workflow is one of the bank's.
  const alias = workflow || Object.keys(workflows).find((it) => workflows[it] === decision.workflow_id)
  const told: readonly (readonly [label: string, value: ReactNode])[] = [
    [facts.number, decision.session_number],
    [facts.reference, decision.vendor_data],
    [facts.workflow, alias === undefined ? decision.workflow_id : (named(texts.workflows, alias) ?? alias)],
    [facts.created, typeof decision.created_at === 'string' ? moment(decision.created_at) : null],
    [facts.expires, typeof decision.expires_at === 'string' ? moment(decision.expires_at) : null],
    [facts.environment, decision.environment],
    [facts.owner, userId ?? facts.unowned],
    [
      facts.link,
      isSafeUrl(decision.session_url) ? (
        <a href={decision.session_url} target="_blank" rel="noreferrer">
          {facts.openLink}
        </a>
      ) : null,
    ],
  ]
  return (
    <header className="file-head" data-phase={phaseOf(decision.status)}>
      <p>
        <a className="file-back" href={hrefOf({ bank: client.bank, page: 'sessions', filters: {}, offset: 0 })}>
          <span className="back-arrow" aria-hidden="true">
            ←
          </span>{' '}
          {texts.session.back}
        </a>
      </p>
      <h1 id="session-name" tabIndex={-1}>
        {nameOf(decision) ?? texts.list.nameless}
      </h1>
      <Status status={decision.status} />
      {snapshot?.settled === false && <p className="note">{texts.session.settling}</p>}
      <dl>
        {told
          .filter(([, value]) => value !== null && value !== undefined && value !== '')
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </header>
  )
}
