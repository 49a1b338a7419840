import { RequestError } from '@didit-verify/core/schemas'
import { parseHttpDate } from '../vendor-time.ts'
import { onAbort } from './on-abort.ts'

/** The world outside of a budget. */
export interface BudgetWorld {
  /** The clock, in epoch milliseconds. */
  readonly now: () => number
  /** Resolves after that many milliseconds, or rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  /** A number in [0, 1). */
  readonly random: () => number
}

/** How a call waits for its turn. */
export interface TurnRequest {
  /** Above this, in milliseconds, it is told that there is no turn. */
  readonly timeoutMs: number
  /** It has waited before, for another budget or for its first try: such calls go first. */
  readonly hasWaited: boolean
  readonly signal: AbortSignal | undefined
}

/** What a budget listens to of an answer. */
export type Heard = Pick<Response, 'status' | 'headers'>

/** The right to send one request. One of its methods has to be called, once. */
export interface Turn {
  readonly waitedMs: number
  /** The request was sent, and Didit may have counted it until now; null without an answer. */
  settle(answer: Heard | null): void
  /** Nothing was sent. */
  giveBack(): void
}

/** What Didit admits of one kind of request in a minute. */
export interface Budget {
  /**
   * Waits for a turn, first come first served.
   *
   * @throws {RequestError} `didit-rate-limited` when no turn comes in time, as soon as that is certain.
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
/** Timers and clocks are off by some milliseconds, ours and Didit's. */
const slackMs = 100
/** How much later than asked a limit ends at most, in milliseconds. */
export const mostJitterMs = 500
/** A moment further away than two windows is none that Didit means. */
const furthestResetMs = 2 * windowMs
/** The longest window of all that Didit counts in is a day. A timer would take a number far beyond it for none. */
const furthestRetrySeconds = 86_400

/**
 * Creates the budget of one kind of request: no more than `perMinute` in any 60 seconds.
 *
 * Didit counts a request when it arrives, of which we only know that it was before the answer. So a place comes back 60
 * seconds after the answer, not after the sending: whatever the network does, Didit never sees more than it admits. What
 * its headers say of others who use the same key comes on top.
 *
 * Only calls that wait cost memory, and only while one of them waits is there a timer.
 */
export function createBudget(options: { readonly name: string; readonly perMinute: number } & BudgetWorld): Budget {
  const { name, perMinute, sleep, random } = options
  const now = createSteadyClock(options.now)
  // Sets keep their order and lose a member at once, wherever it stands.
  const returning = new Set<Waiter>()
  const waiting = new Set<Waiter>()
  /** Sent, and not answered. */
  let underWay = 0
  /** When the places of answered requests come back, the soonest first. */
  let spent: number[] = []
  /** Until then Didit wants to hear nothing. */
  let heldUntil = 0
  /** What Didit says is left for all who use the key, until its window ends. */
  let left: { readonly remaining: number; readonly until: number } | null = null
  let alarm: { readonly at: number; readonly controller: AbortController } | null = null

  /** How many requests may go out. */
  function countOpen(at: number): number {
    if (spent.length > 0 && (spent[0] as number) <= at) spent = spent.filter((backAt) => backAt > at)
    if (left !== null && left.until <= at) left = null
    if (heldUntil > at) return 0
    // Those under way may or may not be in what Didit counted: taken for not, so that we rather wait for an answer.
    const theirs = left === null ? Number.POSITIVE_INFINITY : left.remaining - underWay
    return Math.min(perMinute - underWay - spent.length, theirs)
  }

  /** The soonest moment at which it can be the turn of whoever has that many others before it. */
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
    // Calls that came first in `waiting` also give up first, since all of them are equally patient.
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
    // One that is too early is let be: it looks again.
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
        // A sleep that ended has lasted: timers may be a little early, and the clock may be set back.
        pump(Math.max(now(), next))
      },
      () => {},
    )
  }

  /** When something changes by itself for those who wait; null when nobody waits. */
  function nextChange(at: number): number | null {
    const [first] = waiting
    if (first === undefined && returning.size === 0) return null
    let next = first?.until ?? Number.POSITIVE_INFINITY
    for (const { until } of returning) next = Math.min(next, until)
    const turn = turnAt(0, at)
    // Else an answer is awaited, which is heard without an alarm.
    return turn > at ? Math.min(next, turn) : next
  }

  function settle(answer: Heard | null): void {
    const at = now()
    underWay -= 1
    const heldForMs = answer === null ? null : readHold(answer, at)
    if (heldForMs === null) spent.push(at + windowMs + slackMs)
    // What was turned away was not counted, and what was left before says nothing any more.
    else {
      heldUntil = Math.max(heldUntil, at + heldForMs)
      left = null
    }
    if (answer !== null && heldForMs === null) readLeft(answer, at)
    pump(at)
  }

  /** For how long Didit turns all away, in milliseconds; null when it does not. */
  function readHold({ status, headers }: Heard, at: number): number | null {
    const seconds = status === 429 ? readRetryAfter(headers.get('retry-after'), readDate(headers) ?? at) : undefined
    // Never sooner than asked; the rest is spread, so that those who share a key do not come back together.
    // Beyond two windows one call may look what has become of it: a number that is wrong must not end all calls.
    return seconds === undefined ? null : Math.min(seconds * 1000, furthestResetMs) + random() * mostJitterMs
  }

  function readLeft({ headers }: Heard, at: number): void {
    const remaining = readNumber(headers.get('x-ratelimit-remaining'))
    const reset = readNumber(headers.get('x-ratelimit-reset'))
    if (remaining === null || reset === null) return
    // By Didit's own clock, and a second on top since both are cut to whole ones.
    const until = at + reset * 1000 - (readDate(headers) ?? at) + 1000
    if (until <= at || until - at > furthestResetMs) return
    // Answers overtake each other, and of one window the lowest number is the newest.
    if (left !== null && Math.abs(left.until - until) < 2000) {
      left = { remaining: Math.min(left.remaining, remaining), until: left.until }
    } else left = { remaining, until }
  }

  function tooLong(timeoutMs: number, expectedMs: number): RequestError {
    const message = `The budget of ${perMinute} a minute (${name}) is used up, and no turn comes within ${timeoutMs} ms.`
    return new RequestError('didit-rate-limited', message, {
      status: 0,
      retryAfterSeconds: Math.max(1, Math.ceil(expectedMs / 1000)),
      help: 'Send less at once, or raise longestWaitMs for calls that may wait.',
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
          // Without it nothing changes sooner than before, and all may give up at once.
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
        // One more changes nothing but by its own end; to look through all for each would take far too long.
        if (alarm === null || alarm.at > waiter.until) setAlarm(since)
      })
    },
  }
}

/** The same clock, which stands still where the other one is set back: places would else not come back for as long. */
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

/** Reads seconds, or a date, into seconds from now: a day at most. */
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
