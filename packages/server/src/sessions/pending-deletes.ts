import type { DiditCalls } from '../api/didit-api.ts'
import type { Config } from '../config.ts'
import type { ApplicationStorage, PendingDelete } from '../storage/storage.ts'

/**
 * Deletes erased Sessions at Didit, too: at once, again after a pause when Didit fails, and after a restart, since pending
 * deletes are stored.
 */
export interface PendingDeletes {
  /** Asks Didit now. Returns true if the Session no longer exists there, false if the delete stays pending. */
  run(pendingDelete: PendingDelete): Promise<boolean>
  /** Runs several deletes, a few at a time. Returns how many stay pending. */
  runAll(pendingDeletes: readonly PendingDelete[]): Promise<number>
  /** Runs all deletes that are due. */
  runDue(): Promise<void>
  /** Aborts the running deletes, and starts no more. */
  close(): void
}

export interface PendingDeletesOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly calls: DiditCalls
}

const longestPauseMs = 10 * 60_000
// Didit refuses for example a Session in a filed report. People have to resolve that, which takes days.
const refusedPauseMs = 24 * 60 * 60_000
const batch = 8

/** Creates the pending deletes of one server. */
export function createPendingDeletes({ config, storage, calls }: PendingDeletesOptions): PendingDeletes {
  const { logger, now, random, environment } = config
  const flights = new Map<string, Promise<boolean>>()
  const closing = new AbortController()

  function run(pendingDelete: PendingDelete): Promise<boolean> {
    if (closing.signal.aborted) return Promise.resolve(false)
    const known = flights.get(pendingDelete.sessionId)
    if (known) return known
    const flight = ask(pendingDelete).finally(() => flights.delete(pendingDelete.sessionId))
    flights.set(pendingDelete.sessionId, flight)
    return flight
  }

  async function ask(pendingDelete: PendingDelete): Promise<boolean> {
    try {
      // Without this field Didit may keep the face with its record of the person.
      await calls.sessions.delete(
        pendingDelete.sessionId,
        { retain_face_embeddings: false },
        { signal: closing.signal },
      )
    } catch (error) {
      if (!isGone(error)) {
        await postpone(pendingDelete, error)
        return false
      }
    }
    await storage.completeDelete(pendingDelete.sessionId)
    return true
  }

  async function postpone({ sessionId, failures }: PendingDelete, error: unknown): Promise<void> {
    if (closing.signal.aborted) return
    const { code, retryAfterSeconds: asked = 0 } = error as { code?: string; retryAfterSeconds?: number }
    const backOff = Math.min(1000 * 2 ** failures, longestPauseMs)
    const pauseMs = Math.max(
      asked * 1000,
      (code === 'didit-rejected' ? refusedPauseMs : backOff) * (0.5 + random() / 2),
    )
    await storage.postponeDelete(sessionId, Math.round(now() + pauseMs))
    logger.warn({ err: error, sessionId, failures: failures + 1 }, 'a delete at Didit failed and stays owed')
  }

  async function runAll(pendingDeletes: readonly PendingDelete[]): Promise<number> {
    let unpaid = 0
    for (let at = 0; at < pendingDeletes.length; at += batch) {
      const outcomes = await Promise.all(pendingDeletes.slice(at, at + batch).map(run))
      unpaid += outcomes.filter((isDone) => !isDone).length
    }
    return unpaid
  }

  return {
    run,
    runAll,
    async runDue() {
      await runAll(await storage.listPendingDeletes({ environment, now: now(), limit: 100 }))
    },
    close: () => closing.abort(),
  }
}

/** True when Didit says that it has no such Session. A page of text is the word of somebody else, such as a proxy. */
export function isGone(error: unknown): boolean {
  const { code, raw } = error as { code?: string; raw?: unknown }
  return code === 'didit-not-found' && (typeof raw !== 'string' || raw === '')
}
