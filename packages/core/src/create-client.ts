import type { DiditClient, DiditClientOptions } from './client.ts'
import { ConfigError } from './error.ts'
import { createHttp } from './http.ts'
import type { LoadConnection } from './live-updates.ts'
import type { SessionStore, Target } from './session-state.ts'
import { createSessionStore } from './session-store.ts'
import { globalTimers } from './timers.ts'

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
