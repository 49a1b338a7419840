// Imported here, so that no test waits for the code of the connection.
import '../src/live-updates-connection.ts'
import { createDiditClient, type DiditClientOptions, type SessionState, type SessionStore } from '../src/index.ts'
import { createFakeClock } from './fake-clock.ts'
import { createFakeCompanion } from './fake-companion.ts'

/** Creates a client with a fake companion server and a fake clock. Each random number is 0.5. */
export function setUp(options: DiditClientOptions = {}) {
  const clock = createFakeClock()
  const companion = createFakeCompanion()
  const client = createDiditClient({
    fetch: companion.fetch,
    timers: clock.timers,
    now: clock.now,
    random: () => 0.5,
    ...options,
  })
  return { clock, companion, client, store: client.session() }
}

/** Subscribes, and records each change of one field of the state. */
export function watch<K extends keyof SessionState>(store: SessionStore, key: K) {
  const seen: SessionState[K][] = []
  const unsubscribe = store.subscribe(() => {
    const value = store.getState()[key]
    if (seen.at(-1) !== value) seen.push(value)
  })
  return { seen, unsubscribe }
}
