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
  readonly owesRead: boolean
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
  /** False for a duplicate: nothing was written. */
  readonly stored: boolean
  /** The Session as it stands now; null when the event names none, or no record was made. */
  readonly record: SessionRecord | null
  /** The Session as it stood before. */
  readonly previous: SessionRecord | null
}

/**
 * Makes the new record from the old one. Returning null or the same object writes nothing (but for `seq`, which each
 * stored event raises). Throwing refuses the whole commit, and the caller gets what was thrown.
 */
export type Fold = (record: SessionRecord | null) => SessionRecord | null

/** What the storage offers for one application. */
export interface ApplicationStorage {
  /**
   * In one durable transaction: stores the event unless its key is known, then folds it into its Session. `fold` is not
   * called for a duplicate, nor for an event that names no Session.
   */
  commitEvent(event: EventRecord, fold: Fold): Promise<EventCommit>
  /**
   * Folds a read into a Session, unless an event was stored since `seq`: then null comes back and the read must be
   * repeated. A Session without a record has the `seq` 0. Returns the Session as it stands now.
   */
  commitRead(sessionId: string, seq: number, fold: Fold): Promise<SessionRecord | null>
  /**
   * Binds a Session to a user and a workflow alias. `fold` gets the record and the number of Sessions that the user
   * already has at that alias (this one not counted). Binding once, and to one user, is the fold's to enforce: it throws.
   */
  bind(
    sessionId: string,
    owner: { readonly userId: string; readonly workflow: string },
    fold: (record: SessionRecord | null, earlier: number) => SessionRecord,
  ): Promise<SessionRecord>
  getSession(sessionId: string): Promise<SessionRecord | null>
  /** A user's Sessions, newest first by creation, then by attempt. */
  listSessions(owner: { readonly userId: string; readonly workflow?: string }): Promise<readonly SessionRecord[]>
  /** Sessions of one environment whose owed read is due at `now`, longest due first. */
  listOwed(due: {
    readonly environment: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly SessionRecord[]>
  /** A Session's events, oldest first by arrival. */
  listEvents(sessionId: string): Promise<readonly EventRecord[]>
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
export function afterEvent(previous: SessionRecord | null, folded: SessionRecord | null): SessionRecord | null {
  const record = folded ?? previous
  return record && { ...record, seq: (previous?.seq ?? 0) + 1 }
}

/** The record that a read or a binding leaves behind: what the fold made of it, with `seq` as it was. */
export function afterRead<Folded extends SessionRecord | null>(
  previous: SessionRecord | null,
  folded: Folded,
): SessionRecord | Folded {
  if (folded === null || folded === previous) return previous ?? folded
  return { ...folded, seq: previous?.seq ?? 0 }
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
