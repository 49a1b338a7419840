import { DiditError, type RedactedDecision, type SessionStatus, type SnapshotSource } from '@didit-verify/core/schemas'

/**
 * Persistence: the interface that memory, SQLite and PostgreSQL meet, with one conformance suite for all.
 *
 * The rules live in pure functions (`fold`) that the storage runs while it holds the Session's row, so that every
 * storage decides alike. A fold must be synchronous and may run more than once.
 */

/** One Session as stored. Ids, statuses and the redacted decision; no name, no document, no image. */
export interface SessionRecord {
  readonly sessionId: string
  /** Whose Session it is; null until our own create answer or `adopt` binds it. */
  readonly userId: string | null
  /** The host's alias of the Workflow; null while unbound. */
  readonly workflow: string | null
  readonly workflowId: string | null
  readonly environment: string | null
  readonly status: SessionStatus
  /** The interval, in vendor seconds, in which `status` was seen to hold. */
  readonly from: number
  readonly to: number
  readonly isReadPending: boolean
  /** Epoch milliseconds of the next try to pay an owed read; null when none is owed. */
  readonly readDueAt: number | null
  /** How often the owed read has failed in a row. */
  readonly readFailures: number
  /**
   * Counts the events stored for this Session; a read commits only if it has not moved. The storage keeps it: whatever
   * a fold says of it is overruled.
   */
  readonly seq: number
  readonly revision: number
  readonly source: SnapshotSource
  /** Epoch milliseconds, as are all names that end in `At`. */
  readonly createdAt: number
  readonly updatedAt: number
  readonly decidedAt: number | null
  readonly expiresAt: number | null
  /** Which attempt of this user at this Workflow it is, from 1; 0 while unbound. */
  readonly attempt: number
  /** The hosted page's address; kept only until the Session is decided. */
  readonly url: string | null
  readonly returnTo: string | null
  readonly decision: RedactedDecision | null
}

/** One webhook as stored: its envelope and what became of it. The body itself is not kept. */
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
  /** Signed right, but its time had passed. */
  readonly late: boolean
  readonly test: boolean
  /** Why it may not change any state by itself; null when it may. */
  readonly quarantined: string | null
}

export interface EventCommit {
  /** False for a duplicate, and for an event of an erased Session: nothing was written. */
  readonly stored: boolean
  /** True for an event of an erased Session: it is to be forgotten. */
  readonly erased: boolean
  /** The Session as it stands now; null when the event names none, or no record was made. */
  readonly record: SessionRecord | null
  /** The Session as it stood before. */
  readonly previous: SessionRecord | null
}

/**
 * Makes the new record from the old one. Returning null or the same object writes nothing (but for `seq`, which each
 * stored event raises). Throwing refuses the whole commit, and the caller gets what was thrown.
 */
export type RecordUpdate = (record: SessionRecord | null) => SessionRecord | null

/**
 * A delete that Didit has still to be asked for: the one thing that keeps the id of an erased Session, until it is paid.
 */
export interface PendingDelete {
  readonly sessionId: string
  /** Epoch milliseconds of the next try. */
  readonly dueAt: number
  /** How often it has failed in a row. */
  readonly failures: number
}

/** What an erasure came to. */
export interface Erasure {
  /** The Sessions that were removed just now. */
  readonly sessionIds: readonly string[]
  /** All deletes that are owed for this user, those of earlier erasures included. */
  readonly pending: readonly PendingDelete[]
}

/** What has been kept for long enough. All moments are epoch milliseconds. */
export interface Expiry {
  readonly environment: string
  /** Events of the application that arrived before this go, of whatever environment. */
  readonly eventsBefore: number
  /** Sessions of the environment that are over, owe no read and have not changed since this go; null: none does. */
  readonly sessionsBefore: number | null
  /** Workflow aliases whose removed Sessions go on counting as attempts of their user. */
  readonly counted: readonly string[]
  /** When to delete those Sessions at Didit, too, except those that belong to nobody here; null: not at all. */
  readonly deletesDueAt: number | null
  /** Marks of erasures made before this go: no start that is older can still be under way. */
  readonly erasuresBefore: number
  /** How many events and how many Sessions one transaction may remove. */
  readonly limit: number
}

