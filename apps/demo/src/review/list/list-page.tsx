import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useDesk } from '../desk.tsx'
import type { Filters, SessionList } from '../desk-client.ts'
import { listQuery } from '../desk-queries.ts'
import { Paging } from '../paging.tsx'
import { hrefOf } from '../route.ts'
import { counted, useDeskTexts } from '../texts/texts.ts'
import { Trouble } from '../trouble.tsx'
import { Arrival } from './arrival.tsx'
import { FillDesk } from './fill-desk.tsx'
import { FilterForm } from './filter-form.tsx'

const limit = 20

/** Didit's list of Sessions beside what this server knows of each, newest first. */
export function ListPage({ filters, offset }: { readonly filters: Filters; readonly offset: number }) {
  const { client } = useDesk()
  const { list: texts } = useDeskTexts()
  const query = useQuery(listQuery(client, filters, { limit, offset }))
  return (
    <>
      <div className="desk-head">
        <h1>{texts.title}</h1>
        <FilterForm filters={filters} />
      </div>
      <div className="desk-body" aria-busy={query.isFetching}>
        <News />
        {query.isError && query.data && <p className="note">{texts.stale}</p>}
        <Arrivals query={query} filters={filters} offset={offset} />
      </div>
    </>
  )
}

/** Sessions that have changed and are not on this page: the list does not jump by itself under somebody's finger. */
function News() {
  const { elsewhere, showNewest } = useDesk()
  const { live } = useDeskTexts()
  return (
    <div className="elsewhere" role="status">
      {elsewhere.size > 0 && (
        <>
          <span>{counted(live.changed, elsewhere.size)}</span>
          <button type="button" className="link" onClick={showNewest}>
            {live.show}
          </button>
        </>
      )}
    </div>
  )
}

interface ArrivalsProps {
  readonly query: UseQueryResult<SessionList>
  readonly filters: Filters
  readonly offset: number
}

function Arrivals({ query, filters, offset }: ArrivalsProps) {
  const { client } = useDesk()
  const { list: texts, loading, again } = useDeskTexts()
  const { data, error, isPlaceholderData, refetch } = query
  if (!data) {
    if (!error) return <Waiting label={loading} />
    return (
      <section className="empty">
        <h2>{texts.failedTitle}</h2>
        <Trouble error={error} />
        <button type="button" className="button" onClick={() => void refetch()}>
          {again}
        </button>
      </section>
    )
  }
  if (data.sessions.length === 0) {
    const isFiltered = Object.keys(filters).length > 0 || offset > 0
    const everything = hrefOf({ bank: client.bank, page: 'sessions', filters: {}, offset: 0 })
    return (
      <section className="empty">
        <h2>{isFiltered ? texts.noneTitle : texts.emptyTitle}</h2>
        <p>{isFiltered ? texts.noneLead : client.bank === 'lantern' ? texts.emptyPartner : texts.emptyLead}</p>
        {isFiltered ? (
          <a className="button second" href={everything}>
            {texts.clear}
          </a>
        ) : (
          <FillDesk />
        )}
      </section>
    )
  }
  const { columns } = texts
  return (
    <>
      {/* For the eye alone: each row says its parts in words, one after the other. */}
      <div className="arrival-head" aria-hidden="true">
        <span>{columns.status}</span>
        <span>{columns.person}</span>
        <span>{columns.document}</span>
        <span>{columns.checks}</span>
        <span>{columns.created}</span>
      </div>
      <ul className="arrivals" data-old={isPlaceholderData}>
        {data.sessions.map((session) => (
          <Arrival key={session.row.session_id} session={session} />
        ))}
      </ul>
      <Paging
        count={data.count}
        limit={limit}
        offset={offset}
        label={texts.pages}
        hrefAt={(to) => hrefOf({ bank: client.bank, page: 'sessions', filters, offset: to })}
      />
      <FillDesk />
    </>
  )
}

const places = ['one', 'two', 'three', 'four', 'five', 'six']

function Waiting({ label }: { readonly label: string }) {
  return (
    <>
      <p className="unseen" role="status">
        {label}
      </p>
      <ul className="arrivals" aria-hidden="true">
        {places.map((place) => (
          <li key={place} className="arrival-ghost" />
        ))}
      </ul>
    </>
  )
}
