import type { BlocklistItem } from '@didit-verify/core/schemas'
import { useQuery } from '@tanstack/react-query'
import { fill } from '../../../shared/texts/texts.ts'
import { useDesk } from '../desk.tsx'
import { type BlockKind, blockKinds } from '../desk-client.ts'
import { blocklistQuery } from '../desk-queries.ts'
import { isSafeUrl } from '../facts.ts'
import { useFormats } from '../formats.ts'
import { Paging } from '../paging.tsx'
import { hrefOf } from '../route.ts'
import type { DeskTexts } from '../texts/en.ts'
import { useDeskTexts } from '../texts/texts.ts'
import { Trouble } from '../trouble.tsx'
import { useBlocklistChange } from './use-blocklist-change.ts'

const limit = 20

/** Everything that the bank has blocked from a Session, newest first. */
export function BlocklistPage({ kind, offset }: { readonly kind: BlockKind | null; readonly offset: number }) {
  const { client } = useDesk()
  const { blocklist: texts, list, loading, again } = useDeskTexts()
  const { data, error, isFetching, refetch } = useQuery(blocklistQuery(client, kind, { limit, offset }))
  const change = useBlocklistChange()
  const wish = change.variables
  const at = (chosen: BlockKind | null, to = 0) =>
    hrefOf({ bank: client.bank, page: 'blocklist', kind: chosen, offset: to })
  return (
    <>
      <div className="desk-head">
        <h1>{texts.title}</h1>
        <p className="lead">{texts.lead}</p>
        <nav className="status-filter" aria-label={texts.filter}>
          <a href={at(null)} aria-current={kind === null ? 'true' : undefined}>
            {texts.all}
          </a>
          {blockKinds.map((it) => (
            <a key={it} href={at(it)} aria-current={it === kind ? 'true' : undefined}>
              {texts.kinds[it]}
            </a>
          ))}
        </nav>
      </div>
      <div className="desk-body" aria-busy={isFetching}>
        <p role="status" className="quiet">
          {!data && !error && loading}
          {change.isSuccess && wish && fill(texts.offSaid, { what: wish.what })}
        </p>
        {change.isError && <Trouble error={change.error} lead={texts.failed} />}
        {error && !data && (
          <section className="empty">
            <h2>{texts.failedTitle}</h2>
            <Trouble error={error} />
            <button type="button" className="button" onClick={() => void refetch()}>
              {again}
            </button>
          </section>
        )}
        {error && data && <p className="note">{list.stale}</p>}
        {data?.items.length === 0 && (
          <section className="empty">
            <h2>{texts.emptyTitle}</h2>
            <p>{texts.emptyLead}</p>
          </section>
        )}
        {data && data.items.length > 0 && (
          <>
            <ul className="blocked">
              {data.items.map((item) => (
                <Blocked
                  key={`${item.type} ${item.session_id}`}
                  item={item}
                  isBusy={change.isPending && wish?.sessionId === item.session_id && wish?.kind === item.type}
                  onTakeOff={change.mutate}
                />
              ))}
            </ul>
            <Paging count={data.count} limit={limit} offset={offset} label={list.pages} hrefAt={(to) => at(kind, to)} />
          </>
        )}
      </div>
    </>
  )
}

interface BlockedProps {
  readonly item: BlocklistItem
  readonly isBusy: boolean
  readonly onTakeOff: (wish: { sessionId: string; kind: BlockKind; isOn: false; what: string }) => void
}

function Blocked({ item, isBusy, onTakeOff }: BlockedProps) {
  const { client } = useDesk()
  const { blocklist: texts, session } = useDeskTexts()
  const { moment } = useFormats()
  const kind = blockKinds.find((it) => it === item.type)
  const what = describe(item, texts)
  const picture = item.face_image ?? item.front_image
  const { session_id: sessionId } = item
  return (
    <li>
      <span className="blocked-picture">
        {isSafeUrl(picture) && <img src={picture} alt="" loading="lazy" referrerPolicy="no-referrer" />}
      </span>
      <span className="blocked-what">
        <small>{kind ? texts.kinds[kind] : item.type}</small>
        <b>{what}</b>
        <small>
          {item.blocklisted_at && fill(texts.since, { time: moment(item.blocklisted_at) })}{' '}
          {sessionId && (
            <a href={hrefOf({ bank: client.bank, page: 'session', sessionId })}>
              {fill(session.seeSession, { number: item.session_number ?? sessionId })}
            </a>
          )}
        </small>
      </span>
      {kind && sessionId && (
        <button
          type="button"
          className="button second small"
          aria-label={fill(texts.takeOffLabel, { what })}
          aria-disabled={isBusy}
          onClick={() => isBusy || onTakeOff({ sessionId, kind, isOn: false, what })}
        >
          {texts.takeOff}
        </button>
      )}
    </li>
  )
}

function describe(item: BlocklistItem, texts: DeskTexts['blocklist']): string {
  if (item.type === 'phone') return [item.phone_number, item.country_code].filter(Boolean).join(', ')
  if (item.type === 'email') return item.email ?? ''
  if (item.type === 'document') {
    return [item.document_type ?? texts.kinds.document, item.document_number].filter(Boolean).join(' ')
  }
  return fill(texts.faceOf, { number: item.session_number ?? item.session_id ?? '?' })
}
