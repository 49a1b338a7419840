import { ContractError, type DiditError, RelayError } from './error.ts'
import { parseJson } from './http.ts'
import type { TicketedHttp } from './ticketed-http.ts'
import type { Timers } from './timers.ts'
import { isSnapshot, isTicketAnswer, type Snapshot } from './wire.ts'

/**
 * State of the live updates: `off`, `connecting`, `live` (the server pushes), `polling` (streams do not get through) or
 * `lost` (several attempts failed, more follow).
 */
export type Connection = 'off' | 'connecting' | 'live' | 'polling' | 'lost'

export interface LiveUpdatesOptions {
  readonly http: TicketedHttp
  readonly timers: Timers
  readonly now: () => number
  readonly random: () => number
  /** Calls back when the network or the page comes back; returns a function that unsubscribes. Default: browser events. */
  readonly onWake?: (listener: () => void) => () => void
  /** Returns the revision on the screen. Polling asks for a newer one. */
  readonly revision: () => number | undefined
  /** Receives every Snapshot, also an older one or one of another Session. */
  readonly onSnapshot: (snapshot: Snapshot) => void
  readonly onConnection: (connection: Connection) => void
  /** Receives an error, or null once the connection works again. */
  readonly onError: (error: DiditError | null) => void
  /** Makes the server read the Session at Didit. */
  readonly refresh: () => Promise<unknown>
  /** Called when no further attempt can succeed. The live updates have then closed themselves. */
  readonly onStop: (error: DiditError) => void
}

// Passed to the connection as options. If its chunk imported them, the bundler would move them out of the entry into a
// third chunk.
const wire = { parseJson, isSnapshot, isTicketAnswer, ContractError }

/** Options of the connection. */
export interface LiveUpdatesConnectionOptions extends Omit<LiveUpdatesOptions, 'revision'>, Readonly<typeof wire> {
  /** Asks once for a Snapshot that is newer than the one on the screen. */
  readonly poll: (signal: AbortSignal) => Promise<void>
  /** Returns the delay before the next attempt, in milliseconds. */
  readonly backOffMs: (attempt: number) => number
  /** Called when several attempts in a row have failed. Attempts continue. */
  readonly onLost: (cause: unknown) => void
}

/** Loads the code of the connection. */
export type LoadConnection = () => Promise<{
  readonly createLiveUpdatesConnection: (options: LiveUpdatesConnectionOptions) => LiveUpdates
}>

/** Live updates of one Session. */
export interface LiveUpdates {
  /** Call after every change with whether a decision is awaited. If none is pushed, the server is asked for it. */
  expectDecision(isExpected: boolean): void
  close(): void
}

/**
 * Follows one Session.
 *
 * @param load - Loads the code of the connection. A failure is retried like a lost connection, and each time the Snapshot
 *   is polled instead.
 */
export function openLiveUpdates(options: LiveUpdatesOptions, load: LoadConnection): LiveUpdates {
  const { timers, random, onConnection } = options
  let connection: LiveUpdates | undefined
  let isExpected = false
  let isClosed = false
  let failures = 0
  let timer: unknown

  // Doubles up to 30 seconds. The second half of each delay is random.
  const backOffMs = (attempt: number) => Math.min(30_000, 1_000 * 2 ** attempt) * (0.5 + random() / 2)

  function onLost(cause: unknown): void {
    onConnection('lost')
    options.onError(new RelayError('The connection is lost.', { cause }))
  }

  async function poll(signal?: AbortSignal): Promise<void> {
    const headers = { 'if-none-match': `"${options.revision()}"` }
    const snapshot = await options.http.call({ path: '', headers, signal }, isSnapshotOrNull)
    if (snapshot) options.onSnapshot(snapshot)
  }

  async function open(): Promise<void> {
    try {
      const { createLiveUpdatesConnection } = await load()
      if (isClosed) return
      connection = createLiveUpdatesConnection({ ...options, ...wire, poll, backOffMs, onLost })
      connection.expectDecision(isExpected)
    } catch (cause) {
      if (isClosed) return
      failures += 1
      if (failures > 2) onLost(cause)
      // Firefox remembers a failed import for the life of the page, so that later attempts fail too. Poll meanwhile.
      poll().catch(() => {})
      timer = timers.setTimeout(open, backOffMs(failures - 1))
    }
  }

  onConnection('connecting')
  void open()
  return {
    expectDecision(isWanted) {
      isExpected = isWanted
      connection?.expectDecision(isWanted)
    },
    close() {
      isClosed = true
      timers.clearTimeout(timer)
      connection?.close()
    },
  }
}

/** Null is the answer for an unchanged revision. */
const isSnapshotOrNull = (value: unknown): value is Snapshot | null => value === null || isSnapshot(value)