/** What the storage offers for one application. */
export interface ApplicationStorage {
  /**
   * In one durable transaction: stores the event unless its key is known, then folds it into its Session. `fold` is not
   * called for a duplicate, for an event that names no Session, nor for one of an erased Session.
   */
  commitEvent(event: EventRecord, update: RecordUpdate): Promise<EventCommit>
  /**
   * Folds a read into a Session, unless an event was stored since `seq`: then null comes back and the read must be
   * repeated. A Session without a record has the `seq` 0. Returns the Session as it stands now. An erased one stays
   * erased, and gives null.
   */
  commitRead(sessionId: string, seq: number, update: RecordUpdate): Promise<SessionRecord | null>
  /**
   * Binds a Session to a user and a workflow alias. `fold` gets the record and the number of Sessions that the user
   * already has at that alias (this one not counted, removed ones that go on counting included). Binding once, and to
   * one user, is the fold's to enforce: it throws.
   *
   * Gives null, and binds nothing, for an erased Session; and, where `erasure` is given, when the user was erased after
   * `getErasure` gave it: what was under way then must not bring the user back.
   */
  bind(
    sessionId: string,
    owner: {
      readonly userId: string
      readonly workflow: string
      readonly erasure?: { readonly environment: string; readonly mark: string | null } | undefined
    },
    update: (record: SessionRecord | null, earlier: number) => SessionRecord,
  ): Promise<SessionRecord | null>
  getSession(sessionId: string): Promise<SessionRecord | null>
  /** A user's Sessions, newest first by creation, then by attempt. */
  listSessions(owner: { readonly userId: string; readonly workflow?: string }): Promise<readonly SessionRecord[]>
  /** Sessions of one environment whose owed read is due at `now`, longest due first. */
  listPendingReads(due: {
    readonly environment: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly SessionRecord[]>
  /** A Session's events, oldest first by arrival. */
  listEvents(sessionId: string): Promise<readonly EventRecord[]>
  /**
   * Forgets a user in one environment, in one durable transaction: all Sessions with their events, and the attempts that
   * count. Leaves of each Session a keyed hash, so that nothing brings it back, and the delete at Didit as owed; of the
   * user a mark for `bind`, until `prune` removes it.
   */
  erase(user: { readonly userId: string; readonly environment: string; readonly now: number }): Promise<Erasure>
  /** The mark of a user's newest erasure; null when there was none lately. */
  getErasure(user: { readonly userId: string; readonly environment: string }): Promise<string | null>
  /**
   * The same for one Session that was found too late, or whose delete did not reach Didit: nothing of it is kept but the
   * hash and the debt. Returns the debt, as it was where it was owed already; null, and nothing is changed, when somebody
   * has the Session by now.
   */
  addPendingDelete(session: {
    readonly sessionId: string
    readonly userId: string
    readonly environment: string
    readonly now: number
  }): Promise<PendingDelete | null>
  /** Deletes at Didit that are due at `now`, longest due first. */
  listPendingDeletes(due: {
    readonly environment: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly PendingDelete[]>
  /** Notes that Didit has deleted the Session: its id is forgotten. */
  completeDelete(sessionId: string): Promise<void>
  /** Puts an owed delete off after a failure. */
  postponeDelete(sessionId: string, dueAt: number): Promise<void>
  /**
   * Forgets one Session that Didit has deleted, in one durable transaction: the record, its events, and the delete that
   * may be owed. As after `erase` only a keyed hash stays, so that nothing brings it back. Repeating it changes nothing.
   */
  forgetSession(sessionId: string): Promise<void>
  /** True for a Session of which only that hash is left, whichever way it was forgotten. */
  isForgotten(sessionId: string): Promise<boolean>
  /** How many Sessions of a user were removed by `prune` and go on counting as attempts. */
  countSpent(owner: {
    readonly userId: string
    readonly workflow: string
    readonly environment: string
  }): Promise<number>
  /** Removes what has been kept for long enough, up to a limit. True when there may be more. */
  prune(expiry: Expiry): Promise<boolean>
}

/**
 * Persistence as `createDiditServer` takes it.
 *
 * Every method of it and of its applications rejects with `storage-unavailable` (the driver's fault as `cause`) while
 * the storage is not open or cannot read or write. A commit that rejects has acknowledged nothing. Text that holds NUL or
 * half a surrogate pair is refused with `request-invalid`.
 */
export interface Storage {
  /**
   * Opens the database and brings its tables up to date. Called before anything else; once more changes nothing, and
   * after `close` it opens again.
   *
   * @throws {ConfigError} when the database is none, or was made by a newer version of this package.
   */
  open(): Promise<void>
  /** Everything stored is kept apart by application. */
  application(name: string): ApplicationStorage
  /** Resolves when a write would succeed now; rejects otherwise. */
  check(): Promise<void>
  /** Waits for writes under way, then lets go of the database. Whatever is asked for afterwards is refused. */
  close(): Promise<void>
}

/** The record that a stored event leaves behind: what the fold made of it, with `seq` one higher. */
export function afterEvent(previous: SessionRecord | null, updated: SessionRecord | null): SessionRecord | null {
  const record = updated ?? previous
  return record && { ...record, seq: (previous?.seq ?? 0) + 1 }
}

/** The record that a read or a binding leaves behind: what the fold made of it, with `seq` as it was. */
export function afterRead<Updated extends SessionRecord | null>(
  previous: SessionRecord | null,
  updated: Updated,
): SessionRecord | Updated {
  if (updated === null || updated === previous) return previous ?? updated
  return { ...updated, seq: previous?.seq ?? 0 }
}

/**
 * False for text that a database would not give back as it was: SQLite cuts it off at NUL, PostgreSQL refuses NUL, and
 * half a surrogate pair turns into U+FFFD. Two such user ids could come back as one.
 */
export function isStorable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text)
}

/** @throws {DiditError} `request-invalid` for text that is not `isStorable`. */
export function checkText(value: string): void {
  if (!isStorable(value)) {
    throw new DiditError('request-invalid', 'A text to be stored holds NUL or half a surrogate pair.')
  }
}

/** The statuses after which nothing more is expected of a Session. */
export const overStatuses: readonly SessionStatus[] = ['Approved', 'Declined', 'Abandoned', 'Expired', 'Kyc Expired']

/** True when `prune` removes the Session, the environment apart. */
export function isExpired(record: SessionRecord, before: number): boolean {
  // By Didit's clock the decision can be later than the change by which we heard of it, and an approval is aged by it.
  const changedAt = Math.max(record.updatedAt, record.decidedAt ?? 0)
  return overStatuses.includes(record.status) && !record.isReadPending && changedAt < before
}
