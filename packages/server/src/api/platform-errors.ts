/**
 * True for an error by which the framework around us steers, such as Next.js when a page turns out not to be static. It
 * recognises its own error by `digest`, so it must get the very same object.
 *
 * @see Next.js docs, "DynamicServerError": https://nextjs.org/docs/messages/dynamic-server-error
 */
export function isFrameworkSignal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && typeof Reflect.get(error, 'digest') === 'string'
}

/** True where the platform's `fetch` knows the option `cache`. Some runtimes throw for it. */
export const knowsCache = typeof Request === 'function' && 'cache' in Request.prototype

/**
 * True when a `fetch` has refused its options before it sent anything, and said so.
 *
 * @param isRepeatable - Whether a wrong guess would do no harm. Otherwise only a complaint about `cache` itself counts.
 */
export function refusesOptions(error: unknown, isRepeatable: boolean): boolean {
  if (!(error instanceof Error) || error.cause !== undefined || error.name === 'AbortError') return false
  if (/\bcache\b/i.test(error.message)) return true
  return (
    isRepeatable &&
    /\b(init|options?|fields?|propert(y|ies)|keys?|unrecogni[sz]ed|unsupported|not implemented)\b/i.test(error.message)
  )
}
