import { type DiditError, RelayError } from './error.ts'
import type { TicketedHttp } from './ticketed-http.ts'
import type { Timers } from './timers.ts'
import type { Snapshot } from './wire.ts'

/** How this browser hears of changes: not at all, soon, pushed, by asking, or not for now. */
export type Connection = 'off' | 'connecting' | 'live' | 'polling' | 'lost'

export interface RelaySourceOptions {
  readonly http: TicketedHttp
  readonly timers: Timers
  readonly now: () => number
  readonly random: () => number
  /** Calls back when the network or the page comes back, and returns the way out. Default: as the browser says. */
  readonly onWake?: (listener: () => void) => () => void
  /** The revision that is on the screen: polling asks for a newer one. */
  readonly revision: () => number | undefined
  readonly onSnapshot: (snapshot: Snapshot) => void
  readonly onConnection: (connection: Connection) => void
  /** A fault, or null once all is well again. */
  readonly onError: (error: DiditError | null) => void
  /** Has the server read the Session at Didit. */
  readonly refresh: () => Promise<unknown>
  /** No further try makes sense: the source has ended itself. */
  readonly onStop: (error: DiditError) => void
}

/** How long to wait before another try: ever longer, at most half a minute, and spread over the second half of it. */
export const backOffMs = (attempt: number, random: () => number) =>
  Math.min(30_000, 1_000 * 2 ** attempt) * (0.5 + random() / 2)

/** What follows a Session. */
export interface Relay {
  /** Told after every change whether somebody waits for a verdict: it is then asked for when it does not come. */
  expectVerdict(isExpected: boolean): void
  close(): void
}

/**
 * Follows one Session. The code for it is loaded first: who only asks once does not carry it.
 *
 * @param load - Brings that code. Its failures are tried again like a lost connection.
 */
export function openRelay(options: RelaySourceOptions, load = () => import('./relay-source.ts')): Relay {
  const { timers } = options
  let relay: Relay | undefined
  let isExpected = false
  let isClosed = false
  let failures = 0
  let timer: unknown

  async function open(): Promise<void> {
    try {
      const { createRelaySource } = await load()
      if (isClosed) return
      relay = createRelaySource(options)
      relay.expectVerdict(isExpected)
    } catch (cause) {
      if (isClosed) return
      failures += 1
      if (failures > 2) {
        options.onConnection('lost')
        options.onError(new RelayError('The code of the stream did not load.', { cause }))
      }
      timer = timers.setTimeout(open, backOffMs(failures - 1, options.random))
    }
  }

  options.onConnection('connecting')
  void open()
  return {
    expectVerdict(now) {
      isExpected = now
      relay?.expectVerdict(now)
    },
    close() {
      isClosed = true
      timers.clearTimeout(timer)
      relay?.close()
    },
  }
}
