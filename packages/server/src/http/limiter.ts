import { RequestError } from '@didit-verify/core/schemas'

/** Counts what happens per key, and refuses what is too much. */
export interface Limiter {
  /** @throws {RequestError} `rate-limited`, with the seconds to wait. */
  take(key: string): void
  /** Refuses like `take`, and takes nothing. */
  check(key: string): void
  /** The same for whom there is another way: false instead of the error. */
  tryTake(key: string): boolean
}

/**
 * Creates a limiter that allows `perMinute` calls a key: a bucket that refills evenly.
 *
 * It lives in this process only: behind several instances the limit is per instance.
 */
export function createLimiter(options: { readonly perMinute: number; readonly now: () => number }): Limiter {
  const { perMinute, now } = options
  const everyMs = 60_000 / perMinute
  // The moment at which a key's bucket is full again: one number says it all.
  const fullAt = new Map<string, number>()
  let sweepAtSize = 10_000

  /** Takes one, or only looks; says for how many milliseconds there is none. */
  function take(key: string, isDry = false): number {
    const at = now()
    if (fullAt.size > sweepAtSize) {
      // Full buckets say nothing, so the map holds only keys of the last minute.
      for (const [known, full] of fullAt) if (full <= at) fullAt.delete(known)
      sweepAtSize = Math.max(10_000, 2 * fullAt.size)
    }
    const next = Math.max(fullAt.get(key) ?? at, at) + everyMs
    // A millisecond of grace: a minute does not divide evenly.
    if (next - at > 60_001) return next - at - 60_000
    if (!isDry) fullAt.set(key, next)
    return 0
  }

  function refuse(waitMs: number): void {
    if (waitMs === 0) return
    throw new RequestError('rate-limited', 'Too many requests of this kind in a minute.', {
      status: 429,
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      help: 'Wait for the seconds that Retry-After names.',
    })
  }

  return {
    take: (key) => refuse(take(key)),
    check: (key) => refuse(take(key, true)),
    tryTake: (key) => take(key) === 0,
  }
}
