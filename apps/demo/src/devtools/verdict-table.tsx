import { isDecided, type Snapshot } from '@didit-verify/core'
import { fill } from '../../shared/texts/texts.ts'
import { useTexts } from '../language.tsx'
import type { Entry } from './use-journal.ts'

export interface LedgerProps {
  readonly journal: readonly Entry[]
  readonly session: Snapshot | null
}

/** The promise on three lines: what the page claims, what the server knows, what the screen shows. */
export function Ledger({ journal, session }: LedgerProps) {
  const { devtools: words } = useTexts()
  const { ledger, via } = words
  const claim = journal.findLast(({ source, status }) => source === 'page' && status !== null)?.status
  // The screen never shows a verdict that is not settled; everything else it shows as the server says.
  const shown = session && (session.settled || !isDecided(session.status)) ? session.status : null
  return (
    <dl className="ledger">
      <div data-source="page">
        <dt>{ledger.page}</dt>
        <dd>
          <b>{claim ?? ledger.nothing}</b> <small>{ledger.hint}</small>
        </dd>
      </div>
      <div data-source="push">
        <dt>{ledger.server}</dt>
        <dd>
          <b>{session?.status ?? ledger.nothing}</b>{' '}
          {session && (
            <small>
              {via[session.source]}, {fill(ledger.revision, { n: session.revision })},{' '}
              {session.settled ? ledger.settled : ledger.unsettled}
            </small>
          )}
        </dd>
      </div>
      <div data-source="screen">
        <dt>{ledger.screen}</dt>
        <dd>
          <b>{shown ?? ledger.nothing}</b>
        </dd>
      </div>
    </dl>
  )
}
