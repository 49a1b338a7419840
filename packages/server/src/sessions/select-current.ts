import { isUnfinished, phaseOf } from '@didit-verify/core/schemas'
import type { ApplicationStorage, SessionOwner, SessionRecord } from '../storage/storage.ts'
import { isValidApproval } from './apply.ts'

export interface Selection {
  /** For how many days an approval counts; undefined: for ever. */
  readonly maxAgeDays: number | undefined
  readonly now: number
}

/**
 * Picks the Session that stands for a user at one workflow: a valid approval, else one under review, else one that can
 * be gone on with, else the newest.
 *
 * @param records - The user's Sessions at that workflow, newest first.
 */
export function selectCurrent(records: readonly SessionRecord[], selection: Selection): SessionRecord | null {
  const { maxAgeDays, now } = selection
  return (
    records.find((record) => isValidApproval(record, maxAgeDays, now)) ??
    records.find(isAwaited) ??
    records.find(isOpen) ??
    records[0] ??
    null
  )
}

/**
 * True when the answer is up to others: a reviewer, or the read that will confirm an approval. The person has nothing
 * to do, and a second Session would cost money.
 */
export function isAwaited(record: SessionRecord): boolean {
  return record.status === 'In Review' || (record.status === 'Approved' && record.isReadPending)
}

/** True when the person can go on in this Session. A status that we do not know counts, as everywhere, as active. */
export function isOpen(record: SessionRecord): boolean {
  return isUnfinished(record.status) || phaseOf(record.status) === 'active'
}

/** Finds the Session that `selectCurrent` would pick among all of a user's, without loading the others. */
export function findCurrent(
  storage: ApplicationStorage,
  owner: SessionOwner,
  { maxAgeDays, now }: Selection,
): Promise<SessionRecord | null> {
  const approvedAfter = maxAgeDays === undefined ? null : now - maxAgeDays * 86_400_000
  return storage.findCurrent({ ...owner, approvedAfter })
}
