import { isRedactedDecision, type SnapshotSource } from '@didit-verify/core/schemas'
import {
  checkBound,
  checkFields,
  closedStatuses,
  type EventRecord,
  overStatuses,
  type PendingDelete,
  type SessionRecord,
} from './storage.ts'

/** A row as the driver gives it: columns under the names of our fields. */
export type Row = Readonly<Record<string, unknown>>

/** A value that may be bound to a statement. */
export type Bound = string | number | null

const sessionColumns = {
  sessionId: 'session_id',
  userId: 'user_id',
  workflow: 'workflow',
  workflowId: 'workflow_id',
  environment: 'environment',
  status: 'status',
  from: 'from_second',
  to: 'to_second',
  isReadPending: 'owes_read',
  news: 'news',
  readDueAt: 'read_due_at',
  readFailures: 'read_failures',
  seq: 'seq',
  revision: 'revision',
  source: 'source',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  decidedAt: 'decided_at',
  expiresAt: 'expires_at',
  attempt: 'attempt',
  url: 'url',
  returnTo: 'return_to',
  decision: 'decision',
} as const satisfies Record<keyof SessionRecord, string>

const eventColumns = {
  key: 'key',
  sessionId: 'session_id',
  webhookType: 'webhook_type',
  status: 'status',
  environment: 'environment',
  from: 'from_second',
  to: 'to_second',
  receivedAt: 'received_at',
  late: 'late',
  test: 'test',
  quarantined: 'quarantined',
} as const satisfies Record<keyof EventRecord, string>

const pendingDeleteColumns = {
  sessionId: 'session_id',
  dueAt: 'due_at',
  failures: 'failures',
} as const satisfies Record<keyof PendingDelete, string>

type Columns = Readonly<Record<string, string>>

const selectList = (columns: Columns) =>
  Object.entries(columns)
    .map(([field, column]) => `${column} as "${field}"`)
    .join(', ')
const insertInto = (table: string, columns: Columns) => {
  const names = ['application', ...Object.values(columns)]
  return `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`
}

/** The hot statements. The application is always the first parameter. */
export const statements = {
  insertEvent: insertInto('didit_event', eventColumns),
  selectEvent: `select ${selectList(eventColumns)} from didit_event where application = ? and key = ?`,
  hasQuarantined: `select 1 from didit_event
    where application = ? and session_id = ? and quarantined is not null limit 1`,
  selectEvents: `select ${selectList(eventColumns)} from didit_event
    where application = ? and session_id = ? order by arrival`,
  writeSession: `${insertInto('didit_session', sessionColumns)}
    on conflict (application, session_id) do update set ${Object.values(sessionColumns)
      .filter((column) => column !== 'session_id')
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')}`,
  selectSession: `select ${selectList(sessionColumns)} from didit_session where application = ? and session_id = ?`,
  selectByUser: `select ${selectList(sessionColumns)} from didit_session
    where application = ? and user_id = ? order by created_at desc, attempt desc`,
  selectByOwner: `select ${selectList(sessionColumns)} from didit_session
    where application = ? and user_id = ? and workflow = ? order by created_at desc, attempt desc`,
  // The same order as `currentRank`. All columns of the index `didit_session_by_owner` are given, so only this user's rows
  // are looked at, and only one of them becomes an object.
  selectCurrent: `select ${selectList(sessionColumns)} from didit_session
    where application = ?1 and user_id = ?2 and workflow = ?3 and environment = ?4
    order by case
      when status = 'Approved' and owes_read = 0 and (?5 is null or coalesce(decided_at, updated_at) > ?5) then 0
      when status = 'In Review' or (status = 'Approved' and owes_read <> 0) then 1
      when status in (${closedStatuses.map((status) => `'${status}'`).join(', ')}) then 3
      else 2 end, created_at desc, attempt desc limit 1`,
  countSessions: `select count(*) as sessions from didit_session
    where application = ? and user_id = ? and workflow = ? and environment = ?`,
  selectReturn: `select ${selectList(sessionColumns)} from didit_session
    where application = ? and user_id = ? and environment = ? and return_to is not null
    order by created_at desc, attempt desc limit 1`,
  countEarlier: `select count(*) as earlier from didit_session
    where application = ? and user_id = ? and workflow = ? and session_id <> ?`,
  selectDueReads: `select ${selectList(sessionColumns)} from didit_session
    where application = ? and environment = ? and read_due_at <= ?
    order by owes_read desc, read_due_at limit ?`,
  selectState: 'select value from didit_state where application = ? and name = ?',
  writeState: `insert into didit_state (application, name, value) values (?, ?, ?)
    on conflict (application, name) do update set value = excluded.value`,
  selectOldest: `select min(created_at) as oldest from didit_session
    where application = ? and environment = ? and user_id is not null`,
  selectErasable: `select session_id as "sessionId" from didit_session
    where application = ? and user_id = ? and environment = ?`,
  deleteSession: 'delete from didit_session where application = ? and session_id = ?',
  deleteEventsOf: 'delete from didit_event where application = ? and session_id = ?',
  hasTombstone: 'select 1 from didit_tombstone where application = ? and hash = ?',
  insertTombstone: 'insert into didit_tombstone (application, hash) values (?, ?) on conflict do nothing',
  insertPendingDelete: `insert into didit_owed_delete (application, session_id, environment, owner, due_at, failures)
    values (?, ?, ?, ?, ?, 0) on conflict do nothing`,
  selectPendingDelete: `select ${selectList(pendingDeleteColumns)} from didit_owed_delete
    where application = ? and session_id = ?`,
  selectPendingDeletesOf: `select ${selectList(pendingDeleteColumns)} from didit_owed_delete
    where application = ? and environment = ? and owner = ?`,
  selectDueDeletes: `select ${selectList(pendingDeleteColumns)} from didit_owed_delete
    where application = ? and environment = ? and due_at <= ? order by due_at limit ?`,
  deletePendingDelete: 'delete from didit_owed_delete where application = ? and session_id = ?',
  postponePendingDelete:
    'update didit_owed_delete set due_at = ?2, failures = failures + 1 where application = ?1 and session_id = ?3',
  writeErasure: `insert into didit_erasure (application, environment, owner, mark, erased_at) values (?, ?, ?, ?, ?)
    on conflict (application, environment, owner) do update set mark = excluded.mark, erased_at = excluded.erased_at`,
  selectErasure: 'select mark from didit_erasure where application = ? and environment = ? and owner = ?',
  selectOldErasures: 'select 1 from didit_erasure where application = ? and erased_at < ? limit 1',
  deleteOldErasures: 'delete from didit_erasure where application = ? and erased_at < ?',
  addSpent: `insert into didit_spent_attempt (application, owner, workflow, environment, attempts) values (?, ?, ?, ?, 1)
    on conflict (application, owner, workflow, environment) do update set attempts = attempts + 1`,
  countSpent: `select sum(attempts) as attempts from didit_spent_attempt
    where application = ? and owner = ? and workflow = ? and environment = ?`,
  countAllSpent: `select sum(attempts) as attempts from didit_spent_attempt
    where application = ? and owner = ? and workflow = ?`,
  deleteSpent: 'delete from didit_spent_attempt where application = ? and owner = ? and environment = ?',
  selectOldEvents: `select key from didit_event
    where application = ? and received_at < ? order by received_at limit ?`,
  deleteEvent: 'delete from didit_event where application = ? and key = ?',
  // The condition is spelled as in the index, otherwise SQLite would not use that index.
  selectOldSessions: `select ${selectList(sessionColumns)} from didit_session
    where application = ? and environment = ? and updated_at < ? and coalesce(decided_at, 0) < ?
    and status in (${overStatuses.map((status) => `'${status}'`).join(', ')}) and owes_read = 0
    order by updated_at limit ?`,
  check:
    'insert into didit_check (id, checked_at) values (1, ?) on conflict (id) do update set checked_at = excluded.checked_at',
  // More than an event writes, and never the same: SQLite skips a page that would not change.
  checkRoom: `insert into didit_state (application, name, value) values ('', 'check', hex(randomblob(16384)))
    on conflict (application, name) do update set value = excluded.value`,
} as const

