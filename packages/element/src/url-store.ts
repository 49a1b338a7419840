import type { SessionState, SessionStore, Snapshot } from '@didit-verify/core'

/** Stands in for a Session that is not named. */
const nobody = {
  getSnapshot: () => null,
  subscribe: () => () => {},
  load: async () => null,
  report: () => {},
} satisfies Partial<SessionStore>

const made = new WeakSet<SessionStore>()

/**
 * The store of an address that the page brought itself: the flow is its own, since no Session is asked for.
 *
 * A status still comes from the server alone, and only for a Session that the page names as well: nothing says that the
 * address belongs to the user's current one.
 *
 * @param store - What is known without the address. One of these comes back as it is.
 * @param idle - What a store says that knows nothing.
 */
export function urlStore(url: string, store: SessionStore, idle: SessionState): SessionStore {
  if (made.has(store)) return store
  const known = store.target.sessionId ? store : { ...store, ...nobody, getState: () => idle }
  const listeners = new Set<() => void>()
  let own: Pick<SessionState, 'flow' | 'url' | 'error'> = { flow: 'idle', url: null, error: null }
  const set = (next: typeof own) => {
    own = next
    for (const listener of listeners) listener()
  }
  const whole: SessionStore = {
    ...known,
    getState: () => ({ ...known.getState(), ...own }),
    subscribe(listener) {
      listeners.add(listener)
      const leave = known.subscribe(listener)
      return () => {
        listeners.delete(listener)
        leave()
      }
    },
    async start() {
      set({ flow: 'opening', url, error: null })
      return { kind: 'open', url, session: known.getSnapshot() as Snapshot }
    },
    report(step) {
      if (typeof step === 'object') set({ ...own, flow: 'failed', error: step.failed })
      else set({ flow: step, url: step === 'ready' ? url : null, error: null })
      // Then the verdict is asked for when it does not come.
      if (step === 'submitted') known.report(step)
    },
    claim: () => true,
  }
  made.add(whole)
  return whole
}
