import { randomUUID } from 'node:crypto'
import { DiditError } from '@didit-verify/core/schemas'
import { createPseudonyms, newPseudonymKey } from './pseudonyms.ts'
import {
  type ApplicationStorage,
  afterEvent,
  afterRead,
  checkFields,
  checkText,
  currentRank,
  type EventRecord,
  type Expiry,
  isExpired,
  type PendingDelete,
  type SessionOwner,
  type SessionRecord,
  type Storage,
} from './storage.ts'

/**
 * Creates a storage in the memory of this process, for tests and demonstrations. All data is lost when the process ends.
 *
 * It follows the same rules as the durable storages. The data survives `close` and is there again after the next `open`,
 * so that a test can restart a server on it.
 *
 * @example
 * ```ts
 * import { memoryStorage, type Storage } from '@didit-verify/server'
 *
 * const storage: Storage = memoryStorage()
 * ```
 */
export function memoryStorage(): Storage {
  const applications = new Map<string, ApplicationStorage>()
  let isOpen = false
  const checkOpen = () => {
    if (!isOpen) throw new DiditError('storage-unavailable', 'The storage is not open.')
  }

  return {
    async open() {
      isOpen = true
    },
    application(name) {
      const known = applications.get(name) ?? createApplication(checkOpen)
      applications.set(name, known)
      return known
    },
    async check() {
      checkOpen()
    },
    async close() {
      isOpen = false
    },
  }
}

/** A pending delete with its user, who is known only by a hash because the id was erased. */
type OwnedDelete = PendingDelete & { readonly owner: string; readonly environment: string }

/** The number of removed Sessions that still count as attempts of a user. */
interface Spent {
  readonly owner: string
  readonly workflow: string
  readonly environment: string
  readonly attempts: number
}

const newestFirst = (a: SessionRecord, b: SessionRecord) => b.createdAt - a.createdAt || b.attempt - a.attempt
const isOf = (owner: SessionOwner) => (record: SessionRecord) =>
  record.userId === owner.userId && record.workflow === owner.workflow && record.environment === owner.environment

