import { ConfigError } from './error.ts'
import { type CallOptions, createHttp } from './http.ts'
import type { SessionStore, Target } from './session-state.ts'
import { createSessionStore } from './session-store.ts'
import { globalTimers, type Timers } from './timers.ts'
import type { RedactedDecision, Snapshot } from './wire.ts'

export interface DiditClientOptions {
  /** Where the companion server is mounted. Default `/api/didit`. */
  readonly endpoint?: string | undefined
  /** Default: the global one, looked up at each call. */
  readonly fetch?: typeof fetch | undefined
  /** The application's own headers, such as a bearer token; a function is asked before each request. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined
  /** Whether cookies go along. Default `same-origin`. */
  readonly credentials?: RequestCredentials | undefined
  /** How long one request may take, in milliseconds. Default 15000. */
  readonly timeoutMs?: number | undefined
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** From 0 up to 1, to spread retries. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Default: the global `setTimeout` and `clearTimeout`. */
  readonly timers?: Timers | undefined
}

/** What element and hooks hold: one store per Session, and the calls that need none. */
export interface DiditClient {
  readonly endpoint: string
  /** The store of a Session: the same object for the same target. Creates nothing and asks nobody. */
  session(target?: Target): SessionStore
  /** Asks the server for the Session and returns the newest Snapshot known; null when the user has none. */
  getSession(target?: Target, options?: CallOptions): Promise<Snapshot | null>
  /** Asks the server for the Decision as far as the person may see it; null when the user has no Session. */
  getDecision(target?: Target, options?: CallOptions): Promise<RedactedDecision | null>
  /** Ends every stream, timer and request; what is called afterwards rejects with `aborted`. */
  close(): void
}

/**
 * Creates the browser's client of a companion server.
 *
 * Nothing is sent until a method is called, so it can be created anywhere, on a server that renders pages too. One
 * client belongs to one signed-in user: close it and create another when the user changes.
 *
 * @param options.endpoint - Where the companion server is mounted. Default `/api/didit`.
 * @param options.headers - For applications that sign in with a bearer token instead of a cookie.
 * @param options.timeoutMs - How long one request may take, in milliseconds. Default 15000.
 * @throws {ConfigError} `config-invalid` for an endpoint that cannot be one, or a limit that is not a positive number.
 */
export function createDiditClient(options: DiditClientOptions = {}): DiditClient {
  const endpoint = readEndpoint(options.endpoint ?? '/api/didit')
  const timeoutMs = options.timeoutMs ?? 15_000
  if (!(timeoutMs > 0 && timeoutMs < Infinity)) {
    throw new ConfigError('`timeoutMs` must be positive.')
  }
  const closed = new AbortController()
  const world = {
    timers: options.timers ?? globalTimers,
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    closed: closed.signal,
  }
  const http = createHttp({
    ...world,
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
      store = createSessionStore({ ...world, http, target })
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
