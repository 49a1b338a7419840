import {
  DiditError,
  isUnfinished,
  phaseOf,
  type RedactedDecision,
  type SessionStatus,
  type SnapshotSource,
  sessionStatuses,
} from '@didit-verify/core/schemas'
import type { News } from '../sessions/order.ts'

/**
 * Persistence: the interface that all storages implement, with one conformance suite for all of them.
 *
 * The rules are pure functions (`update`) that the storage runs while it holds the row of the Session, so that every
 * storage decides alike. An update must be synchronous and may run more than once.
 */

/** One Session as stored: ids, statuses and the redacted decision; no name, no document, no image. */
export interface SessionRecord {
  readonly sessionId: string
  /** The user who owns the Session; null until our own create call binds it. */
  readonly userId: string | null
  /** The host's alias of the Workflow; null until the Session is bound. */
  readonly workflow: string | null
  readonly workflowId: string | null
  readonly environment: string | null
  readonly status: SessionStatus
  /** The interval, in vendor seconds, in which `status` is known to have held. */
  readonly from: number
  readonly to: number
  readonly isReadPending: boolean
  /** Why a read is pending; null while none is. */
  readonly news: News | null
  /** Epoch milliseconds of the next read: the pending one, or a look whether a webhook was lost. Null: none is planned. */
  readonly readDueAt: number | null
  /** How often that read has failed in a row. */
  readonly readFailures: number
  /**
   * Number of events stored for this Session. A read commits only if it has not changed meanwhile. Only the storage sets
   * it: a value that an update returns is ignored.
   */
  readonly seq: number
  readonly revision: number
  readonly source: SnapshotSource
  /** Epoch milliseconds, as are all names that end in `At`. */
  readonly createdAt: number
  readonly updatedAt: number
  readonly decidedAt: number | null
  readonly expiresAt: number | null
  /** Number of the user's attempt at this Workflow, from 1; 0 until the Session is bound. */
  readonly attempt: number
  /** Address of the hosted page; kept only until the Session is decided. */
  readonly url: string | null
  readonly returnTo: string | null
  readonly decision: RedactedDecision | null
}

/** One webhook as stored: its envelope and its outcome. The body itself is not kept. */
export interface EventRecord {
  /** `event_id`, else a hash of the canonical body without `timestamp`. Unique per application. */
  readonly key: string
  readonly sessionId: string | null
  readonly webhookType: string
  readonly status: SessionStatus | null
  readonly environment: string | null
  /** Vendor seconds. */
  readonly from: number
  readonly to: number
  readonly receivedAt: number
  /** True if the signature was right, but the signed time was too old. */
  readonly late: boolean
  readonly test: boolean
  /** The reason why the event must not change any Session by itself; null if it may. */
  readonly quarantined: string | null
}

/** The result of `commitEvent`. */
export interface EventCommit {
  /** False for a duplicate, and for an event of an erased Session: nothing was written. */
  readonly stored: boolean
  /** True for an event of an erased Session. The caller must keep nothing of it either. */
  readonly erased: boolean
  /** The Session after the commit; null if the event names no Session, or no record was made. */
  readonly record: SessionRecord | null
  /** The Session before the commit. */
  readonly previous: SessionRecord | null
  /** For a duplicate: the event that was stored under its key. Else null. */
  readonly known: EventRecord | null
}

/**
 * Returns the new record for the old one. If it returns null or the same object, nothing is written (except `seq`, which
 * each stored event raises). If it throws, the whole commit is rolled back and rejects with that error.
 */
export type RecordUpdate = (record: SessionRecord | null) => SessionRecord | null

/**
 * A delete that must still be requested from Didit. Until that is done, it is the only record with the erased Session's id.
 */
export interface PendingDelete {
  readonly sessionId: string
  /** Epoch milliseconds of the next try. */
  readonly dueAt: number
  /** How often it has failed in a row. */
  readonly failures: number
}

