import type { RedactedCheck } from '@didit-verify/core'
import { useDecision, useSession } from '@didit-verify/react'
import { isSure } from './is-sure.ts'

const kinds: Readonly<Record<string, string>> = {
  document: 'Identity document',
  liveness: 'You are a real person',
  face: 'Face on the document',
  address: 'Proof of address',
}

/** What was looked at, as far as the person may know. */
export function Checks() {
  const { session } = useSession()
  const { decision, phase, error, query } = useDecision()
  // Checks of a status that is not sure yet would promise what may not come.
  const checks = isSure(session) ? (decision?.checks ?? []) : []
  return (
    <section className="card" aria-labelledby="checks" aria-busy={query.isFetching}>
      <h2 id="checks">What was checked</h2>
      {checks.length > 0 ? (
        <ul className="checks">
          {checks.map((check, index) => (
            <Check key={`${check.kind}-${index}`} check={check} />
          ))}
        </ul>
      ) : (
        <p className="quiet">
          {query.isLoading
            ? 'Asking for the checks …'
            : phase === 'none'
              ? 'Nothing yet. The checks appear here once you have begun.'
              : error
                ? 'The checks cannot be shown at the moment.'
                : 'Nothing to show so far.'}
        </p>
      )}
    </section>
  )
}

const tones: Readonly<Record<string, string>> = { Approved: 'approved', Declined: 'declined', 'In Review': 'review' }

function Check({ check: { kind, status, reasons } }: { check: RedactedCheck }) {
  return (
    <li>
      <span>{kinds[kind] ?? kind}</span>
      <span className="pill" data-phase={tones[status] ?? 'active'}>
        {status}
      </span>
      {reasons.length > 0 && (
        <ul className="quiet">
          {reasons.map((reason) => (
            <li key={reason}>{inWords(reason)}</li>
          ))}
        </ul>
      )}
    </li>
  )
}

// `document-expired` → `Document expired`
const inWords = (code: string) => (code.charAt(0).toUpperCase() + code.slice(1)).replaceAll('-', ' ')
