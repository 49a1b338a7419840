import { phaseOf } from '@didit-verify/core'
import type { FlagName } from '../../shared/signal-flags.ts'
import { named } from '../../shared/texts/texts.ts'
import { Flag } from '../scene.tsx'
import type { DeskTexts } from './texts/en.ts'
import { useDeskTexts } from './texts/texts.ts'

/** The signal flag of each status. The bank's own pages show the same one to the customer. */
const signalFlags: Readonly<Record<string, FlagName>> = {
  'Not Started': 'P',
  'In Progress': 'Q',
  'Awaiting User': 'K',
  'In Review': 'H',
  Approved: 'C',
  Declined: 'N',
  Resubmitted: 'answer',
  Abandoned: 'M',
  Expired: 'D',
  'Kyc Expired': 'X',
}

/** A status in words; one that is not known as Didit spells it. */
export const statusName = (texts: DeskTexts, status: string): string => named(texts.status, status) ?? status

/** A status: its flag, and its name beside it for everybody else. */
export function Status({ status }: { readonly status: string }) {
  const texts = useDeskTexts()
  return (
    <span className="status" data-phase={phaseOf(status)}>
      <Flag name={signalFlags[status] ?? 'F'} />
      <span className="status-name">{statusName(texts, status)}</span>
    </span>
  )
}

/** The status of a single check. */
export function CheckStatus({ status }: { readonly status: string }) {
  return (
    <span className="check-status" data-check={status}>
      {statusName(useDeskTexts(), status)}
    </span>
  )
}
