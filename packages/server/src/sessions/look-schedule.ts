import { isDecided, isUnfinished, type SessionStatus } from '@didit-verify/core/schemas'

/**
 * When a settled Session is read again, because a webhook about it may have been lost.
 *
 * An unfinished Session is read some minutes after its last fact, then with growing pauses, and after its expiry. A Session
 * that is over is read once, a minute later, since its decision may have been withdrawn at once; an approval also after its
 * expiry. Changes that come later are found by the daily sweep.
 */

/** The part of a record that the schedule depends on. */
export interface Lookable {
  readonly sessionId: string
  readonly userId: string | null
  readonly status: SessionStatus
  /** Epoch milliseconds, as are all names that end in `At`. */
  readonly updatedAt: number
  readonly expiresAt: number | null
}

const minuteMs = 60_000
const firstPauseMs = 5 * minuteMs
const longestPauseMs = 6 * 60 * minuteMs
const afterEndMs = minuteMs
/** A Session that has said nothing for so long is left to the sweep. */
const horizonMs = 60 * 24 * 60 * minuteMs

/**
 * Returns when a settled Session is to be read again, in epoch milliseconds.
 *
 * @param now - When the last fact was heard, or the last read answered.
 * @returns Null when no read is due: nobody owns the Session, or it is over and was read since.
 */
export function nextLookAt(record: Lookable, now: number): number | null {
  const { userId, status, updatedAt, expiresAt } = record
  if (userId === null) return null
  // Up to a tenth later, the same for each look: many Sessions of one moment do not come back as one crowd.
  const spread = 1 + spreadOf(record) / 10
  if (!isWaiting(status)) {
    const dueAt = updatedAt + afterEndMs * spread
    if (dueAt > now) return Math.round(dueAt)
    // An approval may expire: Didit then tells `Kyc Expired`.
    return status === 'Approved' && expiresAt !== null && expiresAt > now
      ? Math.round(expiresAt + minuteMs * spread)
      : null
  }
  const age = now - updatedAt
  if (age > horizonMs) return null
  // Half as long as the Session has been silent: what is lost is found after half of that time at most.
  const dueAt = now + Math.min(Math.max(age / 2, firstPauseMs), longestPauseMs) * spread
  const endsAt = expiresAt === null ? dueAt : expiresAt + minuteMs * spread
  // Later than that Didit should have told the end. Where it has not, the looks go on.
  return Math.round(endsAt > now ? Math.min(dueAt, endsAt) : dueAt)
}

/** True while somebody still has something to do: the person, or a reviewer. */
const isWaiting = (status: SessionStatus): boolean =>
  isUnfinished(status) || status === 'In Review' || !(isDecided(status) || endedStatuses.includes(status))

const endedStatuses: readonly SessionStatus[] = ['Abandoned', 'Expired', 'Kyc Expired']

/** A number from 0 to 1 that is always the same for one Session. */
const spreadOf = ({ sessionId }: Lookable): number => {
  const digits = Number.parseInt(sessionId.slice(0, 4), 16)
  return Number.isNaN(digits) ? 0 : digits / 0xffff
}
