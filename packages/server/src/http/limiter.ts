import { RequestError } from '@didit-verify/core/schemas'

/** Rate limiter that counts by key. */
export interface Limiter {
  /**
   * Counts one call.
   *
   * @throws {RequestError} `rate-limited`, with the seconds to wait.
   */
  take(key: string): void
  /** Throws like `take`, but counts nothing. */
  check(key: string): void
  /** Counts one call. Returns false instead of throwing. */
  tryTake(key: string): boolean
  /** Counts one call that cannot be refused. Later calls wait for it, by at most a minute. */
  spend(key: string): void
}

/**
 * Creates a limiter that allows `perMinute` calls for each key: a token bucket that refills evenly.
 *
 * It counts in this process only. With several processes the limit applies to each.
 */
export function createLimiter(options: { readonly perMinute: number; readonly now: () => number }): Limiter {
  const { perMinute, now } = options
  const everyMs = 60_000 / perMinute
  // The time at which a key's bucket is full again. No other state is needed.
  const fullAt = new Map<string, number>()
  let sweepAtSize = 10_000

  /** Takes one token, or only checks. Returns the milliseconds to wait, 0 when there was a token. */
  function take(key: string, isDry = false): number {
    const at = now()
    if (fullAt.size > sweepAtSize) {
      // A full bucket needs no entry, so the map keeps only keys of the last minute.
      for (const [known, full] of fullAt) if (full <= at) fullAt.delete(known)
      sweepAtSize = Math.max(10_000, 2 * fullAt.size)
    }
    const next = Math.max(fullAt.get(key) ?? at, at) + everyMs
    // One millisecond of tolerance, since a minute may not divide evenly.
    if (next - at > 60_001) return next - at - 60_000
    if (!isDry) fullAt.set(key, next)
    return 0
  }

  function refuse(waitMs: number): void {
    if (waitMs === 0) return
    throw new RequestError('rate-limited', 'Too many requests of this kind in a minute.', {
      status: 429,
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      help: 'Wait for the number of seconds in Retry-After.',
    })
  }

  return {
    take: (key) => refuse(take(key)),
    check: (key) => refuse(take(key, true)),
    tryTake: (key) => take(key) === 0,
    spend(key) {
      const at = now()
      fullAt.set(key, Math.min(Math.max(fullAt.get(key) ?? at, at) + everyMs, at + 120_000))
    },
  }
}
