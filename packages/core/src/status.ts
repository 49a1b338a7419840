/**
 * What Didit calls the state of a Session, and what a screen has to know about it.
 *
 * Plain data and pure functions: browser, server, emulator and demo all read this one table.
 *
 * @see Didit docs, "Verification statuses": https://docs.didit.me/integration/verification-statuses
 */

/** A status as Didit sent it. The list is open: a string that is not known is kept and counts as `active`. */
export type SessionStatus = KnownSessionStatus | (string & {})

/** Every phase, in the order a person usually meets them. */
export const phases = ['none', 'active', 'review', 'approved', 'declined', 'action', 'expired'] as const

/** What a status means for a screen: seven cases instead of an open list. */
export type Phase = (typeof phases)[number]

const phaseByStatus = {
  'Not Started': 'active',
  'In Progress': 'active',
  'Awaiting User': 'active',
  'In Review': 'review',
  Approved: 'approved',
  Declined: 'declined',
  Resubmitted: 'action',
  Abandoned: 'action',
  Expired: 'expired',
  'Kyc Expired': 'expired',
} as const satisfies Readonly<Record<string, Phase>>

/** A status this version knows. */
export type KnownSessionStatus = keyof typeof phaseByStatus

/** Every status string Didit documents, exactly as it spells them. */
// Marked, so that a bundle which never lists them does not do so.
export const sessionStatuses = /* @__PURE__ */ Object.keys(phaseByStatus) as KnownSessionStatus[]

/**
 * The moves Didit documents. A move that is missing here is applied all the same, and the server then reads the
 * Session once more: Didit is the authority, the table only says what needs no second look.
 */
export const transitions: Readonly<Record<KnownSessionStatus, readonly KnownSessionStatus[]>> = {
  'Not Started': ['In Progress', 'Expired'],
  'In Progress': ['Approved', 'Declined', 'In Review', 'Abandoned', 'Awaiting User'],
  'Awaiting User': ['Approved', 'Declined', 'In Review'],
  'In Review': ['Approved', 'Declined', 'Resubmitted'],
  Approved: ['Kyc Expired', 'Declined', 'Resubmitted'],
  Declined: ['Resubmitted', 'Approved'],
  Resubmitted: ['In Progress', 'Approved', 'Declined', 'In Review'],
  Abandoned: ['Approved', 'Declined', 'Resubmitted'],
  Expired: [],
  'Kyc Expired': ['Approved', 'Declined', 'Resubmitted'],
}

/** True for the statuses this version knows. */
export function isKnownStatus(status: string): status is KnownSessionStatus {
  return Object.hasOwn(phaseByStatus, status)
}

/**
 * Returns the status under its official spelling.
 *
 * Two vendor code bases write `KYC Expired`, and messages of the hosted page may say `IN_PROGRESS`; both come back
 * in the documented form. Anything else comes back unchanged.
 */
export function normalizeStatus(status: string): SessionStatus {
  const plain = status.replaceAll('_', ' ').trim().toLowerCase()
  return sessionStatuses.find((known) => known.toLowerCase() === plain) ?? status
}

/** The phase of a status; `none` when there is no Session, `active` for a status that is not known. */
export function phaseOf(status: SessionStatus | null | undefined): Phase {
  if (status === null || status === undefined) return 'none'
  return isKnownStatus(status) ? phaseByStatus[status] : 'active'
}

/** True when Didit has decided: Approved or Declined. */
export function isDecided(status: SessionStatus | null | undefined): boolean {
  return ['approved', 'declined'].includes(phaseOf(status))
}

/**
 * True while the person can go on in the same Session, since its URL still works: Not Started, In Progress,
 * Awaiting User, Resubmitted.
 */
export function isUnfinished(status: SessionStatus | null | undefined): boolean {
  return status === 'Resubmitted' || (phaseOf(status) === 'active' && isKnownStatus(status as string))
}

/** True when a new attempt needs a new Session: Declined, Abandoned, Expired, Kyc Expired. */
export function needsNewSession(status: SessionStatus | null | undefined): boolean {
  return status === 'Abandoned' || ['declined', 'expired'].includes(phaseOf(status))
}

/** True when Didit documents this move. */
export function isListedTransition(from: SessionStatus, to: SessionStatus): boolean {
  return isKnownStatus(from) && (transitions[from] as readonly string[]).includes(to)
}
