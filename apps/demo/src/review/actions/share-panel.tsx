import type { Decision } from '@didit-verify/core/schemas'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { banks } from '../../../server/review/staff.ts'
import { fill } from '../../../shared/texts/texts.ts'
import { useDesk } from '../desk.tsx'
import { createDeskClient } from '../desk-client.ts'
import { deskKeys } from '../desk-queries.ts'
import { hrefOf } from '../route.ts'
import { obstacleToShare } from '../rules.ts'
import { statusName } from '../status.tsx'
import { counted, useDeskTexts } from '../texts/texts.ts'
import { Trouble } from '../trouble.tsx'

const lives = [600, 3_600, 86_400] as const

/** Hands a Session to a partner: a token to copy, or straight on to the other desk of this demo. */
export function SharePanel({ decision }: { readonly decision: Decision }) {
  const { client } = useDesk()
  const { actions } = useDeskTexts()
  const id = useId()
  const [isOther, setOther] = useState(client.bank === 'lantern')
  const share = useMutation({
    mutationFn: ({ application, seconds }: { application: string; seconds: number }) =>
      client.share(decision.session_id, application, seconds),
  })
  const obstacle = obstacleToShare(decision.status)
  const isOff = obstacle !== null || share.isPending
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isOff) return
    const given = new FormData(event.currentTarget)
    const application = isOther ? String(given.get('application') ?? '').trim() : banks.lantern.applicationId
    share.mutate({ application, seconds: Number(given.get('seconds')) })
  }
  return (
    <details className="aside-part">
      <summary>{actions.share}</summary>
      <p className="quiet">{actions.shareLead}</p>
      <form onSubmit={submit} className="stack">
        {client.bank === 'harbour' && (
          <p className="field">
            <label htmlFor={`${id}-partner`}>{actions.shareWith}</label>
            <select
              id={`${id}-partner`}
              value={isOther ? 'other' : 'lantern'}
              onChange={({ target }) => setOther(target.value === 'other')}
            >
              <option value="lantern">{banks.lantern.name}</option>
              <option value="other">{actions.shareOther}</option>
            </select>
          </p>
        )}
        {isOther && (
          <p className="field">
            <label htmlFor={`${id}-application`}>{actions.shareApplication}</label>
            <input id={`${id}-application`} name="application" autoComplete="off" required />
          </p>
        )}
        <p className="field">
          <label htmlFor={`${id}-seconds`}>{actions.shareValid}</label>
          <select id={`${id}-seconds`} name="seconds" defaultValue={3_600}>
            {lives.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds < 3_600
                  ? counted(actions.shareMinutes, seconds / 60)
                  : counted(actions.shareHours, seconds / 3_600)}
              </option>
            ))}
          </select>
        </p>
        <button
          type="submit"
          className="button second"
          aria-disabled={isOff}
          aria-describedby={obstacle ? `${id}-why-not` : undefined}
        >
          {actions.shareGo}
        </button>
        {obstacle && <small id={`${id}-why-not`}>{actions.rules[obstacle]}</small>}
      </form>
      {share.isError && <Trouble error={share.error} />}
      {share.data && <Token key={share.data.share_token} token={share.data.share_token} isForLantern={!isOther} />}
    </details>
  )
}

function Token({ token, isForLantern }: { readonly token: string; readonly isForLantern: boolean }) {
  const { actions } = useDeskTexts()
  const id = useId()
  const [isCopied, setCopied] = useState(false)
  return (
    <div className="stack">
      <p className="field">
        <label htmlFor={id}>{actions.shareToken}</label>
        <textarea id={id} readOnly rows={4} value={token} onFocus={({ target }) => target.select()} />
      </p>
      <p>
        <button
          type="button"
          className="link"
          onClick={() =>
            void navigator.clipboard.writeText(token).then(
              () => setCopied(true),
              () => document.getElementById(id)?.focus(),
            )
          }
        >
          {actions.shareCopy}
        </button>{' '}
        <span role="status">{isCopied && actions.shareCopied}</span>
      </p>
      {isForLantern && <ImportAtPartner token={token} />}
    </div>
  )
}

/** Imports the Session with the token, at the partner's own server. */
function ImportAtPartner({ token }: { readonly token: string }) {
  const texts = useDeskTexts()
  const { actions } = texts
  const queryClient = useQueryClient()
  const [isTrusted, setTrusted] = useState(true)
  const transfer = useMutation({
    mutationFn: () =>
      createDeskClient('lantern').importShared({ share_token: token, workflow: 'default', trust_review: isTrusted }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: deskKeys.bank('lantern') }),
  })
  const bank = banks.lantern.name
  if (transfer.data) {
    const { session_id: sessionId, status } = transfer.data.decision
    return (
      <p role="status" className="done">
        {fill(actions.shareImported, { status: statusName(texts, status).toLowerCase() })}{' '}
        <a href={hrefOf({ bank: 'lantern', page: 'session', sessionId })}>{fill(actions.shareSee, { bank })}</a>
      </p>
    )
  }
  return (
    <div className="stack">
      <label className="tick">
        <input type="checkbox" checked={isTrusted} onChange={({ target }) => setTrusted(target.checked)} />
        <span>
          {actions.trust} <small>{actions.trustHint}</small>
        </span>
      </label>
      <button
        type="button"
        className="button"
        aria-disabled={transfer.isPending}
        onClick={() => transfer.isPending || transfer.mutate()}
      >
        {fill(actions.shareImport, { bank })}
      </button>
      {transfer.isError && <Trouble error={transfer.error} />}
    </div>
  )
}
