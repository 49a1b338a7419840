import { statSync } from 'node:fs'
import { ConfigError, DiditError, isDiditError } from '@didit-verify/core/schemas'
import Database from 'libsql'
import { createGroupCommit } from './group-commit.ts'
import { createPseudonyms } from './pseudonyms.ts'
import type { Connection, PreparedStatement, Statements } from './sqlite-connection.ts'
import { createErasure, type Rows } from './sqlite-erasure.ts'
import { notADatabase, prepareSqliteFile } from './sqlite-file.ts'
import { createLog } from './sqlite-log.ts'
import { migrateSqlite } from './sqlite-migrations.ts'
import {
  type Bound,
  eventParameters,
  type Row,
  sessionParameters,
  statements,
  toEvent,
  toSession,
} from './sqlite-rows.ts'
import {
  type ApplicationStorage,
  afterEvent,
  afterRead,
  checkBound,
  checkText,
  type EventCommit,
  type SessionRecord,
  type Storage,
} from './storage.ts'

/** Options of `sqliteStorage`. */
export interface SqliteStorageOptions {
  /**
   * The database file. A missing file is created, with its folder. `':memory:'` keeps the data in memory.
   *
   * The file must be on a local disk: SQLite's write-ahead log does not work over a network.
   */
  readonly path: string
  /**
   * How long a commit waits while another process writes, in milliseconds. Default 2000, which is less than the deadline
   * of a webhook.
   */
  readonly lockTimeoutMs?: number | undefined
}

// The driver blocks the whole process while it waits for a lock. So it waits only briefly, and we wait without blocking.
const driverWaitMs = 50
// Another process may be migrating the tables while this one opens the database. About five seconds are enough.
const openingTries = 60
const openingPauseMs = 50

/**
 * Creates a storage in one SQLite file. Each commit is on disk before it is acknowledged.
 *
 * Several processes on the same machine may share the file. Commits that arrive together share one transaction, so that
 * not every webhook waits for the disk separately.
 *
 * @throws {ConfigError} `path` is missing. A path that cannot be used makes `open` reject.
 * @example
 * ```ts
 * import type { Storage } from '@didit-verify/server'
 * import { sqliteStorage } from '@didit-verify/server/sqlite'
 *
 * const storage: Storage = sqliteStorage({ path: './didit-verify.db' })
 * ```
 */
export function sqliteStorage(options: SqliteStorageOptions): Storage {
  const { path, lockTimeoutMs = 2_000 } = options
  if (typeof path !== 'string' || path === '') {
    throw new ConfigError('sqliteStorage needs the path of a database file.', {
      help: "Pass { path: './didit-verify.db' }.",
    })
  }
  let opening: Promise<Connection> | undefined
  let connection: Connection | undefined

  const use = () => {
    if (!connection) throw new DiditError('storage-unavailable', 'The storage is not open.')
    return connection
  }

  return {
    async open() {
      opening ??= openWhenFree(path, lockTimeoutMs)
      const attempt = opening
      try {
        const opened = await attempt
        // `close` may have been called meanwhile. Then the connection is not used.
        if (opening === attempt) connection = opened
      } catch (fault) {
        if (opening === attempt) opening = undefined
        throw fault
      }
    },
    application: (name) => createApplication(name, use),
    async check() {
      const { commits, prepared } = use()
      const write = () => {
        prepared.check.run([Date.now()])
        prepared.checkRoom.run([])
      }
      await commits.run(() => ({ result: undefined, write }))
    },
    async close() {
      const closing = opening
      opening = undefined
      connection = undefined
      // A failed `open` has already rejected for its caller, and there is nothing to close.
      const opened = await closing?.catch(() => undefined)
      if (opened) await closeConnection(opened)
    },
  }
}

async function openWhenFree(path: string, lockTimeoutMs: number): Promise<Connection> {
  for (let triesLeft = openingTries; ; triesLeft--) {
    try {
      return await openConnection(path, lockTimeoutMs)
    } catch (fault) {
      if (!isBusy((fault as DiditError).cause) || triesLeft <= 1) throw fault
      await new Promise((resolve) => setTimeout(resolve, openingPauseMs))
    }
  }
}

async function openConnection(path: string, lockTimeoutMs: number): Promise<Connection> {
  const file = prepareSqliteFile(path)
  let database: Database.Database | undefined
  try {
    database = new Database(file)
    database.pragma(`busy_timeout = ${driverWaitMs}`)
    const [mode] = database.pragma('journal_mode = WAL') as { journal_mode: string }[]
    if (mode?.journal_mode !== 'wal' && file !== ':memory:') {
      throw new ConfigError(`The file system of ${file} does not allow SQLite's write-ahead log.`, {
        help: 'Put the database on a local disk.',
      })
    }
    database.pragma('synchronous = FULL')
    // On macOS a plain fsync may stay in the drive's cache; elsewhere this changes nothing.
    database.pragma('fullfsync = on')
    database.pragma('foreign_keys = on')
    // Overwrite deleted data, for example the address of a decided Session, instead of leaving it in free pages.
    database.pragma('secure_delete = on')
    await migrateSqlite(database)
    return connect(database, file, lockTimeoutMs)
  } catch (fault) {
    database?.close()
    if (codeOf(fault) === 'SQLITE_NOTADB') throw notADatabase(file, fault)
    throw unavailable(fault)
  }
}

