import { ContractError, type DiditError, RelayError } from './error.ts'
import { parseJson } from './http.ts'
import type { TicketedHttp } from './ticketed-http.ts'
import type { Timers } from './timers.ts'
import { isSnapshot, isTicketAnswer, type Snapshot } from './wire.ts'

/** How this browser hears of changes: not at all, soon, pushed, by asking, or not for now. */
export type Connection = 'off' | 'connecting' | 'live' | 'polling' | 'lost'

export interface LiveUpdatesOptions {
  readonly http: TicketedHttp
  readonly timers: Timers
  readonly now: () => number
  readonly random: () => number
  /** Calls back when the network or the page comes back, and returns the way out. Default: as the browser says. */
  readonly onWake?: (listener: () => void) => () => void
  /** The revision that is on the screen: polling asks for a newer one. */
  readonly revision: () => number | undefined
  /** A Snapshot came: not always a newer one, nor of this Session. */
  readonly onSnapshot: (snapshot: Snapshot) => void
  readonly onConnection: (connection: Connection) => void
  /** A fault, or null once all is well again. */
  readonly onError: (error: DiditError | null) => void
  /** Has the server read the Session at Didit. */
  readonly refresh: () => Promise<unknown>
  /** No further try makes sense: the source has ended itself. */
  readonly onStop: (error: DiditError) => void
}

/** What the code that comes late is given, so that it holds connections and knows nothing of what they carry. */
export interface LiveUpdatesConnectionOptions
  extends Pick<
    LiveUpdatesOptions,
    'http' | 'timers' | 'now' | 'random' | 'onWake' | 'refresh' | 'onConnection' | 'onError' | 'onStop'
  > {
  /** Takes a frame in. True for a Snapshot, from which a later stream may go on. */
  readonly receive: (event: string | undefined, text: string) => boolean
  /** Asks for what is newer than the screen. */
  readonly poll: (signal: AbortSignal) => Promise<void>
  /** How long to wait before another try, in milliseconds. */
  readonly backOffMs: (attempt: number) => number
  /** Several tries in a row have failed; they go on. */
  readonly onLost: (cause: unknown) => void
}

/** What follows a Session. */
export interface LiveUpdates {
  /** Told after every change whether somebody waits for a verdict: it is then asked for when it does not come. */
  expectDecision(isExpected: boolean): void
  close(): void
}

/**
 * Follows one Session. The code for it is loaded first: who only asks once does not carry it.
 *
 * @param load - Brings that code. Its failures are tried again like a lost connection, and each time the Snapshot is asked for.
 */
export function openLiveUpdates(
  options: LiveUpdatesOptions,
  load = () => import('./live-updates-connection.ts'),
): LiveUpdates {
  const { http, timers, random, onConnection, onError, onSnapshot } = options
  let liveUpdates: LiveUpdates | undefined
  let isExpected = false
  let isClosed = false
  let isReported = false
  let failures = 0
  let timer: unknown

  // Ever longer, at most half a minute, and spread over the second half of it.
  const backOffMs = (attempt: number) => Math.min(30_000, 1_000 * 2 ** attempt) * (0.5 + random() / 2)

  function onLost(cause: unknown): void {
    onConnection('lost')
    onError(new RelayError('The connection is lost.', { cause }))
  }

  function receive(event: string | undefined, text: string): boolean {
    const data = parseJson(text)
    if (event === 'snapshot' && isSnapshot(data)) {
      onSnapshot(data)
      return data.sessionId === http.sessionId
    }
    if (event === 'ticket' && isTicketAnswer(data)) http.keep(data)
    else if (!isReported && (event === 'snapshot' || event === 'ticket')) {
      isReported = true
      onError(new ContractError(`A ${event} of the stream has not the agreed form.`))
    }
    return false
  }

  async function poll(signal?: AbortSignal): Promise<void> {
    const headers = { 'if-none-match': `"${options.revision()}"` }
    const snapshot = await http.call({ path: '', headers, signal }, isSnapshotOrNothing)
    if (snapshot) onSnapshot(snapshot)
  }

  async function open(): Promise<void> {
    try {
      const { createLiveUpdatesConnection } = await load()
      if (isClosed) return
      liveUpdates = createLiveUpdatesConnection({ ...options, receive, poll, backOffMs, onLost })
      liveUpdates.expectDecision(isExpected)
    } catch (cause) {
      if (isClosed) return
      failures += 1
      if (failures > 2) onLost(cause)
      // Firefox keeps what it could not load as failed for as long as the page lives, and no later try helps there.
      poll().catch(() => {})
      timer = timers.setTimeout(open, backOffMs(failures - 1))
    }
  }

  onConnection('connecting')
  void open()
  return {
    expectDecision(now) {
      isExpected = now
      liveUpdates?.expectDecision(now)
    },
    close() {
      isClosed = true
      timers.clearTimeout(timer)
      liveUpdates?.close()
    },
  }
}

/** Nothing is the answer to an unchanged revision. */
const isSnapshotOrNothing = (value: unknown): value is Snapshot | null => value === null || isSnapshot(value)
