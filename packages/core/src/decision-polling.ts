import type { RequestError } from './error.ts'
import type { Timers } from './timers.ts'

export interface DecisionPollingOptions {
  readonly timers: Timers
  readonly random: () => number
  /** Makes the server read the Session at Didit. */
  readonly refresh: () => Promise<unknown>
}

const firstDelayMs = 2_500
const maxDelayMs = 60_000

/**
 * Asks the server for the decision when none is pushed: without webhooks (on localhost), a read is the only way.
 *
 * @returns A function to call after every change with whether the decision is still awaited. Each new wait starts with
 *   the short first delay.
 */
export function createDecisionPolling({
  timers,
  random,
  refresh,
}: DecisionPollingOptions): (isWanted: boolean) => void {
  let isActive = false
  let attempt = 0
  let timer: unknown
  /** Grows with every start and stop, so that a late answer schedules nothing. */
  let round = 0

  function schedule(minDelayMs = 0) {
    // The first delay is exact, since a webhook usually arrives earlier. Later ones are spread: many people wait at once.
    const delayMs = Math.min(firstDelayMs * 2 ** attempt, maxDelayMs) * (attempt === 0 ? 1 : 0.75 + random() / 2)
    attempt += 1
    timer = timers.setTimeout(() => void ask(), Math.min(Math.max(delayMs, minDelayMs), 300_000))
  }

  async function ask() {
    const askedIn = round
    let minDelayMs = 0
    try {
      await refresh()
    } catch (error) {
      const { status = 0, retryAfterSeconds } = error as Partial<RequestError>
      if (retryAfterSeconds !== undefined) minDelayMs = retryAfterSeconds * 1_000 * (1 + random() / 4)
      // No later attempt can succeed. The stream reports the same error to the person.
      else if ([401, 403, 404, 409].includes(status)) return
    }
    if (askedIn === round) schedule(minDelayMs)
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
