import { RequestError } from '@didit-verify/core/schemas'

/** Counts what happens per key, and refuses what is too much. */
export interface Limiter {
  /** @throws {RequestError} `rate-limited`, with the seconds to wait. */
  take(key: string): void
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

  return {
    take(key) {
      const at = now()
      // Full buckets say nothing, so the map holds only keys of the last minute.
      if (fullAt.size > 10_000) for (const [known, full] of fullAt) if (full <= at) fullAt.delete(known)
      const next = Math.max(fullAt.get(key) ?? at, at) + everyMs
      // A millisecond of grace: a minute does not divide evenly.
      if (next - at > 60_001) {
        throw new RequestError('rate-limited', 'Too many requests of this kind in a minute.', {
          status: 429,
          retryAfterSeconds: Math.max(1, Math.ceil((next - at - 60_000) / 1000)),
          help: 'Wait for the seconds that Retry-After names.',
        })
      }
      fullAt.set(key, next)
    },
  }
}
