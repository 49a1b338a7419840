import type { Timers } from '../src/index.ts'

/** Waits for pending promises and for streams that have bytes. */
export async function flush(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0))
}

/** Creates a clock that moves only when the test says so. */
export function createFakeClock(start = 1_793_000_000_000) {
  let now = start
  let lastHandle = 0
  const pending = new Map<number, { at: number; callback: () => void }>()
  const timers: Timers = {
    setTimeout(callback, delayMs) {
      lastHandle += 1
      pending.set(lastHandle, { at: now + delayMs, callback })
      return lastHandle
    },
    clearTimeout: (handle) => void pending.delete(handle as number),
  }
  return {
    now: () => now,
    timers,
    pending: () => pending.size,
    /** Milliseconds until the next timer fires. */
    next: () => Math.min(...[...pending.values()].map(({ at }) => at - now)),
    /** Moves the time without running timers, as when a computer sleeps. */
    sleep(ms: number): void {
      now += ms
      for (const timer of pending.values()) timer.at += ms
    },
    async advance(ms: number): Promise<void> {
      const end = now + ms
      await flush()
      for (;;) {
        const due = [...pending].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0]
        if (!due) break
        pending.delete(due[0])
        now = Math.max(now, due[1].at)
        due[1].callback()
        await flush()
      }
      now = end
    },
  }
}
