const listeners = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls back when a signal aborts. It does not call back for a signal that has already aborted.
 *
 * All callbacks of a signal share one listener, because Node warns of a leak from the eleventh listener on.
 *
 * @returns A function that removes the callback.
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
