import { fill, named } from '../../../shared/texts/texts.ts'
import { useDesk } from '../desk.tsx'
import type { ListedSession, SessionRow } from '../desk-client.ts'
import { useFormats } from '../formats.ts'
import { hrefOf } from '../route.ts'
import { Status } from '../status.tsx'
import { counted, useDeskTexts } from '../texts/texts.ts'

/** The statuses of a check that nobody needs to look at. */
const quiet: readonly unknown[] = ['Approved', 'Not Finished', null, undefined]

/** A Session in the list. */
export function Arrival({ session: { row, workflow, userId } }: { readonly session: ListedSession }) {
  const { client, fresh } = useDesk()
  const texts = useDeskTexts()
  const { list } = texts
  const { moment } = useFormats()
  const name = row.full_name ?? row.company_name
  const checks = row.features ?? []
  const doubtful = checks.filter(({ status }) => !quiet.includes(status)).length
  const told = [
    workflow ? (named(texts.workflows, workflow) ?? workflow) : null,
    row.vendor_data ? fill(list.reference, { reference: row.vendor_data }) : null,
    userId === null ? list.unowned : null,
  ]
  return (
    <li className="arrival" data-fresh={fresh.has(row.session_id)}>
      <Status status={row.status} />
      <span className="arrival-person">
        <a className="arrival-link" href={hrefOf({ bank: client.bank, page: 'session', sessionId: row.session_id })}>
          {name ?? <i>{list.nameless}</i>}
        </a>
        {typeof row.session_number === 'number' && (
          <small className="arrival-note arrival-number"> {fill(list.number, { number: row.session_number })}</small>
        )}
        <small className="arrival-note">{told.filter(Boolean).join(' · ')}</small>
      </span>
      <span className="arrival-document">{[row.document_type, row.country].filter(Boolean).join(', ')}</span>
      <span className="arrival-checks">
        <Marks checks={checks} />
        {doubtful > 0 && <small className="arrival-note">{counted(list.checks, doubtful)}</small>}
      </span>
      <time className="arrival-time" dateTime={row.created_at ?? undefined}>
        {row.created_at ? moment(row.created_at) : ''}
      </time>
    </li>
  )
}

/** A mark for each check, for the eye alone: how many there are, and how they came out. */
function Marks({ checks }: { readonly checks: NonNullable<SessionRow['features']> }) {
  if (checks.length === 0) return null
  return (
    <svg className="marks" viewBox={`0 0 ${checks.length * 16} 12`} aria-hidden="true">
      {checks.map(({ feature, status }, index) => (
        <rect key={feature} x={index * 16 + 1} y="1" width="10" height="10" data-check={status} />
      ))}
    </svg>
  )
}