function connect(database: Database.Database, file: string, lockTimeoutMs: number): Connection {
  const checkInPlace = watchFiles(file)
  const prepared = Object.fromEntries(
    Object.entries(statements).map(([name, sql]) => [name, guard(database.prepare(sql))]),
  ) as unknown as Statements
  const transactions = {
    begin() {
      checkInPlace()
      database.exec('BEGIN IMMEDIATE')
    },
    commit() {
      database.exec('COMMIT')
      checkInPlace()
    },
    rollback: () => void database.exec('ROLLBACK'),
    isBusy,
    explain: unavailable,
  }
  const [{ key }] = database.prepare('select key from didit_pseudonym_key').all() as [{ key: string }]
  return {
    database,
    prepared,
    commits: createGroupCommit(transactions, { lockTimeoutMs }),
    pseudonym: createPseudonyms(key),
    log: createLog(database),
  }
}

/**
 * Returns a check that the files at the path are those that were opened. SQLite goes on writing to a file that was
 * removed while open, and that data would be lost with the process. The write-ahead log holds the newest commits.
 *
 * @returns A function that throws `storage-unavailable` for a missing or another file. Takes microseconds.
 */
function watchFiles(file: string): () => void {
  const identify = (path: string) => {
    const found = statSync(path, { throwIfNoEntry: false })
    return found && `${found.dev}:${found.ino}`
  }
  const opened = [file, `${file}-wal`].map((path) => ({ path, identity: identify(path) }))
  return () => {
    if (opened.every(({ path, identity }) => identity === undefined || identify(path) === identity)) return
    throw new DiditError('storage-unavailable', 'The file of the database was removed or replaced.', {
      help: 'Restart the server: it opens the file that is there now, or creates a new one.',
    })
  }
}

/** Lets nothing reach the driver that would end the process, whichever way it has come. */
function guard(statement: Database.Statement): PreparedStatement {
  const check = (parameters: readonly unknown[]) => {
    for (const parameter of parameters) checkBound(parameter)
    return parameters
  }
  return {
    all: (parameters) => statement.all(check(parameters as readonly unknown[])),
    run: (parameters) => statement.run(check(parameters as readonly unknown[])),
  }
}

async function closeConnection({ database, commits, log }: Connection): Promise<void> {
  await commits.drain()
  // libsql releases the file only when the prepared statements are garbage-collected, so the log is emptied here.
  log.empty()
  database.close()
}

