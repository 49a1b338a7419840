import { fill, named } from '../../../shared/texts/texts.ts'
import type { DeskEvent } from '../desk-client.ts'
import { useFormats } from '../formats.ts'
import { statusName } from '../status.tsx'
import { useDeskTexts } from '../texts/texts.ts'

const marks = ['late', 'test'] as const

/** Shows the events that this server has received for the Session, with their source, newest first. */
export function Timeline({ events }: { readonly events: readonly DeskEvent[] }) {
  const texts = useDeskTexts()
  const { session } = texts
  const { moment } = useFormats()
  const newestFirst = events.toSorted((one, other) => other.receivedAt - one.receivedAt)
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">{session.timelineTitle}</h2>
      {events.length === 0 ? (
        <p className="quiet">{session.timelineNone}</p>
      ) : (
        <ol className="trail">
          {newestFirst.map((event) => (
            <li key={event.id} data-source={event.source}>
              <time dateTime={new Date(event.receivedAt).toISOString()}>{moment(event.receivedAt)}</time>
              <span>
                <b>{event.status === null ? event.type : statusName(texts, event.status)}</b>{' '}
                {named(session.sources, event.source) ?? event.source}
              </span>
              {/* Didit's clock ticks in seconds, and a delivery takes one or two: no news up to a minute. */}
              {event.occurredAt !== null && event.receivedAt - event.occurredAt > 60_000 && (
                <small>{fill(session.happened, { time: moment(event.occurredAt) })}</small>
              )}
              {marks
                .filter((mark) => event[mark])
                .map((mark) => (
                  <small key={mark} className="mark">
                    {session.marks[mark]}
                  </small>
                ))}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
