import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId } from 'react'
import { fill, named } from '../../shared/texts/texts.ts'
import { useDesk } from './desk.tsx'
import type { ImportRequest } from './desk-client.ts'
import { deskKeys } from './desk-queries.ts'
import { hrefOf } from './route.ts'
import { statusName } from './status.tsx'
import { useDeskTexts } from './texts/texts.ts'
import { Trouble } from './trouble.tsx'

/** Takes over a Session that another bank has shared, by its token. */
export function ImportPage() {
  const { client, bankName, workflows } = useDesk()
  const texts = useDeskTexts()
  const { import: words, actions } = texts
  const queryClient = useQueryClient()
  const id = useId()
  const transfer = useMutation({
    mutationFn: (request: ImportRequest) => client.importShared(request),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: deskKeys.lists(client.bank) }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (transfer.isPending) return
    const given = new FormData(event.currentTarget)
    const text = (name: string) => String(given.get(name) ?? '').trim()
    transfer.mutate({
      // A token that was copied from a mail may be broken over lines.
      share_token: text('token').replaceAll(/\s/g, ''),
      workflow: text('workflow'),
      trust_review: given.get('trust') === 'on',
      ...(text('vendor_data') === '' ? {} : { vendor_data: text('vendor_data') }),
    })
  }
  const taken = transfer.data?.decision
  return (
    <>
      <div className="desk-head">
        <h1>{words.title}</h1>
        <p className="lead">{fill(words.lead, { bank: bankName })}</p>
      </div>
      <div className="desk-body">
        <form className="stack import" onSubmit={submit}>
          <p className="field">
            <label htmlFor={`${id}-token`}>{words.token}</label>
            <textarea id={`${id}-token`} name="token" rows={5} required spellCheck={false} autoComplete="off" />
          </p>
          <p className="field">
            <label htmlFor={`${id}-workflow`}>{words.workflow}</label>
            <select id={`${id}-workflow`} name="workflow">
              {Object.keys(workflows).map((alias) => (
                <option key={alias} value={alias}>
                  {named(texts.workflows, alias) ?? alias}
                </option>
              ))}
            </select>
          </p>
          <p className="field">
            <label htmlFor={`${id}-reference`}>{words.vendorData}</label>
            <input id={`${id}-reference`} name="vendor_data" autoComplete="off" />
          </p>
          <label className="tick">
            <input type="checkbox" name="trust" />
            <span>
              {actions.trust} <small>{actions.trustHint}</small>
            </span>
          </label>
          <button type="submit" className="button" aria-disabled={transfer.isPending}>
            {transfer.isPending ? words.busy : words.go}
          </button>
          <div role="status">
            {taken && (
              <p className="done">
                {fill(words.done, { status: statusName(texts, taken.status).toLowerCase() })}{' '}
                <a href={hrefOf({ bank: client.bank, page: 'session', sessionId: taken.session_id })}>{words.see}</a>
              </p>
            )}
          </div>
          {transfer.isError && <Trouble error={transfer.error} />}
        </form>
      </div>
    </>
  )
}
