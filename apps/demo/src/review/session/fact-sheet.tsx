import { fill } from '../../../shared/texts/texts.ts'
import { useDesk } from '../desk.tsx'
import { type Facts, isSafeUrl, type Scalar } from '../facts.ts'
import { type Formats, useFormats } from '../formats.ts'
import { hrefOf } from '../route.ts'
import { statusName } from '../status.tsx'
import type { DeskTexts } from '../texts/en.ts'
import { counted, useDeskTexts } from '../texts/texts.ts'
import { labelOf } from './label-of.ts'
import { Pictures } from './pictures.tsx'

/** The label inside a sentence; letters that are spoken one by one stay large. */
const lowered = (label: string) => (/^[A-Z]{2}/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1))

interface FactSheetProps {
  readonly facts: Facts
  readonly onRefresh: () => void
  /** Whether what lies deeper is shown at once. */
  readonly isOpen?: boolean
}

/** Shows the result of `factsOf`: pictures, then values, then nested groups, then missing fields. */
export function FactSheet({ facts, onRefresh, isOpen = false }: FactSheetProps) {
  const texts = useDeskTexts()
  const { media, values, groups, lists, missing } = facts
  return (
    <div className="sheet">
      {media.length > 0 && <Pictures media={media} onRefresh={onRefresh} />}
      {values.length > 0 && (
        <dl className="facts">
          {values.map(({ name, value }) => (
            <div key={name}>
              <dt>{labelOf(texts, name)}</dt>
              <dd>
                <Value name={name} value={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {groups.map(({ name, facts: inner }) => (
        <details key={name} className="deeper" open={isOpen}>
          <summary>{labelOf(texts, name)}</summary>
          <FactSheet facts={inner} onRefresh={onRefresh} />
        </details>
      ))}
      {lists.map(({ name, items }) => (
        <details key={name} className="deeper">
          <summary>
            {labelOf(texts, name)}{' '}
            <small className="deeper-count">{counted(texts.session.details, items.length)}</small>
          </summary>
          <ol>
            {items.map((item, index) => (
              <li key={index}>
                <FactSheet facts={item} onRefresh={onRefresh} />
              </li>
            ))}
          </ol>
        </details>
      ))}
      {missing.length > 0 && (
        <p className="missing">
          {fill(texts.session.missing, { list: missing.map((name) => lowered(labelOf(texts, name))).join(', ') })}
        </p>
      )}
    </div>
  )
}

/** Numbers from 0 to 100 that say how sure or how good something is. */
const isScore = (name: string) =>
  /(^|_)(score|similarity_percentage|face_quality)$/.test(name) && !/_(name|dob|country)_score/.test(name)

function Value({ name, value }: { readonly name: string; readonly value: Scalar | readonly Scalar[] }) {
  const texts = useDeskTexts()
  const formats = useFormats()
  const { client } = useDesk()
  if (Array.isArray(value)) return <>{value.map((it) => inWords(texts, formats, it)).join(', ')}</>
  const single = value as Scalar
  if (/(^|_)session_id$/.test(name)) {
    return <a href={hrefOf({ bank: client.bank, page: 'session', sessionId: String(single) })}>{String(single)}</a>
  }
  if (isSafeUrl(single)) {
    return (
      <a href={single} target="_blank" rel="noreferrer">
        {single}
      </a>
    )
  }
  if (typeof single === 'number' && isScore(name) && single >= 0 && single <= 100) {
    return (
      <span className="score">
        {formats.number(single)}
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          <rect className="score-ground" width="100" height="6" />
          <rect className="score-reached" width={single} height="6" />
        </svg>
      </span>
    )
  }
  return <>{inWords(texts, formats, single)}</>
}

const day = /^\d{4}-\d{2}-\d{2}$/
const moment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/
/** `UTILITY_BILL`: a code that reads well in small letters. A single word may be a name, and stays. */
const code = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/

function inWords(texts: DeskTexts, formats: Formats, value: Scalar): string {
  if (typeof value === 'boolean') return value ? texts.yes : texts.no
  if (typeof value === 'number') return formats.number(value)
  const text = value.trim()
  if (day.test(text) && !Number.isNaN(Date.parse(text))) return formats.day(text)
  if (moment.test(text)) return formats.moment(text)
  if (code.test(text)) return text[0] + text.slice(1).toLowerCase().replaceAll('_', ' ')
  return statusName(texts, value)
}
