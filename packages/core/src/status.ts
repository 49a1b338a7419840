/**
 * Didit's statuses of a Session, and what they mean for a screen.
 *
 * Plain data and pure functions. Browser, server, emulator and demo all use this table.
 *
 * @see Didit docs, "Verification statuses": https://docs.didit.me/integration/verification-statuses
 */

/** A status as Didit sent it. An unknown string is kept and counts as `active`. */
export type SessionStatus = KnownSessionStatus | (string & {})

/** Every phase, in the order a person usually meets them. */
export const phases = ['none', 'active', 'review', 'approved', 'declined', 'action', 'expired'] as const

/** Meaning of a status for a screen: one of seven cases instead of an open list. */
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

/** A status that this version knows. */
export type KnownSessionStatus = keyof typeof phaseByStatus

/** Every status string Didit documents, exactly as it spells them. */
// Marked as pure, so that a bundle that does not use it leaves it out.
export const sessionStatuses = /* @__PURE__ */ Object.keys(phaseByStatus) as KnownSessionStatus[]

/**
 * The transitions that Didit documents. An unlisted transition is applied too, but the server then reads the Session once
 * more to confirm it.
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

/**
 * Returns true for a status that this version knows.
 *
 * @example
 * ```ts
 * import { isKnownStatus } from '@didit-verify/core'
 *
 * isKnownStatus('Approved') // true
 * ```
 */
export function isKnownStatus(status: string): status is KnownSessionStatus {
  return Object.hasOwn(phaseByStatus, status)
}

/**
 * Returns the status in its official spelling.
 *
 * Two vendor code bases write `KYC Expired`, and messages of the hosted page may say `IN_PROGRESS`. Any other string is
 * returned unchanged.
 *
 * @example
 * ```ts
 * import { normalizeStatus } from '@didit-verify/core/schemas'
 *
 * normalizeStatus('IN_PROGRESS') // 'In Progress'
 * ```
 */
export function normalizeStatus(status: string): SessionStatus {
  const plain = status.replaceAll('_', ' ').trim().toLowerCase()
  return sessionStatuses.find((known) => known.toLowerCase() === plain) ?? status
}

/**
 * Returns the phase of a status: `none` without a status, `active` for an unknown one.
 *
 * @example
 * ```ts
 * import { phaseOf } from '@didit-verify/core'
 *
 * phaseOf('In Review') // 'review'
 * ```
 */
export function phaseOf(status: SessionStatus | null | undefined): Phase {
  if (status === null || status === undefined) return 'none'
  return isKnownStatus(status) ? phaseByStatus[status] : 'active'
}

/**
 * Returns true when Didit has decided: Approved or Declined.
 *
 * @example
 * ```ts
 * import { isDecided } from '@didit-verify/core'
 *
 * isDecided('Declined') // true
 * ```
 */
export function isDecided(status: SessionStatus | null | undefined): boolean {
  return ['approved', 'declined'].includes(phaseOf(status))
}

/**
 * Returns true while the person can continue in the same Session: Not Started, In Progress, Awaiting User, Resubmitted.
 *
 * @example
 * ```ts
 * import { isUnfinished } from '@didit-verify/core'
 *
 * isUnfinished('Resubmitted') // true
 * ```
 */
export function isUnfinished(status: SessionStatus | null | undefined): boolean {
  return status === 'Resubmitted' || (phaseOf(status) === 'active' && isKnownStatus(status as string))
}

/**
 * Returns true when another attempt needs a new Session: Declined, Abandoned, Expired, Kyc Expired.
 *
 * @example
 * ```ts
 * import { needsNewSession } from '@didit-verify/core'
 *
 * needsNewSession('Expired') // true
 * ```
 */
export function needsNewSession(status: SessionStatus | null | undefined): boolean {
  return status === 'Abandoned' || ['declined', 'expired'].includes(phaseOf(status))
}

/**
 * Returns true when Didit documents this transition.
 *
 * @example
 * ```ts
 * import { isListedTransition } from '@didit-verify/core/schemas'
 *
 * isListedTransition('Not Started', 'In Progress') // true
 * ```
 */
export function isListedTransition(from: SessionStatus, to: SessionStatus): boolean {
  return isKnownStatus(from) && (transitions[from] as readonly string[]).includes(to)
}
