import { createClient } from './create-client.ts'
import type { CallOptions } from './http.ts'
import type { SessionStore, Target } from './session-state.ts'
import type { Timers } from './timers.ts'
import type { RedactedDecision, Snapshot } from './wire.ts'

/** Options of `createDiditClient`. */
export interface DiditClientOptions {
  /** Base address of the companion server. Default `/api/didit`. */
  readonly endpoint?: string | undefined
  /** Default: the global `fetch`, looked up at each call. */
  readonly fetch?: typeof fetch | undefined
  /** Headers of the application, such as a bearer token. A function is called before each request. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined
  /** Whether requests carry cookies. Default `same-origin`. */
  readonly credentials?: RequestCredentials | undefined
  /** Time limit of one request, in milliseconds. Default 15000. */
  readonly timeoutMs?: number | undefined
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Returns a number from 0 up to 1, to spread retries. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Default: the global `setTimeout` and `clearTimeout`. */
  readonly timers?: Timers | undefined
}

/** Client of one signed-in user: one store per Session, and calls that need no store. */
export interface DiditClient {
  readonly endpoint: string
  /** Returns the store of a Session: the same object for the same target. Sends no request. */
  session(target?: Target): SessionStore
  /** Asks the server for the Session. Returns the newest known Snapshot, or null when the user has no Session. */
  getSession(target?: Target, options?: CallOptions): Promise<Snapshot | null>
  /** Asks the server for the redacted Decision. Returns null when the user has no Session. */
  getDecision(target?: Target, options?: CallOptions): Promise<RedactedDecision | null>
  /** Ends every stream, timer and request. Later calls reject with `aborted`. */
  close(): void
}

/**
 * Creates the browser's client of a companion server.
 *
 * It sends no request until a method is called, so it can be created during server rendering too. One client belongs to
 * one signed-in user: close it and create another one when the user changes.
 *
 * @param options.endpoint - Base address of the companion server. Default `/api/didit`.
 * @param options.headers - For applications that sign in with a bearer token instead of a cookie.
 * @param options.timeoutMs - Time limit of one request, in milliseconds. Default 15000.
 * @throws {ConfigError} `config-invalid` for an `endpoint` that is not an address, or a `timeoutMs` that is not positive.
 * @example
 * ```ts
 * import { createDiditClient } from '@didit-verify/core'
 *
 * const client = createDiditClient({ endpoint: '/api/didit' })
 * const session = await client.getSession()
 * console.log(session?.status ?? 'no Session yet')
 * ```
 */
export const createDiditClient = (options: DiditClientOptions = {}): DiditClient =>
  createClient(options, () => import('./live-updates-connection.ts'))
