import { RequestError } from '@didit-verify/core/schemas'
import { parseHttpDate } from '../vendor-time.ts'
import { onAbort } from './on-abort.ts'

/** Clock, timer and randomness of a budget. */
export interface BudgetWorld {
  /** The clock, in epoch milliseconds. */
  readonly now: () => number
  /** Resolves after that many milliseconds, or rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  /** A number in [0, 1). */
  readonly random: () => number
}

/** Request for a turn. */
export interface TurnRequest {
  /** Maximum wait, in milliseconds. A longer wait fails. */
  readonly timeoutMs: number
  /** True when the call has already waited, for another budget or its first attempt. Such calls go first. */
  readonly hasWaited: boolean
  readonly signal: AbortSignal | undefined
}

/** The parts of an answer that a budget reads. */
export type Heard = Pick<Response, 'status' | 'headers'>

/** The right to send one request. Call exactly one of its methods, once. */
export interface Turn {
  readonly waitedMs: number
  /** Reports that the request was sent, with its answer, or null without one. Didit may have counted it until now. */
  settle(answer: Heard | null): void
  /** Reports that nothing was sent. */
  giveBack(): void
}

/** Rate limit of Didit's for one kind of request. */
export interface Budget {
  /**
   * Waits for a turn, first come first served.
   *
   * @throws {RequestError} `didit-rate-limited` as soon as it is certain that no turn comes in time.
   * @throws The reason of the signal, when it aborts.
   */
  take(input: TurnRequest): Promise<Turn>
}

interface Waiter {
  readonly since: number
  readonly until: number
  grant(at: number): void
  refuse(error: unknown): void
}

const windowMs = 60_000
/** Tolerance for inexact timers and clocks, ours and Didit's. */
const slackMs = 100
/** Maximum random delay after the end of a limit, in milliseconds. */
export const mostJitterMs = 500
/** A reset time that is further away than two windows is ignored as wrong. */
const furthestResetMs = 2 * windowMs
/** Didit's longest window is a day. A much larger number would overflow a timer, which then fires at once. */
const furthestRetrySeconds = 86_400

/**
 * Creates the budget of one kind of request: no more than `perMinute` in any 60 seconds.
 *
 * Didit counts a request when it arrives. We know only that this was before the answer. So a place becomes free 60 seconds
 * after the answer, not after the request was sent. Then Didit never sees more requests than it allows, whatever the
 * network does. Didit's rate-limit headers also count other users of the key, and the budget follows them too.
 *
 * Only waiting calls use memory, and there is a timer only while a call waits.
 */
