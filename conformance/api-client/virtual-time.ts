/** A clock that stands still while work is running, and jumps to the next timer when all work is waiting. */
export interface VirtualTime {
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly sleep: (ms: number, signal?: AbortSignal | undefined) => Promise<void>
  /** Wraps a function so that time stands still until its promise settles. */
  hold<Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>): (...args: Args) => Promise<Result>
  /** Runs the work to its end, moving the clock. Rejects when the work waits for something other than a timer. */
  run<Result>(work: () => Promise<Result>): Promise<Result>
}

interface Sleeper {
  readonly wakesAt: number
  wake(): void
}

/** Waits for a number of turns of the event loop. */
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Creates a clock that starts at `start`, in epoch milliseconds. */
export function createVirtualTime(start: number): VirtualTime {
  let time = start
  let runningCount = 0
  const sleepers = new Set<Sleeper>()

  return {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const stop = () => {
          sleepers.delete(sleeper)
          reject(signal?.reason)
        }
        const sleeper: Sleeper = {
          wakesAt: time + Math.max(0, ms),
          wake() {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', stop)
            resolve()
          },
        }
        signal?.addEventListener('abort', stop, { once: true })
        sleepers.add(sleeper)
      }),
    hold:
      (work) =>
      async (...args) => {
        runningCount += 1
        try {
          return await work(...args)
        } finally {
          runningCount -= 1
        }
      },
    async run(work) {
      let isDone = false
      const result = work().finally(() => {
        isDone = true
      })
      // Awaited below. The empty handler prevents an "unhandled rejection" until then.
      result.catch(() => {})
      for (let idle = 0; !isDone; ) {
        await turns(3)
        if (isDone || runningCount > 0) continue
        const wakesAt = Math.min(...[...sleepers].map((sleeper) => sleeper.wakesAt))
        if (Number.isFinite(wakesAt)) {
          idle = 0
          time = Math.max(time, wakesAt)
          for (const sleeper of [...sleepers]) if (sleeper.wakesAt <= time) sleeper.wake()
        } else if (idle++ > 1000) throw new Error('The work is waiting, but no timer is set.')
      }
      return result
    },
  }
}
