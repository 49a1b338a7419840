/**
 * The ways back of people who are at the hosted page, in this process's memory.
 *
 * The decision often arrives before the person does, and the storage then keeps no query of the way back, since that can
 * hold personal data. Where another process or a restart has lost this memory, the person comes back without the query.
 */
export interface WaysBack {
  /** Remembers where a user wants to continue; undefined forgets it. */
  remember(userId: string, returnTo: string | undefined): void
  /** Returns the newest way back of a user. */
  find(userId: string): string | undefined
}

const keepMs = 2 * 60 * 60_000
const maxUsers = 10_000

/** Creates an empty memory. */
export function createWaysBack(now: () => number): WaysBack {
  const known = new Map<string, { readonly returnTo: string; readonly until: number }>()
  return {
    remember(userId, returnTo) {
      known.delete(userId)
      if (returnTo === undefined) return
      known.set(userId, { returnTo, until: now() + keepMs })
      // The oldest come first.
      for (const [user, { until }] of known) {
        if (until > now() && known.size <= maxUsers) break
        known.delete(user)
      }
    },
    find(userId) {
      const found = known.get(userId)
      return found !== undefined && found.until > now() ? found.returnTo : undefined
    },
  }
}
