import { createDecisionPolling } from './decision-polling.ts'
import type { DiditError, RequestError } from './error.ts'
import { createEventStreamParser } from './event-stream.ts'
import type { LiveUpdates, LiveUpdatesConnectionOptions } from './live-updates.ts'
import { onWake } from './wake.ts'

/** A stream without a byte for this long is dead. The server sends a heartbeat at least every 8 seconds. */
const silenceMs = 45_000
/** The server answers a first connection with a Snapshot at once. Later than this, a proxy holds the answer back. */
const firstByteMs = 10_000
const pollMs = 4_000
/** How long to poll before the next attempt to stream. */
const retryStreamMs = 60_000
/** Shortest pause between two streams, whatever the server asks for. */
const minWaitMs = 500
/** Longest pause. A timer of 2^31 ms or more would fire at once. */
const maxWaitMs = 300_000

/** Codes after which no further attempt can succeed: the person is not signed in, or the Session is not theirs. */
const isFatal = /^(unauthenticated|ticket-|forbidden-|session-)/

/** Follows one Session: over a stream, or by polling where a proxy holds streams back. */
export function createLiveUpdatesConnection(options: LiveUpdatesConnectionOptions): LiveUpdates {
  const { http, timers, now, random, backOffMs } = options
  const closed = new AbortController()
  const { signal } = closed
  let lastEventId: string | undefined
  /** Attempts in a row that failed. */
  let failures = 0
  /** Streams in a row that opened and brought nothing. */
  let emptyStreams = 0
  /** Streams in a row that worked for less than 10 seconds. */
  let shortStreams = 0
  /** Time of the next attempt to stream, while polling; otherwise 0. */
  let streamAgainAt = 0
  let endWait = () => {}
  let canWake = false
  let isReported = false
  /** Time at which the open stream last brought a byte. */
  let lastByteAt = Infinity

  const expectDecision = createDecisionPolling(options)
  // Timers stop while a computer sleeps, and a stream does not always notice that the server has gone.
  const stopWaking = (options.onWake ?? onWake)(() => (canWake || now() - lastByteAt > silenceMs) && endWait())

  /** Waits for `value`, at most for the delay. There is never more than one wait at a time. */
  function wait<T>(delayMs: number, value?: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const timer = timers.setTimeout(() => endWait(), Math.min(delayMs, maxWaitMs))
      const end = () => {
        timers.clearTimeout(timer)
        resolve(undefined)
      }
      endWait = end
      value?.then(resolve, () => {}).finally(end)
    })
  }

  async function backOff(attempt: number, retryAfterSeconds?: number): Promise<void> {
    // A pause that the server asked for is never shortened.
    canWake = retryAfterSeconds === undefined
    await wait(backOffMs(attempt) + (retryAfterSeconds ?? 0) * 1_000)
    canWake = false
  }

  function reportWorking(connection: 'live' | 'polling') {
    failures = 0
    options.onError(null)
    options.onConnection(connection)
  }

  /** Handles one event. Returns true for a Snapshot of this Session, from which a later stream can resume. */
  function receive(event: string | undefined, text: string): boolean {
    const data = options.parseJson(text)
    if (event === 'snapshot' && options.isSnapshot(data)) {
      options.onSnapshot(data)
      return data.sessionId === http.sessionId
    }
    if (event === 'ticket' && options.isTicketAnswer(data)) http.keep(data)
    else if (!isReported && (event === 'snapshot' || event === 'ticket')) {
      isReported = true
      options.onError(new options.ContractError(`The ${event} event is malformed.`))
    }
    return false
  }

  async function stream(): Promise<void> {
    const resumeFrom = lastEventId
    const headers = { accept: 'text/event-stream', ...(resumeFrom && { 'last-event-id': resumeFrom }) }
    const response = await http.open({ path: '/events', headers, signal })
    const reader = response.body?.getReader()
    // If this stream brings nothing, the next one starts from scratch: its answer cannot be empty.
    lastEventId = undefined
    let isProven = false
    let isOver = !response.headers.get('content-type')?.startsWith('text/event-stream')
    let retryMs: number | undefined
    const openedAt = now()
    const prove = () => {
      if (isProven) return
      isProven = true
      emptyStreams = streamAgainAt = 0
      lastEventId ??= resumeFrom
      reportWorking('live')
    }
    const feed = createEventStreamParser({
      onEvent: ({ event, data, id }) => {
        if (signal.aborted) return
        prove()
        isOver ||= event === 'bye'
        if (receive(event, data)) lastEventId = id
      },
      onComment: prove,
      onRetry: (delayMs) => {
        retryMs = delayMs
      },
    })
    // A resumed stream without news brings no event before the next heartbeat. The screen must not show that as trouble.
    if (resumeFrom && !isOver && !signal.aborted) reportWorking('live')
    try {
      while (reader && !isOver && !signal.aborted) {
        lastByteAt = now()
        const limitMs = isProven || resumeFrom ? silenceMs : firstByteMs
        const bytes = (await wait(limitMs, reader.read()))?.value
        if (!bytes || signal.aborted) break
        feed(bytes)
      }
    } finally {
      lastByteAt = Infinity
      reader?.cancel().catch(() => {})
    }
    if (signal.aborted) return
    if (!streamAgainAt) options.onConnection('connecting')
    if (!isProven) return countEmptyStream()
    shortStreams = now() - openedAt < 10_000 ? Math.min(shortStreams + 1, 3) : 0
    await (retryMs === undefined ? backOff(shortStreams) : wait(Math.max(retryMs, minWaitMs)))
  }

  async function countEmptyStream(): Promise<void> {
    emptyStreams += 1
    if (emptyStreams > 1) streamAgainAt = now() + retryStreamMs
    else await backOff(0)
  }

  async function poll(): Promise<void> {
    await options.poll(signal)
    if (signal.aborted) return
    reportWorking('polling')
    canWake = true
    await wait(pollMs * (0.75 + random() / 2))
    canWake = false
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const isStreaming = now() >= streamAgainAt
      try {
        await (isStreaming ? stream() : poll())
      } catch (error) {
        if (signal.aborted) return
        const { code, retryAfterSeconds } = error as Partial<RequestError>
        if (code && isFatal.test(code)) {
          close()
          options.onStop(error as DiditError)
          return
        }
        failures += 1
        if (failures > 2) options.onLost(error)
        // A proxy held the stream back until the time limit, or knows no such route: only whole answers get through.
        if (isStreaming && (code === 'timeout' || code === 'route-not-found')) await countEmptyStream()
        else await backOff(failures - 1, retryAfterSeconds)
      }
    }
  }

  function close() {
    closed.abort()
    stopWaking()
    endWait()
    expectDecision(false)
  }

  void run()
  return { expectDecision, close }
}
