import { isRedactedDecision, type SnapshotSource } from '@didit-verify/core/schemas'
import { checkText, type EventRecord, type SessionRecord } from './storage.ts'

/** A row as the driver gives it: columns under the names of our fields. */
export type Row = Readonly<Record<string, unknown>>

/** What may be bound to a statement. */
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
  owesRead: 'owes_read',
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
  hasEvent: 'select 1 from didit_event where application = ? and key = ?',
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
  countEarlier: `select count(*) as earlier from didit_session
    where application = ? and user_id = ? and workflow = ? and session_id <> ?`,
  selectOwed: `select ${selectList(sessionColumns)} from didit_session
    where application = ? and environment = ? and read_due_at <= ? order by read_due_at limit ?`,
  check:
    'insert into didit_check (id, checked_at) values (1, ?) on conflict (id) do update set checked_at = excluded.checked_at',
} as const

/** The parameters of `writeSession`. */
export function sessionParameters(application: string, record: SessionRecord): Bound[] {
  return [application, ...Object.keys(sessionColumns).map((field) => bindable(record[field as keyof SessionRecord]))]
}

/** The parameters of `insertEvent`. */
export function eventParameters(application: string, event: EventRecord): Bound[] {
  return [application, ...Object.keys(eventColumns).map((field) => bindable(event[field as keyof EventRecord]))]
}

// Nothing else may reach the driver: a boolean makes libsql abort the whole process.
function bindable(value: unknown): Bound {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number') return value
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  checkText(text)
  return text
}

/** The Session that a row holds. */
export function toSession(row: Row): SessionRecord {
  return {
    ...(row as unknown as SessionRecord),
    owesRead: row.owesRead === 1,
    source: sources.includes(row.source as SnapshotSource) ? (row.source as SnapshotSource) : 'api',
    decision: parseDecision(row.decision),
  }
}

/** The event that a row holds. */
export function toEvent(row: Row): EventRecord {
  return { ...(row as unknown as EventRecord), late: row.late === 1, test: row.test === 1 }
}

const sources: readonly SnapshotSource[] = ['webhook', 'api', 'created']

// A column that somebody has edited, or that another version wrote, must not take the whole Session down with it:
// without a decision the server reads it from Didit again.
function parseDecision(text: unknown): SessionRecord['decision'] {
  if (typeof text !== 'string') return null
  try {
    const value: unknown = JSON.parse(text)
    return isRedactedDecision(value) ? value : null
  } catch {
    return null
  }
}
