/**
 * Returns true for an error that a framework uses for control flow. For example, Next.js throws one when a page is not
 * static. The framework recognizes its error by `digest`, so it must be thrown again unchanged.
 *
 * @see Next.js docs, "DynamicServerError": https://nextjs.org/docs/messages/dynamic-server-error
 */
export function isFrameworkSignal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && typeof Reflect.get(error, 'digest') === 'string'
}

/** True when the platform's `fetch` supports the option `cache`. Some runtimes throw for it. */
export const knowsCache = typeof Request === 'function' && 'cache' in Request.prototype

/**
 * Returns true when the error message says that `fetch` refused its options, before it sent anything.
 *
 * @param isRepeatable - Whether a wrong guess is harmless. If not, only a message that names `cache` counts.
 */
export function refusesOptions(error: unknown, isRepeatable: boolean): boolean {
  if (!(error instanceof Error) || error.cause !== undefined || error.name === 'AbortError') return false
  if (/\bcache\b/i.test(error.message)) return true
  return (
    isRepeatable &&
    /\b(init|options?|fields?|propert(y|ies)|keys?|unrecogni[sz]ed|unsupported|not implemented)\b/i.test(error.message)
  )
}
