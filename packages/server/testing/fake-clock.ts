/** A clock that stands still until it is moved, and the sleeps that hang on it. */
export function createFakeClock(start = Date.parse('2026-11-24T12:00:00Z')) {
  let at = start
  const sleepers = new Set<{ readonly at: number; wake(): void }>()
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    now: () => at,
    sleep: (ms: number, signal: AbortSignal | undefined) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const sleeper = { at: at + ms, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(signal.reason)
        })
      }),
    /** How many sleep. */
    sleeping: () => sleepers.size,
    /** Moves the clock, and wakes everybody whose time has come, in their order. */
    async advance(ms: number): Promise<void> {
      const end = at + ms
      for (;;) {
        await settle()
        const [next] = [...sleepers].filter((one) => one.at <= end).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        at = Math.max(at, next.at)
        sleepers.delete(next)
        next.wake()
      }
      at = end
      await settle()
    },
  }
}
