/** Calls back when the network returns or the page becomes visible. Returns a function that unsubscribes. */
export function onWake(listener: () => void): () => void {
  // There is no document during server rendering.
  if (typeof document === 'undefined') return () => {}
  const onVisible = () => {
    if (document.visibilityState === 'visible') listener()
  }
  addEventListener('online', listener)
  document.addEventListener('visibilitychange', onVisible)
  return () => {
    removeEventListener('online', listener)
    document.removeEventListener('visibilitychange', onVisible)
  }
}
