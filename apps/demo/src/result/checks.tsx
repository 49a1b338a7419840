import type { RedactedCheck } from '@didit-verify/core'
import { useDecision } from '@didit-verify/react'
import { named, type Texts } from '../../shared/texts/texts.ts'
import { useTexts } from '../language.tsx'

/** Shows the checks and their results, as far as the person may know them. */
export function Checks() {
  const { decision } = useDecision()
  const { checks: words } = useTexts()
  const checks = (decision?.checks ?? []).filter(({ kind }) => named(words.kinds, kind))
  const isRefused = decision?.status === 'Declined'
  const hasReason = checks.some(({ reasons }) => reasons.some((reason) => named(words.reasons, reason)))
  if (checks.length === 0) return isRefused ? <p className="note">{words.noReason}</p> : null
  return (
    <section className="log" aria-labelledby="checks">
      <h2 id="checks">{words.title}</h2>
      <ul>
        {checks.map((check, index) => (
          <Check key={`${check.kind}-${index}`} check={check} words={words} />
        ))}
      </ul>
      {isRefused && !hasReason && <p className="quiet">{words.noReason}</p>}
    </section>
  )
}

function Check({ check: { kind, status, reasons }, words }: { check: RedactedCheck; words: Texts['checks'] }) {
  return (
    <li data-state={status}>
      <span className="log-name">{named(words.kinds, kind)}</span>
      <span className="log-state">{named(words.states, status) ?? status}</span>
      {reasons.map((reason) => {
        const text = named(words.reasons, reason)
        return text && <p key={reason}>{text}</p>
      })}
    </li>
  )
}

/** The steps that a reviewer asks for again, by name. */
export function WantedSteps() {
  const { decision } = useDecision()
  const { checks: words } = useTexts()
  const wanted = (decision?.checks ?? []).flatMap(({ kind, status }) =>
    status === 'Resub Requested' ? (named(words.wanted, kind) ?? []) : [],
  )
  if (wanted.length === 0) return null
  return (
    <ul className="wanted" aria-label={words.wantedTitle}>
      {[...new Set(wanted)].map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}