function createApplication(application: string, use: () => Connection): ApplicationStorage {
  const rows: Rows = (statement, ...parameters: Bound[]) => {
    // Check search texts as well: the driver would search for another text than the one given.
    for (const parameter of parameters) checkBound(parameter)
    try {
      // Not `.get()`: libsql adds an extra field to that row.
      return statement.all([application, ...parameters]) as Row[]
    } catch (fault) {
      throw unavailable(fault)
    }
  }
  const find = ({ prepared }: Connection, sessionId: string | null) => {
    const row = sessionId === null ? undefined : rows(prepared.selectSession, sessionId)[0]
    return row ? toSession(row) : null
  }
  // A stored Session is not erased, so only the first event of a Session needs this query.
  const isErased = ({ prepared, pseudonym }: Connection, sessionId: string | null) =>
    sessionId !== null && rows(prepared.hasTombstone, pseudonym('session', application, sessionId)).length > 0
  const write = ({ prepared }: Connection, record: SessionRecord) => {
    const parameters = sessionParameters(application, record)
    return () => void prepared.writeSession.run(parameters)
  }

  return {
    async commitEvent(event, update) {
      const connection = use()
      const { prepared, commits } = connection
      return commits.run<EventCommit>(() => {
        const parameters = eventParameters(application, event)
        const previous = find(connection, event.sessionId)
        const [known] = rows(prepared.selectEvent, event.key)
        if (known !== undefined) {
          return { result: { stored: false, erased: false, record: previous, previous, known: toEvent(known) } }
        }
        if (previous === null && isErased(connection, event.sessionId)) {
          return { result: { stored: false, erased: true, record: null, previous, known: null } }
        }
        const record = event.sessionId === null ? null : afterEvent(previous, update(previous))
        const writeRecord = record && write(connection, record)
        return {
          result: { stored: true, erased: false, record, previous, known: null },
          write() {
            prepared.insertEvent.run(parameters)
            writeRecord?.()
          },
        }
      })
    },
    async commitRead(sessionId, seq, update) {
      checkText(sessionId)
      const connection = use()
      return connection.commits.run(() => {
        const previous = find(connection, sessionId)
        if ((previous?.seq ?? 0) !== seq) return { result: null }
        if (previous === null && isErased(connection, sessionId)) return { result: null }
        const record = afterRead(previous, update(previous))
        return { result: record, write: record && record !== previous ? write(connection, record) : undefined }
      })
    },
    async bind(sessionId, { userId, workflow, erasure }, update) {
      const connection = use()
      const { prepared, pseudonym } = connection
      return connection.commits.run<SessionRecord | null>(() => {
        for (const text of [sessionId, userId, workflow]) checkText(text)
        const previous = find(connection, sessionId)
        if (previous === null && isErased(connection, sessionId)) return { result: null }
        const owner = pseudonym('user', application, userId)
        const newest = erasure && rows(prepared.selectErasure, erasure.environment, owner)[0]
        if (newest && newest.mark !== erasure.mark) return { result: null }
        const [row] = rows(prepared.countEarlier, userId, workflow, sessionId)
        const [removed] = rows(prepared.countAllSpent, owner, workflow)
        const earlier = Number(row?.earlier) + Number(removed?.attempts ?? 0)
        const hasQuarantined = rows(prepared.hasQuarantined, sessionId).length > 0
        const record = afterRead(previous, update(previous, { earlier, hasQuarantined }))
        return { result: record, write: record === previous ? undefined : write(connection, record) }
      })
    },
    // Reads need no transaction: SQLite shows the newest commit without waiting for a writer.
    async getSession(sessionId) {
      checkText(sessionId)
      return find(use(), sessionId)
    },
    async listSessions({ userId, workflow }) {
      checkText(userId)
      if (workflow !== undefined) checkText(workflow)
      const { prepared } = use()
      const found =
        workflow === undefined ? rows(prepared.selectByUser, userId) : rows(prepared.selectByOwner, userId, workflow)
      return found.map(toSession)
    },
    async findCurrent({ userId, workflow, environment, approvedAfter }) {
      for (const text of [userId, workflow, environment]) checkText(text)
      const [row] = rows(use().prepared.selectCurrent, userId, workflow, environment, approvedAfter)
      return row ? toSession(row) : null
    },
    async countSessions({ userId, workflow, environment }) {
      for (const text of [userId, workflow, environment]) checkText(text)
      const [row] = rows(use().prepared.countSessions, userId, workflow, environment)
      return Number(row?.sessions ?? 0)
    },
    async findReturn({ userId, environment }) {
      for (const text of [userId, environment]) checkText(text)
      const [row] = rows(use().prepared.selectReturn, userId, environment)
      return row ? toSession(row) : null
    },
    async listDueReads({ environment, now, limit }) {
      return rows(use().prepared.selectDueReads, environment, now, limit).map(toSession)
    },
    async getState(name) {
      checkText(name)
      const [row] = rows(use().prepared.selectState, name)
      return row === undefined ? null : String(row.value)
    },
    async setState(name, value, expected) {
      const { prepared, commits } = use()
      for (const text of [name, value]) checkText(text)
      const write = () => void prepared.writeState.run([application, name, value])
      return commits.run(() => {
        const [row] = rows(prepared.selectState, name)
        const isExpected = expected === undefined || expected === (row === undefined ? null : String(row.value))
        return { result: isExpected, write: isExpected ? write : undefined }
      })
    },
    async getOldestCreation(environment) {
      checkText(environment)
      const [row] = rows(use().prepared.selectOldest, environment)
      return typeof row?.oldest === 'number' ? row.oldest : null
    },
    async listEvents(sessionId) {
      checkText(sessionId)
      return rows(use().prepared.selectEvents, sessionId).map(toEvent)
    },
    ...createErasure({ application, use, rows }),
  }
}

function codeOf(fault: unknown): string {
  const code = (fault as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

const isBusy = (fault: unknown) => codeOf(fault).startsWith('SQLITE_BUSY')

const sentences: readonly (readonly [code: string, message: string, help: string])[] = [
  ['SQLITE_FULL', 'The disk of the database is full.', 'Free some space. Until then no webhook is acknowledged.'],
  [
    'SQLITE_BUSY',
    'Another process keeps the database locked.',
    'Look for a backup or a shell that holds a transaction.',
  ],
  ['SQLITE_READONLY', 'The database may not be written.', 'Let this process write to the file and its folder.'],
  ['SQLITE_CORRUPT', 'The database file is damaged.', 'Restore it from a backup.'],
]

/** Returns the error that callers see instead of the driver's, which becomes its `cause`. */
function unavailable(cause: unknown): DiditError {
  if (isDiditError(cause)) return cause
  const code = codeOf(cause)
  const [, message, help] = sentences.find(([start]) => code.startsWith(start)) ?? [
    '',
    'The database cannot be read or written.',
    'The cause names the fault of the driver; check the disk.',
  ]
  return new DiditError('storage-unavailable', message, { help, cause })
}
