import { Fragment } from 'react'
import { fill, named } from '../../shared/texts/texts.ts'
import { useTexts } from '../language.tsx'
import type { Entry } from './use-journal.ts'

const clock = (at: number) => new Date(at).toLocaleTimeString('en-GB', { hour12: false })

/** All that was said about the Session, newest first, with who said it. */
export function Timeline({ entries }: { readonly entries: readonly Entry[] }) {
  const { devtools: words } = useTexts()
  const { ledger, marks, via } = words
  const inWords = (mark: string) => {
    if (mark === 'settled') return ledger.settled
    if (mark === 'unsettled') return ledger.unsettled
    return named(marks, mark) ?? fill(ledger.revision, { n: mark })
  }
  return (
    <section aria-labelledby="timeline">
      <h3 id="timeline">{words.timelineTitle}</h3>
      {entries.length === 0 ? (
        <p className="quiet">{words.timelineNone}</p>
      ) : (
        <ol className="timeline">
          {entries.toReversed().map(({ id, at, source, what, status, marks: held }) => (
            <li key={id} data-source={source}>
              <time dateTime={new Date(at).toISOString()}>{clock(at)}</time>
              <span className="timeline-source">{words.sources[source]}</span>
              <span>
                {status && <b>{status}</b>} <code>{source === 'push' ? named(via, what) : what}</code>
                {held.map((mark) => (
                  <Fragment key={mark}>
                    {' '}
                    <small data-mark={mark}>{inWords(mark)}</small>
                  </Fragment>
                ))}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