/** The result of `erase`. */
export interface Erasure {
  /** The Sessions that this call removed. */
  readonly sessionIds: readonly string[]
  /** All pending deletes of this user, including those of earlier erasures. */
  readonly pending: readonly PendingDelete[]
}

/** Rules for `prune`: what to remove. All moments are epoch milliseconds. */
export interface Expiry {
  readonly environment: string
  /** Removes events of the application, in any environment, that arrived before this moment. */
  readonly eventsBefore: number
  /** Removes Sessions of the environment that are over, have no pending read and have not changed since; null: none. */
  readonly sessionsBefore: number | null
  /** Workflow aliases whose removed Sessions still count as attempts of their user. */
  readonly counted: readonly string[]
  /** When to delete those Sessions at Didit, too, except Sessions without a user here; null: never. */
  readonly deletesDueAt: number | null
  /** Removes marks of erasures made before this moment: no start from before it can still be running. */
  readonly erasuresBefore: number
  /** Greatest number of events, and of Sessions, that one transaction removes. */
  readonly limit: number
}

/** The history of a Session that is being bound to a user. */
export interface BindHistory {
  /** How many Sessions the user already has at the alias, this one not counted; removed ones that count included. */
  readonly earlier: number
  /** True when an event of this Session was stored that could not be applied. */
  readonly hasQuarantined: boolean
}

/** A user at one workflow alias, in one environment. */
export interface SessionOwner {
  readonly userId: string
  readonly workflow: string
  readonly environment: string
}

