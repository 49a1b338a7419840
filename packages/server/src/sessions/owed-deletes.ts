import type { DiditCalls } from '../api/didit-api.ts'
import type { Config } from '../config.ts'
import type { ApplicationStorage, OwedDelete } from '../storage/storage.ts'

/**
 * Has Didit delete what was erased here: at once, after a pause when Didit fails, and again after a restart, since the
 * debt is stored.
 */
export interface OwedDeletes {
  /** Asks Didit now. True once the Session is gone there; false leaves the delete owed, for a later try. */
  pay(debt: OwedDelete): Promise<boolean>
  /** The same for several, a few at a time. Returns how many stay owed. */
  payAll(debts: readonly OwedDelete[]): Promise<number>
  /** Pays every delete that is due. */
  payDue(): Promise<void>
  /** Gives up what is under way, and starts nothing more. */
  close(): void
}

export interface OwedDeletesOptions {
  readonly config: Config
  readonly sessions: ApplicationStorage
  readonly calls: DiditCalls
}

const longestPauseMs = 10 * 60_000
// A refusal, such as that of a Session in a filed report, is a matter of people and of days.
const refusedPauseMs = 24 * 60 * 60_000
const batch = 8

/** Creates the payer of one server. */
export function createOwedDeletes({ config, sessions, calls }: OwedDeletesOptions): OwedDeletes {
  const { logger, now, random, environment } = config
  const flights = new Map<string, Promise<boolean>>()
  const closing = new AbortController()

  function pay(debt: OwedDelete): Promise<boolean> {
    if (closing.signal.aborted) return Promise.resolve(false)
    const known = flights.get(debt.sessionId)
    if (known) return known
    const flight = ask(debt).finally(() => flights.delete(debt.sessionId))
    flights.set(debt.sessionId, flight)
    return flight
  }

  async function ask(debt: OwedDelete): Promise<boolean> {
    try {
      // Without this word Didit may keep the face with its record of the person.
      await calls.sessions.delete(debt.sessionId, { retain_face_embeddings: false }, { signal: closing.signal })
    } catch (error) {
      if (!isGone(error)) {
        await putOff(debt, error)
        return false
      }
    }
    await sessions.payDelete(debt.sessionId)
    return true
  }

  async function putOff({ sessionId, failures }: OwedDelete, error: unknown): Promise<void> {
    if (closing.signal.aborted) return
    const { code, retryAfterSeconds: asked = 0 } = error as { code?: string; retryAfterSeconds?: number }
    const backOff = Math.min(1000 * 2 ** failures, longestPauseMs)
    const pauseMs = Math.max(
      asked * 1000,
      (code === 'didit-rejected' ? refusedPauseMs : backOff) * (0.5 + random() / 2),
    )
    await sessions.postponeDelete(sessionId, Math.round(now() + pauseMs))
    logger.warn({ err: error, sessionId, failures: failures + 1 }, 'a delete at Didit failed and stays owed')
  }

  async function payAll(debts: readonly OwedDelete[]): Promise<number> {
    let unpaid = 0
    for (let at = 0; at < debts.length; at += batch) {
      const outcomes = await Promise.all(debts.slice(at, at + batch).map(pay))
      unpaid += outcomes.filter((isPaid) => !isPaid).length
    }
    return unpaid
  }

  return {
    pay,
    payAll,
    async payDue() {
      await payAll(await sessions.listOwedDeletes({ environment, now: now(), limit: 100 }))
    },
    close: () => closing.abort(),
  }
}

/** True when Didit says that it has no such Session. A page of text is the word of somebody else, such as a proxy. */
export function isGone(error: unknown): boolean {
  const { code, raw } = error as { code?: string; raw?: unknown }
  return code === 'didit-not-found' && (typeof raw !== 'string' || raw === '')
}
