import type { RequestError } from './error.ts'
import type { Timers } from './timers.ts'

export interface DecisionPollingOptions {
  readonly timers: Timers
  readonly random: () => number
  /** Has the server read the Session at Didit. */
  readonly refresh: () => Promise<unknown>
}

const firstMs = 2_500
const longestMs = 60_000

/**
 * Asks for the verdict when it does not come by itself: where no webhook arrives, a read is the only way.
 *
 * @returns What to tell, after every change, whether somebody still waits. A new wait begins with an early question.
 */
export function createDecisionPolling({
  timers,
  random,
  refresh,
}: DecisionPollingOptions): (isWanted: boolean) => void {
  let isActive = false
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
      const { status = 0, retryAfterSeconds } = error as Partial<RequestError>
      if (retryAfterSeconds !== undefined) floorMs = retryAfterSeconds * 1_000 * (1 + random() / 4)
      // Then no later try can go better; the stream tells the person.
      else if ([401, 403, 404, 409].includes(status)) return
    }
    if (asked === round) schedule(floorMs)
  }

  return (isWanted) => {
    if (isWanted === isActive) return
    isActive = isWanted
    round += 1
    attempt = 0
    timers.clearTimeout(timer)
    if (isWanted) schedule()
  }
}
