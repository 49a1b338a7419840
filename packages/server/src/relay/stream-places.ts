import { RequestError } from '@didit-verify/core/schemas'

/**
 * Limits how many streams this process holds open.
 *
 * Each stream costs a connection, and a process may have some thousand file descriptors. Without a limit, one visitor could
 * take them all, and the next webhook would find none.
 */

/** Limits of open streams in this process. */
export interface StreamLimits {
  /** Streams of all people and staff together. Default 10 000. */
  readonly total?: number | undefined
  /** Streams of one user, or of one member of the staff. Default 20. */
  readonly perOwner?: number | undefined
  /** Spreads the time after which a refused reader comes back: from 0 to below 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** The place of one stream. */
export interface StreamPlace {
  /**
   * Counts the stream for its owner.
   *
   * @throws {RequestError} `rate-limited` (503): the owner has too many. The place is free again.
   */
  assign(owner: string): void
  /** Gives the place back. Further calls do nothing. */
  free(): void
}

/** The places of all streams of one process. */
export interface StreamPlaces {
  /** @throws {RequestError} `rate-limited` (503): all places are taken. */
  take(): StreamPlace
}

const retrySeconds = { least: 20, spread: 20 }

/** Creates the places of one server. */
export function createStreamPlaces(limits: StreamLimits = {}): StreamPlaces {
  const { total = 10_000, perOwner = 20, random = Math.random } = limits
  const owned = new Map<string, number>()
  let taken = 0

  function refusal(): RequestError {
    return new RequestError('rate-limited', 'Too many streams are open.', {
      status: 503,
      retryAfterSeconds: retrySeconds.least + Math.round(random() * retrySeconds.spread),
      help: 'Close streams that are not needed, or raise limits.streams and limits.streamsPerUser of the server.',
    })
  }

  function take(): StreamPlace {
    if (taken >= total) throw refusal()
    taken += 1
    let owner: string | null = null
    let isFree = false

    function free(): void {
      if (isFree) return
      isFree = true
      taken -= 1
      if (owner === null) return
      const others = (owned.get(owner) ?? 1) - 1
      if (others === 0) owned.delete(owner)
      else owned.set(owner, others)
    }

    return {
      assign(name) {
        if (isFree || owner !== null) return
        const count = owned.get(name) ?? 0
        if (count >= perOwner) {
          free()
          throw refusal()
        }
        owner = name
        owned.set(name, count + 1)
      },
      free,
    }
  }

  return { take }
}
