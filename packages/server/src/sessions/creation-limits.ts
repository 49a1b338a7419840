import type { Config } from '../config.ts'
import { networkOf } from '../http/client-address.ts'
import { createLimiter } from '../http/limiter.ts'
import { isLoopback } from '../http/loopback.ts'

/** Limits how many Sessions a user, and an address, can create in a minute: each Session costs money. */
export interface CreationLimits {
  /** @throws {RequestError} `rate-limited`. A refused creation is not counted. */
  check(userId: string, address: string | null): void
  /** Counts one creation. */
  take(userId: string, address: string | null): void
}

/** Creates the limits of one server. */
export function createCreationLimits({
  limits,
  logger,
  now,
}: Pick<Config, 'limits' | 'logger' | 'now'>): CreationLimits {
  const users = createLimiter({ perMinute: limits.createsPerMinute, now })
  const addresses = createLimiter({ perMinute: limits.createsPerMinutePerAddress, now })
  let isReported = false

  return {
    check(userId, address) {
      const place = placeOf(address)
      users.check(userId)
      try {
        if (place !== null) addresses.check(place)
      } catch (refusal) {
        // A proxy that is not trusted makes one address of all users. This line is often the first sign of it.
        if (!isReported) logger.warn({}, 'one address creates too many Sessions; behind a proxy, set trustProxy')
        isReported = true
        throw refusal
      }
    },
    take(userId, address) {
      const place = placeOf(address)
      users.take(userId)
      if (place !== null) addresses.take(place)
    },
  }
}

/** The network to count by. Loopback is not counted: it is a proxy that is not trusted, or a developer. */
const placeOf = (address: string | null): string | null =>
  address === null || isLoopback(address) ? null : networkOf(address)