export function createBudget(options: { readonly name: string; readonly perMinute: number } & BudgetWorld): Budget {
  const { name, perMinute, sleep, random } = options
  const now = createSteadyClock(options.now)
  // Sets keep their order and lose a member at once, wherever it stands.
  const returning = new Set<Waiter>()
  const waiting = new Set<Waiter>()
  /** Number of requests that were sent and have no answer yet. */
  let underWay = 0
  /** Times when the places of answered requests become free, the soonest first. */
  let spent: number[] = []
  /** Nothing is sent before this time, since Didit answered with a 429. */
  let heldUntil = 0
  /** Requests left for all users of the key, as Didit reports, and the end of its window. */
  let left: { readonly remaining: number; readonly until: number } | null = null
  let alarm: { readonly at: number; readonly controller: AbortController } | null = null

  /** Returns how many requests may be sent now. */
  function countOpen(at: number): number {
    if (spent.length > 0 && (spent[0] as number) <= at) spent = spent.filter((backAt) => backAt > at)
    if (left !== null && left.until <= at) left = null
    if (heldUntil > at) return 0
    // Didit may not have counted the requests in progress yet. To be safe, they are subtracted again.
    const theirs = left === null ? Number.POSITIVE_INFINITY : left.remaining - underWay
    return Math.min(perMinute - underWay - spent.length, theirs)
  }

  /** Returns the earliest possible time of a turn for a call with that many others before it. */
  function turnAt(others: number, at: number): number {
    const missing = others - Math.max(0, perMinute - underWay - spent.length)
    let backAt = at
    if (missing >= 0) {
      const rounds = Math.floor(missing / perMinute)
      backAt = (spent[missing % perMinute] ?? at + windowMs) + rounds * windowMs
    }
    const isUsedUp = left !== null && underWay === 0 && left.remaining <= 0
    return Math.max(backAt, heldUntil, isUsedUp ? (left?.until ?? 0) : 0)
  }

  function pump(at: number): void {
    for (const queue of [returning, waiting]) {
      for (const waiter of queue) {
        if (countOpen(at) <= 0) break
        queue.delete(waiter)
        underWay += 1
        waiter.grant(at)
      }
    }
    // In `waiting` all calls have the same timeout, so the first ones end first.
    for (const waiter of returning) if (waiter.until <= at) dismiss(returning, waiter, at)
    for (const waiter of waiting) {
      if (waiter.until > at) break
      dismiss(waiting, waiter, at)
    }
    setAlarm(at)
  }

  function dismiss(queue: Set<Waiter>, waiter: Waiter, at: number): void {
    queue.delete(waiter)
    waiter.refuse(tooLong(waiter.until - waiter.since, turnAt(0, at) - at))
  }

  function setAlarm(at: number): void {
    const next = nextChange(at)
    // An alarm that is too early is kept: it sets the next one.
    if (alarm !== null && next !== null && alarm.at <= next) return
    alarm?.controller.abort()
    alarm = null
    if (next === null) return
    const mine = { at: next, controller: new AbortController() }
    alarm = mine
    sleep(Math.max(0, next - now()), mine.controller.signal).then(
      () => {
        if (alarm !== mine) return
        alarm = null
        // `next` counts as reached: timers may fire slightly early, and the clock may be set back.
        pump(Math.max(now(), next))
      },
      () => {},
    )
  }

  /** Returns the next time at which a turn or a timeout is due; null when no call waits. */
  function nextChange(at: number): number | null {
    const [first] = waiting
    if (first === undefined && returning.size === 0) return null
    let next = first?.until ?? Number.POSITIVE_INFINITY
    for (const { until } of returning) next = Math.min(next, until)
    const turn = turnAt(0, at)
    // Otherwise the next change is an answer, which needs no alarm.
    return turn > at ? Math.min(next, turn) : next
  }

  function settle(answer: Heard | null): void {
    const at = now()
    underWay -= 1
    const heldForMs = answer === null ? null : readHold(answer, at)
    if (heldForMs === null) spent.push(at + windowMs + slackMs)
    // Didit does not count a refused request, and the earlier number of requests left is outdated.
    else {
      heldUntil = Math.max(heldUntil, at + heldForMs)
      left = null
    }
    if (answer !== null && heldForMs === null) readLeft(answer, at)
    pump(at)
  }

  /** Returns for how long Didit refuses requests, in milliseconds; null when it does not. */
  function readHold({ status, headers }: Heard, at: number): number | null {
    const seconds = status === 429 ? readRetryAfter(headers.get('retry-after'), readDate(headers) ?? at) : undefined
    // Never sooner than Didit asked. The random part keeps clients of one key from retrying together.
    // After two windows one call is tried in any case, so that a wrong number does not stop all calls.
    return seconds === undefined ? null : Math.min(seconds * 1000, furthestResetMs) + random() * mostJitterMs
  }

  function readLeft({ headers }: Heard, at: number): void {
    const remaining = readNumber(headers.get('x-ratelimit-remaining'))
    const reset = readNumber(headers.get('x-ratelimit-reset'))
    if (remaining === null || reset === null) return
    // Relative to Didit's clock, plus one second, since both values are rounded down to whole seconds.
    const until = at + reset * 1000 - (readDate(headers) ?? at) + 1000
    if (until <= at || until - at > furthestResetMs) return
    // Answers may arrive out of order. Within one window the lowest number is the newest.
    if (left !== null && Math.abs(left.until - until) < 2000) {
      left = { remaining: Math.min(left.remaining, remaining), until: left.until }
    } else left = { remaining, until }
  }

  function tooLong(timeoutMs: number, expectedMs: number): RequestError {
    const message = `The budget of ${perMinute} a minute (${name}) is used up, and no call is possible within ${timeoutMs} ms.`
    return new RequestError('didit-rate-limited', message, {
      status: 0,
      retryAfterSeconds: Math.max(1, Math.ceil(expectedMs / 1000)),
      help: 'Send fewer calls at once, or raise longestWaitMs for calls that may wait.',
    })
  }

  function grantTurn(waitedMs: number): Turn {
    return {
      waitedMs,
      settle,
      giveBack: () => {
        underWay -= 1
        pump(now())
      },
    }
  }

  return {
    async take({ timeoutMs, hasWaited, signal }) {
      signal?.throwIfAborted()
      const since = now()
      const others = returning.size + (hasWaited ? 0 : waiting.size)
      const open = countOpen(since)
      if (others === 0 && open > 0) {
        underWay += 1
        return grantTurn(0)
      }
      const expectedMs = turnAt(others, since) - since
      if (expectedMs > timeoutMs) throw tooLong(timeoutMs, expectedMs)
      const queue = hasWaited ? returning : waiting
      return new Promise<Turn>((resolve, reject) => {
        const forget = onAbort(signal, () => {
          queue.delete(waiter)
          reject(signal?.reason)
          // The alarm is reset only when the queues are empty: a full search for each of many aborts would be slow.
          if (returning.size + waiting.size === 0) setAlarm(now())
        })
        const waiter: Waiter = {
          since,
          until: since + timeoutMs,
          grant(at) {
            forget()
            resolve(grantTurn(Math.max(0, at - since)))
          },
          refuse(error) {
            forget()
            reject(error)
          },
        }
        queue.add(waiter)
        // A new waiter can only bring a new timeout, so the alarm is reset only if that is earlier.
        if (alarm === null || alarm.at > waiter.until) setAlarm(since)
      })
    },
  }
}

/** Returns a clock that never goes back. If it did, places would become free too late. */
function createSteadyClock(now: () => number): () => number {
  let ahead = 0
  let latest = Number.NEGATIVE_INFINITY
  return () => {
    const at = now()
    ahead = Math.max(ahead, latest - at)
    latest = at + ahead
    return latest
  }
}

function readDate(headers: Headers): number | null {
  const date = parseHttpDate(headers.get('date') ?? '')
  return Number.isNaN(date) ? null : date
}

/** Returns the seconds from now that a `Retry-After` header (seconds or a date) means, at most a day. */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\s*\d+\s*$/.test(header)) return Math.min(Number(header), furthestRetrySeconds)
  const date = parseHttpDate(header)
  if (Number.isNaN(date)) return undefined
  return Math.min(Math.max(0, Math.ceil((date - now) / 1000)), furthestRetrySeconds)
}

function readNumber(header: string | null): number | null {
  return header !== null && /^\s*\d+\s*$/.test(header) ? Number(header) : null
}
