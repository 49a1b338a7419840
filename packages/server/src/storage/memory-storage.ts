import { DiditError } from '@didit-verify/core/schemas'
import {
  type ApplicationStorage,
  afterEvent,
  afterRead,
  checkText,
  type EventRecord,
  type SessionRecord,
  type Storage,
} from './storage.ts'

/**
 * Keeps everything in this process's memory: for tests and demonstrations, gone when the process ends.
 *
 * It decides exactly as the durable storages do. What it holds outlives `close` and is there again after the next
 * `open`, so that a test can restart a server on it.
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

function createApplication(checkOpen: () => void): ApplicationStorage {
  const events = new Map<string, EventRecord>()
  const sessions = new Map<string, SessionRecord>()

  // Callers and folds get copies, as they would from a database: nobody can edit what is stored.
  const read = (sessionId: string | null) =>
    sessionId === null ? null : structuredClone(sessions.get(sessionId) ?? null)
  const write = (record: SessionRecord) => sessions.set(record.sessionId, structuredClone(record))
  const checkTexts = (row: SessionRecord | EventRecord | null) => {
    for (const value of Object.values(row ?? {})) if (typeof value === 'string') checkText(value)
  }
  const select = (matches: (record: SessionRecord) => boolean) =>
    [...sessions.values()].filter(matches).map((record) => structuredClone(record))

  return {
    async commitEvent(event, fold) {
      checkOpen()
      const { key, sessionId } = event
      const previous = read(sessionId)
      if (events.has(key)) return { stored: false, record: previous, previous }
      const record = sessionId === null ? null : afterEvent(previous, fold(previous))
      checkTexts(event)
      checkTexts(record)
      events.set(key, structuredClone(event))
      if (record) write(record)
      return { stored: true, record, previous }
    },
    async commitRead(sessionId, seq, fold) {
      checkOpen()
      const previous = read(sessionId)
      if ((previous?.seq ?? 0) !== seq) return null
      const record = afterRead(previous, fold(previous))
      checkTexts(record)
      if (record) write(record)
      return record
    },
    async bind(sessionId, { userId, workflow }, fold) {
      checkOpen()
      const previous = read(sessionId)
      const others = select((other) => other.userId === userId && other.workflow === workflow)
      const earlier = others.filter((other) => other.sessionId !== sessionId).length
      const record = afterRead(previous, fold(previous, earlier))
      checkTexts(record)
      write(record)
      return record
    },
    async getSession(sessionId) {
      checkOpen()
      return read(sessionId)
    },
    async listSessions({ userId, workflow }) {
      checkOpen()
      checkText(userId)
      return select(
        (record) => record.userId === userId && (workflow === undefined || record.workflow === workflow),
      ).sort((a, b) => b.createdAt - a.createdAt || b.attempt - a.attempt)
    },
    async listOwed({ environment, now, limit }) {
      checkOpen()
      const isDue = ({ readDueAt }: SessionRecord) => readDueAt !== null && readDueAt <= now
      return select((record) => record.environment === environment && isDue(record))
        .sort((a, b) => (a.readDueAt ?? 0) - (b.readDueAt ?? 0))
        .slice(0, limit)
    },
    async listEvents(sessionId) {
      checkOpen()
      return [...events.values()]
        .filter((event) => event.sessionId === sessionId)
        .map((event) => structuredClone(event))
    },
  }
}
