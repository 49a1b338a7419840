// Here already, so that no test waits for the code of the stream.
import '../src/live-updates-connection.ts'
import { createDiditClient, type DiditClientOptions, type SessionState, type SessionStore } from '../src/index.ts'
import { createFakeClock } from './fake-clock.ts'
import { createFakeCompanion } from './fake-companion.ts'

/** A client, its companion server and its clock; half of every jitter. */
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

/** Records what a listener would draw, without what stayed the same. */
export function watch<K extends keyof SessionState>(store: SessionStore, key: K) {
  const seen: SessionState[K][] = []
  const unsubscribe = store.subscribe(() => {
    const value = store.getState()[key]
    if (seen.at(-1) !== value) seen.push(value)
  })
  return { seen, unsubscribe }
}
