import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { ContractError, type DiditError, type DiditErrorCode, isDiditError, RelayError, RequestError } from './error.ts'
import type { Http } from './http.ts'
import type { TicketKeeper } from './ticket-keeper.ts'
import type { Timers } from './timers.ts'
import { isSnapshot, isTicketAnswer, type Snapshot } from './wire.ts'

/** How this browser hears of changes: `off`, on its way, pushed, asked for, or not at all for now. */
export type Connection = 'off' | 'connecting' | 'live' | 'polling' | 'lost'

export interface RelaySourceOptions {
  readonly http: Http
  readonly tickets: TicketKeeper
  readonly timers: Timers
  readonly now: () => number
  readonly random: () => number
  /** Calls back when the network or the page comes back. Returns the way out. */
  readonly onWake: (listener: () => void) => () => void
  /** The revision that is on the screen, for polling. */
  readonly revision: () => number | undefined
  readonly onSnapshot: (snapshot: Snapshot) => void
  readonly onConnection: (connection: Connection) => void
  /** A fault, or null once all is well again. */
  readonly onError: (error: DiditError | null) => void
  /** No further try makes sense: the source has ended itself. */
  readonly onStop: (error: DiditError) => void
}

export interface RelaySource {
  close(): void
}

/** No byte for this long, heartbeats included, and the connection is taken for dead. */
const silenceMs = 45_000
/** A first connection gets the Snapshot at once; if not, something in between holds the answer back. */
const firstByteMs = 10_000
const pollMs = 4_000
/** Far below the 2^31 ms at which a timer would fire at once. */
const longestWaitMs = 300_000
const failuresUntilLost = 3
const cutsUntilPolling = 2

const hopeless: readonly DiditErrorCode[] = [
  'unauthenticated',
  'ticket-invalid',
  'ticket-expired',
  'forbidden-origin',
  'session-not-found',
  'session-foreign',
]

