import { ConfigError } from './error.ts'
import { type CallOptions, createHttp } from './http.ts'
import type { LoadConnection } from './live-updates.ts'
import type { SessionStore, Target } from './session-state.ts'
import { createSessionStore } from './session-store.ts'
import { globalTimers, type Timers } from './timers.ts'
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

/** Creates a client whose stores load the code of their connection with `load`. */
export function createClient(options: DiditClientOptions, load: LoadConnection): DiditClient {
  const endpoint = readEndpoint(options.endpoint ?? '/api/didit')
  const timeoutMs = options.timeoutMs ?? 15_000
  if (!(timeoutMs > 0 && timeoutMs < Infinity)) {
    throw new ConfigError('`timeoutMs` must be positive.')
  }
  const closed = new AbortController()
  const context = {
    timers: options.timers ?? globalTimers,
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    closed: closed.signal,
    load,
  }
  const http = createHttp({
    ...context,
    endpoint,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    headers: options.headers,
    credentials: options.credentials ?? 'same-origin',
    timeoutMs,
  })
  const stores = new Map<string, SessionStore>()

  function session({ workflow, sessionId }: Target = {}): SessionStore {
    const key = JSON.stringify([workflow || 'default', sessionId || ''])
    let store = stores.get(key)
    if (!store) {
      const target = Object.freeze({ workflow, sessionId })
      store = createSessionStore({ ...context, http, target })
      stores.set(key, store)
    }
    return store
  }

  return {
    endpoint,
    session,
    getSession: (target, callOptions) => session(target).load(callOptions),
    getDecision: (target, callOptions) => session(target).getDecision(callOptions),
    close: () => closed.abort(),
  }
}

function readEndpoint(endpoint: unknown): string {
  if (typeof endpoint !== 'string' || /[?#\s]/.test(endpoint)) {
    throw new ConfigError('`endpoint` must be an address.')
  }
  return endpoint.replace(/\/+$/, '')
}