/** Returns the parameters of `writeSession`. */
export function sessionParameters(application: string, record: SessionRecord): Bound[] {
  checkFields(record)
  return [application, ...Object.keys(sessionColumns).map((field) => bindable(record[field as keyof SessionRecord]))]
}

/** Returns the parameters of `insertEvent`. */
export function eventParameters(application: string, event: EventRecord): Bound[] {
  checkFields(event)
  return [application, ...Object.keys(eventColumns).map((field) => bindable(event[field as keyof EventRecord]))]
}

// Nothing else may reach the driver: a boolean makes libsql abort the whole process.
function bindable(value: unknown): Bound {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return Number(value)
  const bound: unknown = typeof value === 'object' ? JSON.stringify(value) : value
  checkBound(bound)
  return bound
}

/** Returns the Session of a row. */
export function toSession(row: Row): SessionRecord {
  return {
    ...(row as unknown as SessionRecord),
    isReadPending: row.isReadPending === 1,
    news: parseNews(row.news),
    source: sources.includes(row.source as SnapshotSource) ? (row.source as SnapshotSource) : 'api',
    decision: parseDecision(row.decision),
  }
}

/** Returns the event of a row. */
export function toEvent(row: Row): EventRecord {
  return { ...(row as unknown as EventRecord), late: row.late === 1, test: row.test === 1 }
}

/** Returns the pending delete of a row. */
export const toPendingDelete = (row: Row): PendingDelete => ({ ...(row as unknown as PendingDelete) })

const sources: readonly SnapshotSource[] = ['webhook', 'api', 'created']

// A damaged column must not make the whole Session unreadable. Without a Decision the server reads it from Didit again.
/** Returns null also when the column does not hold news. The next read of that Session then settles it. */
function parseNews(text: unknown): SessionRecord['news'] {
  if (typeof text !== 'string') return null
  try {
    const { status, until, isPlausible } = JSON.parse(text)
    const isNews = (status === null || typeof status === 'string') && typeof until === 'number'
    return isNews ? { status, until, isPlausible: isPlausible === true } : null
  } catch {
    return null
  }
}

function parseDecision(text: unknown): SessionRecord['decision'] {
  if (typeof text !== 'string') return null
  try {
    const value: unknown = JSON.parse(text)
    return isRedactedDecision(value) ? value : null
  } catch {
    return null
  }
}
