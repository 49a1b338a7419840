const listeners = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls back when a signal aborts that is not aborted yet.
 *
 * One listener for each signal, however many calls share it: Node warns of a leak from the eleventh on.
 *
 * @returns The way out.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => {}
  let callbacks = listeners.get(signal)
  if (callbacks === undefined) {
    callbacks = new Set()
    listeners.set(signal, callbacks)
    const all = callbacks
    signal.addEventListener('abort', () => [...all].forEach((call) => void call()), { once: true })
  }
  callbacks.add(callback)
  return () => callbacks.delete(callback)
}
