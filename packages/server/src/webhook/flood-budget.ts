import { networkOf } from '../http/client-address.ts'

/**
 * Rate limit per address for signature checks that fail, so that a flood of forged webhooks cannot use up the processor.
 *
 * Genuine webhooks with a body signature cost nothing. `X-Signature` is cheap to check, so it is always checked.
 */
export interface FloodBudget {
  /** Returns true while this address has used up its budget. */
  isSpent(address: string): boolean
  /** Charges an address for a body whose check failed. */
  charge(address: string, bytes: number): void
}

// Measured on one core: the canonical form and the parsing of a hostile body cost up to 180 ms for each MiB, hashing its
// bytes 1 ms. So one address can use a third of a second at once, and after that 11 ms per second.
const burstBytes = 2 * 1_048_576
const bytesPerSecond = 64 * 1_024
// Further addresses share one budget until others have recovered, which bounds the memory.
const maxAddresses = 1_000
const shared = 'shared'

/**
 * Creates the budgets of one process.
 *
 * @param options.now - Epoch milliseconds.
 */
export function createFloodBudget({ now }: { readonly now: () => number }): FloodBudget {
  // The moment at which an address has its whole budget again. This one number is enough to compute what is left.
  const fullAt = new Map<string, number>()
  const burstMs = (burstBytes / bytesPerSecond) * 1000

  const placeOf = (address: string): string => {
    const place = networkOf(address)
    if (fullAt.has(place) || fullAt.size < maxAddresses) return place
    for (const [known, full] of fullAt) if (full <= now()) fullAt.delete(known)
    return fullAt.size < maxAddresses ? place : shared
  }

  return {
    isSpent: (address) => (fullAt.get(placeOf(address)) ?? 0) - now() >= burstMs,
    charge(address, bytes) {
      const place = placeOf(address)
      fullAt.set(place, Math.max(fullAt.get(place) ?? 0, now()) + (bytes / bytesPerSecond) * 1000)
    },
  }
}