/** The storage of one application. */
export interface ApplicationStorage {
  /**
   * In one durable transaction: stores the event unless its key is known, then updates its Session. `update` is not called
   * for a duplicate, for an event that names no Session, or for an event of an erased Session.
   */
  commitEvent(event: EventRecord, update: RecordUpdate): Promise<EventCommit>
  /**
   * Applies a read to a Session and returns the new record. If an event was stored since `seq`, it changes nothing and
   * returns null: the read must be repeated. A Session without a record has the `seq` 0. An erased Session stays erased,
   * and the result is null.
   */
  commitRead(sessionId: string, seq: number, update: RecordUpdate): Promise<SessionRecord | null>
  /**
   * Binds a Session to a user and a workflow alias. `update` gets the record and the number of Sessions that the user
   * already has at that alias (without this one, but with removed ones that still count). `update` must throw if the
   * Session is already bound to another user.
   *
   * Returns null, and binds nothing, for an erased Session. The same holds if `erasure` is given and the user was erased
   * after `getErasure` returned it: a start that was running then must not bring the user back.
   */
  bind(
    sessionId: string,
    owner: {
      readonly userId: string
      readonly workflow: string
      readonly erasure?: { readonly environment: string; readonly mark: string | null } | undefined
    },
    update: (record: SessionRecord | null, history: BindHistory) => SessionRecord,
  ): Promise<SessionRecord | null>
  getSession(sessionId: string): Promise<SessionRecord | null>
  /** Returns a user's Sessions, newest first by creation, then by attempt. */
  listSessions(owner: { readonly userId: string; readonly workflow?: string }): Promise<readonly SessionRecord[]>
  /**
   * Returns the Session that stands for a user, without loading the others: the newest one with the best `currentRank`;
   * null when there is none. A user can have thousands.
   */
  findCurrent(owner: SessionOwner & { readonly approvedAfter: number | null }): Promise<SessionRecord | null>
  /** Returns how many Sessions of a user are stored. */
  countSessions(owner: SessionOwner): Promise<number>
  /** Returns a user's newest Session that has a `returnTo`, of whatever workflow. */
  findReturn(user: { readonly userId: string; readonly environment: string }): Promise<SessionRecord | null>
  /** Returns Sessions of one environment whose read is due at `now`: pending reads first, then by when they were due. */
  listDueReads(due: {
    readonly environment: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly SessionRecord[]>
  /** Returns a value that the server keeps for itself, such as how far a sweep has come. Null when there is none. */
  getState(name: string): Promise<string | null>
  /**
   * Stores such a value. With `expected`, only if that is the value now (null: none), so that of two processes one goes on.
   *
   * @returns False when another value was stored; nothing has changed then.
   */
  setState(name: string, value: string, expected?: string | null): Promise<boolean>
  /** Returns when the oldest Session with a user was created, in epoch milliseconds. Null when there is none. */
  getOldestCreation(environment: string): Promise<number | null>
  /** Returns a Session's events, oldest first by arrival. */
  listEvents(sessionId: string): Promise<readonly EventRecord[]>
  /**
   * Erases a user in one environment, in one durable transaction: all Sessions with their events, and the counted attempts.
   * It keeps a keyed hash of each Session, so that no later event restores it, and a pending delete at Didit. It keeps a
   * mark of the user for `bind` until `prune` removes it.
   */
  erase(user: { readonly userId: string; readonly environment: string; readonly now: number }): Promise<Erasure>
  /** Returns the mark of a user's newest erasure; null if there was none recently. */
  getErasure(user: { readonly userId: string; readonly environment: string }): Promise<string | null>
  /**
   * Erases one Session that was found only after `erase`, or whose delete did not reach Didit: only the hash and the pending
   * delete are kept. Returns the pending delete, unchanged if there was one already. Returns null, and changes nothing, if
   * the Session belongs to a user by now.
   */
  addPendingDelete(session: {
    readonly sessionId: string
    readonly userId: string
    readonly environment: string
    readonly now: number
  }): Promise<PendingDelete | null>
  /** Returns pending deletes at Didit that are due at `now`, longest due first. */
  listPendingDeletes(due: {
    readonly environment: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly PendingDelete[]>
  /** Records that Didit has deleted the Session, and removes its id. */
  completeDelete(sessionId: string): Promise<void>
  /** Postpones a pending delete after a failure. */
  postponeDelete(sessionId: string, dueAt: number): Promise<void>
  /**
   * Erases one Session that Didit has deleted, in one durable transaction: the record, its events and a pending delete. As
   * after `erase`, only a keyed hash is kept, so that no later event restores it. Repeating the call changes nothing.
   */
  forgetSession(sessionId: string): Promise<void>
  /** Returns true for an erased Session, of which only the hash is left. */
  isForgotten(sessionId: string): Promise<boolean>
  /** Returns how many Sessions of a user were removed by `prune` and still count as attempts. */
  countSpent(owner: {
    readonly userId: string
    readonly workflow: string
    readonly environment: string
  }): Promise<number>
  /** Removes expired data up to a limit. Returns true if there may be more. */
  prune(expiry: Expiry): Promise<boolean>
}

/**
 * Persistence as `createDiditServer` takes it.
 *
 * Every method of it and of its applications rejects with `storage-unavailable` (with the driver's error as `cause`) while
 * the storage is not open or cannot read or write. The data of a rejected commit counts as not stored. Text that contains
 * NUL or half a surrogate pair is refused with `request-invalid`.
 */
export interface Storage {
  /**
   * Opens the database and migrates its tables. Must be called before anything else. A second call changes nothing; a call
   * after `close` opens the database again.
   *
   * @throws {ConfigError} The file is not a database, or was made by a newer version of this package.
   */
  open(): Promise<void>
  /** Returns the storage of one application, which sees no data of others. */
  application(name: string): ApplicationStorage
  /** Resolves when a write would succeed now; rejects otherwise. */
  check(): Promise<void>
  /** Waits for running writes, then closes the database. Later calls are refused. */
  close(): Promise<void>
}

/** Returns the record to store after an event: the updated one, with `seq` raised by one. */
export function afterEvent(previous: SessionRecord | null, updated: SessionRecord | null): SessionRecord | null {
  const record = updated ?? previous
  return record && { ...record, seq: (previous?.seq ?? 0) + 1 }
}

/** Returns the record to store after a read or a binding: the updated one, with `seq` unchanged. */
export function afterRead<Updated extends SessionRecord | null>(
  previous: SessionRecord | null,
  updated: Updated,
): SessionRecord | Updated {
  if (updated === null || updated === previous) return previous ?? updated
  return { ...updated, seq: previous?.seq ?? 0 }
}

/**
 * Returns false for text that a database would not return unchanged: SQLite cuts it off at NUL, PostgreSQL refuses NUL,
 * and half a surrogate pair becomes U+FFFD. Two such user ids could become the same one.
 */
export function isStorable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text)
}

/** @throws {DiditError} `request-invalid` for a value that is not text, and for text that is not `isStorable`. */
export function checkText(value: unknown): asserts value is string {
  if (typeof value !== 'string') {
    throw new DiditError('request-invalid', `A text was expected for the storage, not ${nameOf(value)}.`)
  }
  if (!isStorable(value)) {
    throw new DiditError('request-invalid', 'A text to be stored contains NUL or half a surrogate pair.')
  }
}

/**
 * Checks a value for a statement. Nothing but text, finite numbers and null may reach a driver: libsql ends the whole
 * process for a boolean, and stores NaN as null.
 *
 * @throws {DiditError} `request-invalid`.
 */
export function checkBound(value: unknown): asserts value is string | number | null {
  if (value === null || (typeof value === 'number' && Number.isFinite(value))) return
  checkText(value)
}

const textFields: ReadonlySet<string> = new Set([
  ...['key', 'sessionId', 'userId', 'workflow', 'workflowId', 'environment', 'status', 'source', 'url', 'returnTo'],
  ...['webhookType', 'quarantined'],
])

/**
 * Checks each field of a record before it is stored.
 *
 * @throws {DiditError} `request-invalid` for a field of another type, and for text that is not `isStorable`.
 */
export function checkFields(row: SessionRecord | EventRecord | null): void {
  for (const [field, value] of Object.entries(row ?? {})) {
    const isMissing = value === null || value === undefined
    if (isMissing && field !== 'key') continue
    if (textFields.has(field)) checkText(value)
    else if (typeof value !== 'boolean' && typeof value !== 'object') checkBound(value)
  }
}

const nameOf = (value: unknown) => (value === null ? 'null' : typeof value)

/** The statuses in which a person has nothing to do in a Session. A status that we do not know is not among them. */
export const closedStatuses: readonly SessionStatus[] = sessionStatuses.filter(
  (status) => !isUnfinished(status) && phaseOf(status) !== 'active',
)

/**
 * Returns how well a Session stands for its user, 0 for best: a settled approval that is not too old, a Session that waits
 * for others, one in which the person can continue, any other. `selectCurrent` decides by the same order.
 *
 * @param approvedAfter - Epoch milliseconds: an approval counts only if it is later. Null: any counts.
 */
export function currentRank(record: SessionRecord, approvedAfter: number | null): 0 | 1 | 2 | 3 {
  const { status, isReadPending, decidedAt, updatedAt } = record
  const isRecent = approvedAfter === null || (decidedAt ?? updatedAt) > approvedAfter
  if (status === 'Approved' && !isReadPending && isRecent) return 0
  if (status === 'In Review' || (status === 'Approved' && isReadPending)) return 1
  return closedStatuses.includes(status) ? 3 : 2
}

/** The statuses that end a Session. */
export const overStatuses: readonly SessionStatus[] = ['Approved', 'Declined', 'Abandoned', 'Expired', 'Kyc Expired']

/** Returns true if `prune` removes the Session. Does not check the environment. */
export function isExpired(record: SessionRecord, before: number): boolean {
  // The decision can be later (by Didit's clock) than our update, and the age of an approval counts from the decision.
  const changedAt = Math.max(record.updatedAt, record.decidedAt ?? 0)
  return overStatuses.includes(record.status) && !record.isReadPending && changedAt < before
}