/** Follows one Session: over a stream where streams get through, else by asking again and again. */
export function createRelaySource(options: RelaySourceOptions): RelaySource {
  const { http, tickets, timers, now, random } = options
  const { sessionId } = tickets
  const path = `/sessions/${encodeURIComponent(sessionId)}`
  const life = new AbortController()
  const { signal } = life
  let endWait: (() => void) | undefined
  let lastEventId: string | undefined
  let failures = 0
  /** Connections in a row that opened and brought nothing. */
  let cuts = 0
  /** Connections in a row that worked, but not for long. */
  let short = 0
  let polling = false
  let nextTrialAt = 0
  let trialMs = 60_000
  let malformedReported = false
  let lastByteAt = 0
  let endRead: (() => void) | undefined

  const unWake = options.onWake(() => {
    endWait?.()
    // After a sleep the timers of a page start anew, so a dead connection is noticed here first.
    if (now() - lastByteAt > silenceMs) endRead?.()
  })

  function backOff(attempt: number): number {
    const ceiling = Math.min(30_000, 1_000 * 2 ** attempt)
    return ceiling / 2 + random() * (ceiling / 2)
  }

  function works(connection: 'live' | 'polling') {
    failures = 0
    options.onError(null)
    options.onConnection(connection)
  }

  /** `ordered`: the server named the pause, so nothing shortens it. */
  function pause(delayMs: number, ordered = false): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        timers.clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        endWait = undefined
        resolve()
      }
      const timer = timers.setTimeout(finish, Math.min(delayMs, longestWaitMs))
      signal.addEventListener('abort', finish)
      if (!ordered) endWait = finish
    })
  }

  function receive(message: EventSourceMessage) {
    let data: unknown
    try {
      data = JSON.parse(message.data)
    } catch {}
    if (message.event === 'snapshot' && isSnapshot(data)) {
      if (data.sessionId !== sessionId) return
      lastEventId = message.id ?? lastEventId
      options.onSnapshot(data)
    } else if (message.event === 'ticket' && isTicketAnswer(data)) {
      tickets.keep(data)
    } else if ((message.event === 'snapshot' || message.event === 'ticket') && !malformedReported) {
      malformedReported = true
      options.onError(new ContractError(`The stream sent a ${message.event} that does not have the agreed form.`))
    }
  }

  /** Reads one chunk, or undefined at the end: closed, broken or silent for too long. */
  async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, limitMs: number) {
    let timer: unknown
    const end = new Promise<undefined>((resolve) => {
      endRead = () => resolve(undefined)
      signal.addEventListener('abort', endRead)
      timer = timers.setTimeout(endRead, limitMs)
    })
    const stop = endRead
    try {
      return (await Promise.race([reader.read(), end]))?.value
    } catch {
      return undefined
    } finally {
      timers.clearTimeout(timer)
      if (stop) signal.removeEventListener('abort', stop)
      endRead = undefined
    }
  }

  async function stream(): Promise<void> {
    const resumeFrom = lastEventId
    const headers = {
      accept: 'text/event-stream',
      ...(resumeFrom === undefined ? {} : { 'last-event-id': resumeFrom }),
    }
    const response = await tickets.use(
      (ticket) => http.open({ method: 'GET', path: `${path}/events`, ticket, headers, signal }),
      signal,
    )
    const reader = response.body?.getReader()
    if (!reader || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      reader?.cancel().catch(() => {})
      return cut()
    }
    // Nothing new since then means no frame before the next heartbeat: that must not look like trouble.
    if (resumeFrom !== undefined && failures === 0 && !polling) options.onConnection('live')

    const openedAt = now()
    let proven = false
    let broken = false
    let bye = false
    let retryMs: number | undefined
    const prove = () => {
      if (proven) return
      proven = true
      cuts = 0
      polling = false
      trialMs = 60_000
      works('live')
    }
    const parser = createParser({
      maxBufferSize: 1 << 20,
      onEvent: (message) => {
        if (signal.aborted) return
        prove()
        if (message.event === 'bye') bye = true
        else receive(message)
      },
      onComment: prove,
      onRetry: (delayMs) => {
        retryMs = delayMs
      },
      onError: (error) => {
        broken ||= error.type === 'max-buffer-size-exceeded'
      },
    })
    const decoder = new TextDecoder()
    lastByteAt = now()
    while (!bye && !broken && !signal.aborted) {
      const limitMs = proven || resumeFrom !== undefined ? silenceMs : firstByteMs
      const chunk = await readWithin(reader, limitMs)
      if (chunk === undefined || signal.aborted) break
      lastByteAt = now()
      parser.feed(decoder.decode(chunk, { stream: true }))
    }
    reader.cancel().catch(() => {})
    if (signal.aborted) return
    if (!proven) return cut()
    options.onConnection('connecting')
    short = now() - openedAt < 10_000 ? Math.min(short + 1, 3) : 0
    await (bye && retryMs !== undefined ? pause(retryMs, true) : pause(backOff(short)))
  }

  /** What the network lets through is asked for again from the start: that answer cannot be empty. */
  async function cut(): Promise<void> {
    lastEventId = undefined
    cuts += 1
    if (cuts < cutsUntilPolling) return pause(backOff(cuts))
    if (polling) trialMs = Math.min(trialMs * 2, 600_000)
    polling = true
    nextTrialAt = now() + trialMs
  }

  async function poll(): Promise<void> {
    const snapshot = await tickets.use(
      (ticket) => http.callUnless(options.revision(), { method: 'GET', path, ticket, signal }, isSnapshot),
      signal,
    )
    if (signal.aborted) return
    if (snapshot?.sessionId === sessionId) options.onSnapshot(snapshot)
    works('polling')
    await pause(pollMs * (0.75 + random() / 2))
  }

  async function run(): Promise<void> {
    options.onConnection('connecting')
    while (!signal.aborted) {
      const streaming = !polling || now() >= nextTrialAt
      try {
        await (streaming ? stream() : poll())
      } catch (error) {
        if (signal.aborted) return
        const fault = isDiditError(error) ? error : new RelayError('The stream broke.', { cause: error })
        if (hopeless.includes(fault.code)) {
          close()
          options.onStop(fault)
          return
        }
        failures += 1
        if (failures >= failuresUntilLost) {
          options.onConnection('lost')
          const help = 'It is tried again by itself. Check that the companion server runs.'
          options.onError(new RelayError('The connection to the companion server is lost.', { help, cause: fault }))
        }
        const told = fault instanceof RequestError ? fault.retryAfterSeconds : undefined
        const delayMs = backOff(failures - 1)
        // Held back until the time limit, or no such route: then only single answers get through.
        if (streaming && (fault.code === 'timeout' || fault.code === 'route-not-found')) await cut()
        else await (told === undefined ? pause(delayMs) : pause(told * 1_000 + delayMs, true))
      }
    }
  }

  function close() {
    unWake()
    life.abort()
  }

  void run()
  return { close }
}
