import type { SessionState, SessionStore, Snapshot } from '@didit-verify/core'

/** Replaces the store's methods when the page names no Session. */
const unknownSession = {
  getSnapshot: () => null,
  subscribe: () => () => {},
  load: async () => null,
  report: () => {},
} satisfies Partial<SessionStore>

const urlStores = new WeakSet<SessionStore>()

/**
 * Creates a store for an address that the page supplies. It has a flow of its own, since no Session is created.
 *
 * A status still comes from the server only, and only for a Session that the page names too: the address may belong to
 * another Session than the user's current one.
 *
 * @param store - The store of the element's target. A store that this function made is returned unchanged.
 * @param idle - State of a store that knows nothing yet.
 */
export function createUrlStore(url: string, store: SessionStore, idle: SessionState): SessionStore {
  if (urlStores.has(store)) return store
  const base = store.target.sessionId ? store : { ...store, ...unknownSession, getState: () => idle }
  const listeners = new Set<() => void>()
  let own: Pick<SessionState, 'flow' | 'url' | 'error'> = { flow: 'idle', url: null, error: null }
  const set = (next: typeof own) => {
    own = next
    for (const listener of listeners) listener()
  }
  const urlStore: SessionStore = {
    ...base,
    getState: () => ({ ...base.getState(), ...own }),
    subscribe(listener) {
      listeners.add(listener)
      const unsubscribe = base.subscribe(listener)
      return () => {
        listeners.delete(listener)
        unsubscribe()
      }
    },
    async start() {
      set({ flow: 'opening', url, error: null })
      return { kind: 'open', url, session: base.getSnapshot() as Snapshot }
    },
    report(step) {
      if (typeof step === 'object') set({ ...own, flow: 'failed', error: step.failed })
      else set({ flow: step, url: step === 'ready' ? url : null, error: null })
      // The store of the Session then polls for the verdict in case it does not arrive.
      if (step === 'submitted') base.report(step)
    },
    claim: () => true,
  }
  urlStores.add(urlStore)
  return urlStore
}
