import { createParser } from 'eventsource-parser'
import { createDecisionPolling } from './decision-polling.ts'
import type { DiditError, RequestError } from './error.ts'
import type { LiveUpdates, LiveUpdatesConnectionOptions } from './live-updates.ts'
import { onWake } from './wake.ts'

/** No byte for this long, heartbeats included, and the connection is taken for dead. */
const silenceMs = 45_000
/** A first connection gets the Snapshot at once; if not, something in between holds the answer back. */
const firstByteMs = 10_000
const pollMs = 4_000
/** How long to poll before streaming is tried again. */
const trialMs = 60_000
/** Whatever the server asks for, it is not stormed. */
const shortestWaitMs = 500
/** Far below the 2^31 ms at which a timer would fire at once. */
const longestWaitMs = 300_000

/** Codes after which no further try makes sense: whoever asks is nobody, or the Session is not theirs. */
const hopeless = /^(unauthenticated|ticket-|forbidden-|session-)/

/** Follows one Session: over a stream where streams get through, else by asking again and again. */
export function createLiveUpdatesConnection(options: LiveUpdatesConnectionOptions): LiveUpdates {
  const { http, timers, now, random, backOffMs } = options
  const closed = new AbortController()
  const { signal } = closed
  let lastEventId: string | undefined
  /** Tries in a row that failed. */
  let failures = 0
  /** Connections in a row that opened and brought nothing. */
  let cuts = 0
  /** Connections in a row that worked, but not for long. */
  let short = 0
  /** When to try streaming again; 0 while it works. */
  let trialAt = 0
  let endWait = () => {}
  let canWake = false
  /** When the open stream last brought a byte. */
  let heardAt = Infinity

  const expectDecision = createDecisionPolling(options)
  // Timers stand still while a computer sleeps, and a stream does not always hear that its other end has gone.
  const unWake = (options.onWake ?? onWake)(() => (canWake || now() - heardAt > silenceMs) && endWait())

  /** Waits, at most until something comes of `value`. There is never more than one wait at a time. */
  function wait<T>(delayMs: number, value?: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const timer = timers.setTimeout(() => endWait(), Math.min(delayMs, longestWaitMs))
      const end = () => {
        timers.clearTimeout(timer)
        resolve(undefined)
      }
      endWait = end
      value?.then(resolve, () => {}).finally(end)
    })
  }

  async function backOff(attempt: number, leastSeconds?: number): Promise<void> {
    // Where the server named a pause, nothing shortens it.
    canWake = leastSeconds === undefined
    await wait(backOffMs(attempt) + (leastSeconds ?? 0) * 1_000)
    canWake = false
  }

  function works(connection: 'live' | 'polling') {
    failures = 0
    options.onError(null)
    options.onConnection(connection)
  }

  async function stream(): Promise<void> {
    const resumeFrom = lastEventId
    const headers = { accept: 'text/event-stream', ...(resumeFrom && { 'last-event-id': resumeFrom }) }
    const response = await http.open({ path: '/events', headers, signal })
    const reader = response.body?.getReader()
    // What brings nothing is asked for all of it next time: that answer cannot be empty.
    lastEventId = undefined
    let proven = false
    let ended = !response.headers.get('content-type')?.startsWith('text/event-stream')
    let retryMs: number | undefined
    const openedAt = now()
    const prove = () => {
      if (proven) return
      proven = true
      cuts = trialAt = 0
      lastEventId ??= resumeFrom
      works('live')
    }
    const parser = createParser({
      maxBufferSize: 1 << 20, // then it throws
      onEvent: ({ event, data, id }) => {
        if (signal.aborted) return
        prove()
        ended ||= event === 'bye'
        if (options.receive(event, data)) lastEventId = id
      },
      onComment: prove,
      onRetry: (delayMs) => {
        retryMs = delayMs
      },
    })
    // Nothing new since then means no frame before the next heartbeat: that must not look like trouble.
    if (resumeFrom && !ended && !signal.aborted) works('live')
    const decoder = new TextDecoder()
    try {
      while (reader && !ended && !signal.aborted) {
        heardAt = now()
        const limitMs = proven || resumeFrom ? silenceMs : firstByteMs
        const chunk = (await wait(limitMs, reader.read()))?.value
        if (!chunk || signal.aborted) break
        parser.feed(decoder.decode(chunk, { stream: true }))
      }
    } finally {
      heardAt = Infinity
      reader?.cancel().catch(() => {})
    }
    if (signal.aborted) return
    if (!trialAt) options.onConnection('connecting')
    if (!proven) return cut()
    short = now() - openedAt < 10_000 ? Math.min(short + 1, 3) : 0
    await (retryMs === undefined ? backOff(short) : wait(Math.max(retryMs, shortestWaitMs)))
  }

  async function cut(): Promise<void> {
    cuts += 1
    if (cuts > 1) trialAt = now() + trialMs
    else await backOff(0)
  }

  async function poll(): Promise<void> {
    await options.poll(signal)
    if (signal.aborted) return
    works('polling')
    canWake = true
    await wait(pollMs * (0.75 + random() / 2))
    canWake = false
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const streaming = now() >= trialAt
      try {
        await (streaming ? stream() : poll())
      } catch (error) {
        if (signal.aborted) return
        const { code, retryAfterSeconds } = error as Partial<RequestError>
        if (code && hopeless.test(code)) {
          close()
          options.onStop(error as DiditError)
          return
        }
        failures += 1
        if (failures > 2) options.onLost(error)
        // Held back until the time limit, or no such route: then only whole answers get through.
        if (streaming && (code === 'timeout' || code === 'route-not-found')) await cut()
        else await backOff(failures - 1, retryAfterSeconds)
      }
    }
  }

  function close() {
    closed.abort()
    unWake()
    endWait()
    expectDecision(false)
  }

  void run()
  return { expectDecision, close }
}
