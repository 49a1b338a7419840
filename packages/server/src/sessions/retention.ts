import type { Config } from '../config.ts'
import type { ApplicationStorage } from '../storage/storage.ts'

/** Removes what has been kept for long enough. */
export interface Retention {
  /** Removes what is due now; the rest of a large backlog waits for the next time. */
  prune(): Promise<void>
  /** Starts no further batch. */
  close(): void
}

export interface RetentionOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
}

const dayMs = 86_400_000
// Webhooks share the writer: a batch is some milliseconds of its time, and between two of them they have their turn.
const limit = 200
const maxBatches = 50
/**
 * How much longer an event is kept than it is known by. The window is counted from the time that Didit signed, the age of
 * the row from its arrival, and the two may differ by the tolerance; clocks of several instances differ as well. Shorter,
 * and an event could be forgotten while its repetition still passes for new.
 */
const marginMs = 60 * 60_000
/** Longer than a start can be under way. */
const erasureMs = 60 * 60_000

/** Creates the retention of one server. */
export function createRetention({ config, storage }: RetentionOptions): Retention {
  const { environment, now, retention, workflows } = config
  const { eventDays, sessionDays, deleteAtDidit } = retention
  const counted = [...workflows].flatMap(([alias, { maxAttempts }]) => (maxAttempts === undefined ? [] : [alias]))
  let underWay: Promise<void> | undefined
  let isClosed = false

  async function pruneInBatches(): Promise<void> {
    const at = now()
    const expiry = {
      environment,
      eventsBefore: at - eventDays * dayMs - marginMs,
      sessionsBefore: sessionDays === null ? null : at - sessionDays * dayMs,
      counted,
      deletesDueAt: deleteAtDidit ? at : null,
      erasuresBefore: at - erasureMs,
      limit,
    }
    for (let turn = 0; turn < maxBatches && !isClosed; turn += 1) {
      if (!(await storage.prune(expiry))) return
    }
  }

  return {
    prune() {
      underWay ??= pruneInBatches().finally(() => {
        underWay = undefined
      })
      return underWay
    },
    close() {
      isClosed = true
    },
  }
}
