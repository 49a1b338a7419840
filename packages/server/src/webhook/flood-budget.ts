import { networkOf } from '../http/client-address.ts'

/**
 * How much forged text an address may have checked, so that a flood of it cannot eat the processor.
 *
 * Whatever Didit itself sends costs nothing: only what turns out to be forged is charged for, and `X-Signature` alone is
 * checked for everybody, always.
 */
export interface FloodBudget {
  /** True when this address has used up its share for now. */
  isSpent(address: string): boolean
  /** Charges for a body that was checked in vain. */
  charge(address: string, bytes: number): void
}

// Measured on one core: the canonical form and the parsing of a hostile body cost up to 180 ms for each MiB, hashing its
// bytes 1 ms. So an address can take a third of a second at once, and then 11 ms of each second.
const burstBytes = 2 * 1_048_576
const bytesPerSecond = 64 * 1_024
// Later ones share a budget until others have recovered: memory is bounded, too.
const maxAddresses = 1_000
const shared = 'shared'

/**
 * Creates the budgets of one process.
 *
 * @param options.now - Epoch milliseconds.
 */
export function createFloodBudget({ now }: { readonly now: () => number }): FloodBudget {
  // The moment at which an address has its whole budget again: one number says it all.
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
