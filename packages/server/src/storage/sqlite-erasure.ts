import { randomUUID } from 'node:crypto'
import type { Connection, PreparedStatement } from './sqlite-connection.ts'
import { type Bound, type Row, toPendingDelete, toSession } from './sqlite-rows.ts'
import { type ApplicationStorage, checkText, type PendingDelete, type SessionRecord } from './storage.ts'

/** Runs a statement of one application and gives its rows. */
export type Rows = (statement: PreparedStatement, ...parameters: Bound[]) => Row[]

export interface ErasureOptions {
  readonly application: string
  readonly use: () => Connection
  readonly rows: Rows
}

export type ErasureMethods = Pick<
  ApplicationStorage,
  | 'erase'
  | 'getErasure'
  | 'addPendingDelete'
  | 'listPendingDeletes'
  | 'completeDelete'
  | 'postponeDelete'
  | 'forgetSession'
  | 'isForgotten'
  | 'countSpent'
  | 'prune'
>

/** The part of an application's storage that forgets. */
export function createErasure({ application, use, rows }: ErasureOptions): ErasureMethods {
  const ownerOf = (userId: string) => {
    checkText(userId)
    return use().pseudonym('user', application, userId)
  }

  function forget({ prepared, pseudonym }: Connection, sessionId: string): void {
    prepared.deleteEventsOf.run([application, sessionId])
    prepared.deleteSession.run([application, sessionId])
    prepared.insertTombstone.run([application, pseudonym('session', application, sessionId)])
  }

  function remove({ prepared }: Connection, record: SessionRecord, counted: readonly string[]): void {
    const { sessionId, userId, workflow, environment } = record
    prepared.deleteSession.run([application, sessionId])
    if (userId === null || workflow === null || !counted.includes(workflow)) return
    prepared.addSpent.run([application, ownerOf(userId), workflow, environment])
  }

  return {
    async erase({ userId, environment, now }) {
      checkText(environment)
      const connection = use()
      const { prepared, commits } = connection
      const owner = ownerOf(userId)
      const mark = randomUUID()
      const erasure = await commits.run(() => {
        const sessionIds = rows(prepared.selectErasable, userId, environment).map(({ sessionId }) => String(sessionId))
        const known = rows(prepared.selectPendingDeletesOf, environment, owner).map(toPendingDelete)
        const added = sessionIds.map((sessionId) => ({ sessionId, dueAt: now, failures: 0 }))
        return {
          result: { sessionIds, pending: [...known, ...added] },
          write() {
            for (const sessionId of sessionIds) {
              forget(connection, sessionId)
              prepared.insertPendingDelete.run([application, sessionId, environment, owner, now])
            }
            prepared.deleteSpent.run([application, owner, environment])
            prepared.writeErasure.run([application, environment, owner, mark, now])
          },
        }
      })
      connection.log.empty()
      return erasure
    },
    async getErasure({ userId, environment }) {
      checkText(environment)
      const [row] = rows(use().prepared.selectErasure, environment, ownerOf(userId))
      return row === undefined ? null : String(row.mark)
    },
    async addPendingDelete({ sessionId, userId, environment, now }) {
      checkText(sessionId)
      checkText(environment)
      const connection = use()
      const { prepared, commits } = connection
      const owner = ownerOf(userId)
      const pendingDelete = await commits.run<PendingDelete | null>(() => {
        const [session] = rows(prepared.selectSession, sessionId)
        if (session?.userId) return { result: null }
        const [known] = rows(prepared.selectPendingDelete, sessionId)
        return {
          result: known ? toPendingDelete(known) : { sessionId, dueAt: now, failures: 0 },
          write() {
            forget(connection, sessionId)
            prepared.insertPendingDelete.run([application, sessionId, environment, owner, now])
          },
        }
      })
      connection.log.empty()
      return pendingDelete
    },
    async listPendingDeletes({ environment, now, limit }) {
      return rows(use().prepared.selectDueDeletes, environment, now, limit).map(toPendingDelete)
    },
    async completeDelete(sessionId) {
      checkText(sessionId)
      const connection = use()
      const write = () => void connection.prepared.deletePendingDelete.run([application, sessionId])
      await connection.commits.run(() => ({ result: undefined, write }))
      connection.log.empty()
    },
    async postponeDelete(sessionId, dueAt) {
      checkText(sessionId)
      const { prepared, commits } = use()
      const write = () => void prepared.postponePendingDelete.run([application, dueAt, sessionId])
      await commits.run(() => ({ result: undefined, write }))
    },
    async forgetSession(sessionId) {
      const connection = use()
      checkText(sessionId)
      const write = () => {
        forget(connection, sessionId)
        connection.prepared.deletePendingDelete.run([application, sessionId])
      }
      await connection.commits.run(() => ({ result: undefined, write }))
      connection.log.empty()
    },
    async isForgotten(sessionId) {
      checkText(sessionId)
      const { prepared, pseudonym } = use()
      return rows(prepared.hasTombstone, pseudonym('session', application, sessionId)).length > 0
    },
    async countSpent({ userId, workflow, environment }) {
      checkText(workflow)
      checkText(environment)
      const [row] = rows(use().prepared.countSpent, ownerOf(userId), workflow, environment)
      return Number(row?.attempts ?? 0)
    },
    async prune({ environment, eventsBefore, sessionsBefore, counted, deletesDueAt, erasuresBefore, limit }) {
      const connection = use()
      const { prepared, commits } = connection
      const find = () => ({
        events: rows(prepared.selectOldEvents, eventsBefore, limit),
        sessions:
          sessionsBefore === null
            ? []
            : rows(prepared.selectOldSessions, environment, sessionsBefore, sessionsBefore, limit).map(toSession),
        erasures: rows(prepared.selectOldErasures, erasuresBefore),
      })
      // A look that finds nothing, as nearly all do, must not wait for the writer.
      if (Object.values(find()).every(({ length }) => length === 0)) {
        // An erasure may have met a reader, such as a backup, that is gone by now.
        connection.log.emptyIfNeeded()
        return false
      }
      const hasMore = await commits.run(() => {
        const { events, sessions } = find()
        return {
          result: events.length >= limit || sessions.length >= limit,
          write() {
            for (const { key } of events) prepared.deleteEvent.run([application, String(key)])
            for (const record of sessions) {
              remove(connection, record, counted)
              if (deletesDueAt === null || record.userId === null) continue
              const owner = ownerOf(record.userId)
              prepared.insertPendingDelete.run([application, record.sessionId, environment, owner, deletesDueAt])
            }
            prepared.deleteOldErasures.run([application, erasuresBefore])
          },
        }
      })
      if (!hasMore) connection.log.empty()
      return hasMore
    },
  }
}
