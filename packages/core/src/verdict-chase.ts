import { isDiditError, RequestError } from './error.ts'
import type { Timers } from './timers.ts'

export interface VerdictChaseOptions {
  readonly timers: Timers
  readonly random: () => number
  /** Has the server read the Session at Didit. */
  readonly refresh: () => Promise<unknown>
}

/** Asks for the verdict when it does not come by itself: where no webhook arrives, a read is the only way. */
export interface VerdictChase {
  /** Told after every change whether somebody still waits for a verdict. */
  wanted(wanted: boolean): void
  /** A new run: the first question comes early again. */
  restart(): void
}

const firstMs = 2_500
const longestMs = 60_000

export function createVerdictChase({ timers, random, refresh }: VerdictChaseOptions): VerdictChase {
  let active = false
  let attempt = 0
  let timer: unknown
  /** Raised by every stop, so that an answer that comes after it starts nothing. */
  let round = 0

  function schedule(floorMs = 0) {
    // The first pause is exact: webhooks usually win it. The later ones are spread, since many people wait at once.
    const planned = Math.min(firstMs * 2 ** attempt, longestMs) * (attempt === 0 ? 1 : 0.75 + random() / 2)
    attempt += 1
    timer = timers.setTimeout(() => void ask(), Math.min(Math.max(planned, floorMs), 300_000))
  }

  async function ask() {
    const asked = round
    let floorMs = 0
    try {
      await refresh()
    } catch (error) {
      if (error instanceof RequestError && error.retryAfterSeconds !== undefined) {
        floorMs = error.retryAfterSeconds * 1_000 * (1 + random() / 4)
      } else if (isDiditError(error) && error instanceof RequestError && [401, 403, 404, 409].includes(error.status)) {
        return // no later try can go better; the stream tells the person
      }
    }
    if (asked === round) schedule(floorMs)
  }

  function stop() {
    active = false
    round += 1
    timers.clearTimeout(timer)
  }

  return {
    wanted(wanted) {
      if (wanted === active) return
      if (!wanted) return stop()
      active = true
      schedule()
    },
    restart() {
      stop()
      attempt = 0
    },
  }
}
