import type { Decision } from '@didit-verify/core/schemas'
import { useQuery } from '@tanstack/react-query'
import { fill } from '../../../shared/texts/texts.ts'
import { useDesk } from '../desk.tsx'
import { blockKinds } from '../desk-client.ts'
import { blocklistQuery } from '../desk-queries.ts'
import { blockable } from '../facts.ts'
import { useFormats } from '../formats.ts'
import { useDeskTexts } from '../texts/texts.ts'
import { Trouble } from '../trouble.tsx'
import { useBlocklistChange } from './use-blocklist-change.ts'

/** As many as tell for nearly every Session whether it is on the list; Didit cannot be asked for one Session's. */
const newest = { limit: 100, offset: 0 }

/** Shows which parts of this Session are blocked, and blocks or unblocks them. */
export function SessionBlocklist({ decision }: { readonly decision: Decision }) {
  const { client } = useDesk()
  const { blocklist: texts, actions } = useDeskTexts()
  const { moment } = useFormats()
  const { data, error } = useQuery(blocklistQuery(client, null, newest))
  const change = useBlocklistChange()
  const values = blockable(decision)
  const wish = change.variables
  return (
    <section className="aside-part" aria-labelledby="session-blocklist">
      <h2 id="session-blocklist">{actions.blocklist}</h2>
      <p className="quiet">{texts.sectionLead}</p>
      {error && !data && <Trouble error={error} />}
      <ul className="blockables">
        {blockKinds.map((kind) => {
          const value = values[kind]
          const item = data?.items.find((it) => it.type === kind && it.session_id === decision.session_id)
          const what = [texts.kinds[kind], value].filter(Boolean).join(' ')
          const isBusy = change.isPending && wish?.kind === kind
          return (
            <li key={kind}>
              <span>
                <b>{texts.kinds[kind]}</b> {value}
                {value === null && <small>{texts.nothing}</small>}
                {item && (
                  <small className="blocked-since">
                    {texts.isOn} {item.blocklisted_at && fill(texts.since, { time: moment(item.blocklisted_at) })}
                  </small>
                )}
              </span>
              {(value !== null || item) && (
                <button
                  type="button"
                  className="button second small"
                  aria-label={fill(item ? texts.takeOffLabel : texts.putOnLabel, { what })}
                  aria-disabled={isBusy}
                  onClick={() =>
                    isBusy || change.mutate({ sessionId: decision.session_id, kind, isOn: item === undefined, what })
                  }
                >
                  {item ? texts.takeOff : texts.putOn}
                </button>
              )}
            </li>
          )
        })}
      </ul>
      <p role="status" className="quiet">
        {change.isSuccess && wish && fill(wish.isOn ? texts.onSaid : texts.offSaid, { what: wish.what })}
      </p>
      {change.isError && <Trouble error={change.error} lead={texts.failed} />}
    </section>
  )
}