function createApplication(checkOpen: () => void): ApplicationStorage {
  const events = new Map<string, EventRecord>()
  const sessions = new Map<string, SessionRecord>()
  const pseudonym = createPseudonyms(newPseudonymKey())
  const tombstones = new Set<string>()
  const states = new Map<string, string>()
  const pendingDeletes = new Map<string, OwnedDelete>()
  const erasures = new Map<string, { readonly mark: string; readonly erasedAt: number }>()
  let spent: readonly Spent[] = []

  // Callers and updates get copies, as they would from a database, so that they cannot edit stored data.
  const read = (sessionId: string | null) =>
    sessionId === null ? null : structuredClone(sessions.get(sessionId) ?? null)
  const write = (record: SessionRecord) => sessions.set(record.sessionId, structuredClone(record))
  // As a driver's statement would check them.
  const checkTextsOf = (...texts: readonly unknown[]) => {
    for (const text of texts) checkText(text)
  }
  const select = (matches: (record: SessionRecord) => boolean) =>
    [...sessions.values()].filter(matches).map((record) => structuredClone(record))
  /** A copy of the first record in an order, without copies of the others. */
  const best = (matches: (record: SessionRecord) => boolean, order: (a: SessionRecord, b: SessionRecord) => number) => {
    const [first = null] = [...sessions.values()].filter(matches).sort(order)
    return structuredClone(first)
  }
  const ownerOf = (userId: string) => pseudonym('user', userId)
  const erasureKey = (userId: string, environment: string) => pseudonym('user', userId, environment)
  const isErased = (sessionId: string | null) => sessionId !== null && tombstones.has(pseudonym('session', sessionId))
  const countSpent = (userId: string, workflow: string, environment?: string) =>
    spent
      .filter((it) => it.owner === ownerOf(userId) && it.workflow === workflow)
      .filter((it) => environment === undefined || it.environment === environment)
      .reduce((sum, { attempts }) => sum + attempts, 0)
  const toPendingDelete = ({ sessionId, dueAt, failures }: OwnedDelete): PendingDelete => ({
    sessionId,
    dueAt,
    failures,
  })

  function addPending(sessionId: string, owner: string, environment: string, now: number): OwnedDelete {
    const pendingDelete = pendingDeletes.get(sessionId) ?? { sessionId, owner, environment, dueAt: now, failures: 0 }
    pendingDeletes.set(sessionId, pendingDelete)
    return pendingDelete
  }

  function forget(sessionId: string): void {
    sessions.delete(sessionId)
    for (const [key, event] of events) if (event.sessionId === sessionId) events.delete(key)
    tombstones.add(pseudonym('session', sessionId))
  }

  function remove({ sessionId, userId, workflow, environment }: SessionRecord, expiry: Expiry): void {
    sessions.delete(sessionId)
    if (userId === null) return
    const owner = ownerOf(userId)
    if (expiry.deletesDueAt !== null) addPending(sessionId, owner, expiry.environment, expiry.deletesDueAt)
    if (workflow === null || environment === null || !expiry.counted.includes(workflow)) return
    const attempts = countSpent(userId, workflow, environment) + 1
    const others = spent.filter(
      (it) => it.owner !== owner || it.workflow !== workflow || it.environment !== environment,
    )
    spent = [...others, { owner, workflow, environment, attempts }]
  }

  return {
    async commitEvent(event, update) {
      checkOpen()
      checkFields(event)
      const { key, sessionId } = event
      const previous = read(sessionId)
      const known = structuredClone(events.get(key) ?? null)
      if (known !== null) return { stored: false, erased: false, record: previous, previous, known }
      if (isErased(sessionId)) return { stored: false, erased: true, record: null, previous: null, known: null }
      const record = sessionId === null ? null : afterEvent(previous, update(previous))
      checkFields(record)
      events.set(key, structuredClone(event))
      if (record) write(record)
      return { stored: true, erased: false, record, previous, known: null }
    },
    async commitRead(sessionId, seq, update) {
      checkOpen()
      checkText(sessionId)
      const previous = read(sessionId)
      if ((previous?.seq ?? 0) !== seq || isErased(sessionId)) return null
      const record = afterRead(previous, update(previous))
      checkFields(record)
      if (record) write(record)
      return record
    },
    async bind(sessionId, { userId, workflow, erasure }, update) {
      checkOpen()
      checkTextsOf(sessionId, userId, workflow)
      const newest = erasure && erasures.get(erasureKey(userId, erasure.environment))
      if (isErased(sessionId) || (newest && newest.mark !== erasure.mark)) return null
      const previous = read(sessionId)
      const others = select((other) => other.userId === userId && other.workflow === workflow)
      const earlier = others.filter((other) => other.sessionId !== sessionId).length + countSpent(userId, workflow)
      const hasQuarantined = [...events.values()].some((it) => it.sessionId === sessionId && it.quarantined !== null)
      const record = afterRead(previous, update(previous, { earlier, hasQuarantined }))
      checkFields(record)
      write(record)
      return record
    },
    async getSession(sessionId) {
      checkOpen()
      checkText(sessionId)
      return read(sessionId)
    },
    async listSessions({ userId, workflow }) {
      checkOpen()
      checkTextsOf(userId, ...(workflow === undefined ? [] : [workflow]))
      return select(
        (record) => record.userId === userId && (workflow === undefined || record.workflow === workflow),
      ).sort(newestFirst)
    },
    async findCurrent({ userId, workflow, environment, approvedAfter }) {
      checkOpen()
      checkTextsOf(userId, workflow, environment)
      return best(
        isOf({ userId, workflow, environment }),
        (a, b) => currentRank(a, approvedAfter) - currentRank(b, approvedAfter) || newestFirst(a, b),
      )
    },
    async countSessions({ userId, workflow, environment }) {
      checkOpen()
      checkTextsOf(userId, workflow, environment)
      return [...sessions.values()].filter(isOf({ userId, workflow, environment })).length
    },
    async findReturn({ userId, environment }) {
      checkOpen()
      checkTextsOf(userId, environment)
      return best(
        (record) => record.userId === userId && record.environment === environment && record.returnTo !== null,
        newestFirst,
      )
    },
    async listDueReads({ environment, now, limit }) {
      checkOpen()
      const isDue = ({ readDueAt }: SessionRecord) => readDueAt !== null && readDueAt <= now
      return select((record) => record.environment === environment && isDue(record))
        .sort((a, b) => Number(b.isReadPending) - Number(a.isReadPending) || (a.readDueAt ?? 0) - (b.readDueAt ?? 0))
        .slice(0, limit)
    },
    async getState(name) {
      checkOpen()
      checkTextsOf(name)
      return states.get(name) ?? null
    },
    async setState(name, value, expected) {
      checkOpen()
      checkTextsOf(name, value)
      if (expected !== undefined && expected !== (states.get(name) ?? null)) return false
      states.set(name, value)
      return true
    },
    async getOldestCreation(environment) {
      checkOpen()
      checkText(environment)
      let oldest: number | null = null
      for (const record of sessions.values()) {
        if (record.userId === null || record.environment !== environment) continue
        oldest = Math.min(oldest ?? record.createdAt, record.createdAt)
      }
      return oldest
    },
    async listEvents(sessionId) {
      checkOpen()
      checkTextsOf(sessionId)
      return [...events.values()]
        .filter((event) => event.sessionId === sessionId)
        .map((event) => structuredClone(event))
    },
    async erase({ userId, environment, now }) {
      checkOpen()
      checkTextsOf(userId, environment)
      const owner = ownerOf(userId)
      const mine = select((record) => record.userId === userId && record.environment === environment)
      for (const { sessionId } of mine) {
        forget(sessionId)
        addPending(sessionId, owner, environment, now)
      }
      spent = spent.filter((it) => it.owner !== owner || it.environment !== environment)
      erasures.set(erasureKey(userId, environment), { mark: randomUUID(), erasedAt: now })
      const pending = [...pendingDeletes.values()].filter(
        (pendingDelete) => pendingDelete.owner === owner && pendingDelete.environment === environment,
      )
      return { sessionIds: mine.map(({ sessionId }) => sessionId), pending: pending.map(toPendingDelete) }
    },
    async getErasure({ userId, environment }) {
      checkOpen()
      checkTextsOf(userId, environment)
      return erasures.get(erasureKey(userId, environment))?.mark ?? null
    },
    async addPendingDelete({ sessionId, userId, environment, now }) {
      checkOpen()
      checkTextsOf(sessionId, userId, environment)
      if (read(sessionId)?.userId) return null
      forget(sessionId)
      return toPendingDelete(addPending(sessionId, ownerOf(userId), environment, now))
    },
    async listPendingDeletes({ environment, now, limit }) {
      checkOpen()
      return [...pendingDeletes.values()]
        .filter((pendingDelete) => pendingDelete.environment === environment && pendingDelete.dueAt <= now)
        .sort((a, b) => a.dueAt - b.dueAt)
        .slice(0, limit)
        .map(toPendingDelete)
    },
    async completeDelete(sessionId) {
      checkOpen()
      checkTextsOf(sessionId)
      pendingDeletes.delete(sessionId)
    },
    async postponeDelete(sessionId, dueAt) {
      checkOpen()
      checkTextsOf(sessionId)
      const pendingDelete = pendingDeletes.get(sessionId)
      if (pendingDelete)
        pendingDeletes.set(sessionId, { ...pendingDelete, dueAt, failures: pendingDelete.failures + 1 })
    },
    async forgetSession(sessionId) {
      checkOpen()
      checkTextsOf(sessionId)
      forget(sessionId)
      pendingDeletes.delete(sessionId)
    },
    async isForgotten(sessionId) {
      checkOpen()
      checkTextsOf(sessionId)
      return isErased(sessionId)
    },
    async countSpent({ userId, workflow, environment }) {
      checkOpen()
      checkTextsOf(userId, workflow, environment)
      return countSpent(userId, workflow, environment)
    },
    async prune(expiry) {
      checkOpen()
      const { environment, sessionsBefore, limit } = expiry
      const oldEvents = [...events.values()]
        .filter(({ receivedAt }) => receivedAt < expiry.eventsBefore)
        .sort((a, b) => a.receivedAt - b.receivedAt)
      for (const { key } of oldEvents.slice(0, limit)) events.delete(key)
      const oldSessions = select(
        (record) => sessionsBefore !== null && record.environment === environment && isExpired(record, sessionsBefore),
      ).sort((a, b) => a.updatedAt - b.updatedAt)
      for (const record of oldSessions.slice(0, limit)) remove(record, expiry)
      for (const [key, { erasedAt }] of erasures) if (erasedAt < expiry.erasuresBefore) erasures.delete(key)
      return oldEvents.length >= limit || oldSessions.length >= limit
    },
  }
}
