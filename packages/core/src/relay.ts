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
  /** Calls back when the network or the page comes back. Returns the way out. */
  readonly onWake: (listener: () => void) => () => void
  /** The revision that is on the screen: polling asks for a newer one. */
  readonly revision: () => number | undefined
  readonly onSnapshot: (snapshot: Snapshot) => void
  readonly onConnection: (connection: Connection) => void
  /** A fault, or null once all is well again. */
  readonly onError: (error: DiditError | null) => void
  /** No further try makes sense: the source has ended itself. */
  readonly onStop: (error: DiditError) => void
}

/** How long to wait before another try: ever longer, at most half a minute, and spread over the second half of it. */
export const backOffMs = (attempt: number, random: () => number) =>
  Math.min(30_000, 1_000 * 2 ** attempt) * (0.5 + random() / 2)

/**
 * Follows one Session, as `createRelaySource` does, whose code is loaded first: who only asks once does not carry it.
 *
 * @param load - Brings that code. Its failures are tried again like a lost connection.
 * @returns The way out.
 */
export function openRelay(options: RelaySourceOptions, load = () => import('./relay-source.ts')): () => void {
  const { timers } = options
  let close = () => {}
  let isClosed = false
  let failures = 0
  let timer: unknown

  async function open(): Promise<void> {
    timer = undefined
    try {
      const { createRelaySource } = await load()
      if (isClosed) return
      unWake()
      close = createRelaySource(options)
    } catch (cause) {
      if (isClosed) return
      failures += 1
      if (failures > 2) {
        options.onConnection('lost')
        options.onError(new RelayError('The code of the stream could not be loaded.', { cause }))
      }
      timer = timers.setTimeout(open, backOffMs(failures - 1, options.random))
    }
  }

  function retryNow(): void {
    if (timer === undefined) return
    timers.clearTimeout(timer)
    void open()
  }

  options.onConnection('connecting')
  const unWake = options.onWake(retryNow)
  void open()
  return () => {
    isClosed = true
    unWake()
    timers.clearTimeout(timer)
    close()
  }
}
