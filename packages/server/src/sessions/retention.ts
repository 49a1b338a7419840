import type { Config } from '../config.ts'
import type { ApplicationStorage } from '../storage/storage.ts'

/** Removes data whose retention time is over. */
export interface Retention {
  /** Removes data that is due now. The rest of a large backlog waits for the next call. */
  prune(): Promise<void>
  /** Starts no further batch. */
  close(): void
}

export interface RetentionOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
}

const dayMs = 86_400_000
// Webhooks use the same writer. A batch takes it for some milliseconds, and webhooks get their turn between two batches.
const limit = 200
const maxBatches = 50
/**
 * Events are kept longer than `eventDays` by this margin. The window for repetitions starts at the time that Didit signed, but
 * the age of a row starts at its arrival. The two can differ by the tolerance, and so can the clocks of several instances.
 * Without the margin an event could be removed while its repetition still passes as new.
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
