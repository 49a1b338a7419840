/** A clock that stands still while anything is under way, and jumps to the next who wakes when all of them wait. */
export interface VirtualTime {
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly sleep: (ms: number, signal?: AbortSignal | undefined) => Promise<void>
  /** Counts what it wraps as under way until it settles: time stands still meanwhile. */
  hold<Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>): (...args: Args) => Promise<Result>
  /** Runs until the work is done. Fails when it waits for something that no clock brings. */
  run<Result>(work: () => Promise<Result>): Promise<Result>
}

interface Sleeper {
  readonly wakesAt: number
  wake(): void
}

/** Lets everything run that only waits for its turn in the event loop. */
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Creates a clock that begins at a moment, in epoch milliseconds. */
export function createVirtualTime(start: number): VirtualTime {
  let time = start
  let underWay = 0
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
        underWay += 1
        try {
          return await work(...args)
        } finally {
          underWay -= 1
        }
      },
    async run(work) {
      let isDone = false
      const result = work().finally(() => {
        isDone = true
      })
      // Awaited below; until then a failure is nobody's yet.
      result.catch(() => {})
      for (let idle = 0; !isDone; ) {
        await turns(3)
        if (isDone || underWay > 0) continue
        const wakesAt = Math.min(...[...sleepers].map((sleeper) => sleeper.wakesAt))
        if (Number.isFinite(wakesAt)) {
          idle = 0
          time = Math.max(time, wakesAt)
          for (const sleeper of [...sleepers]) if (sleeper.wakesAt <= time) sleeper.wake()
        } else if (idle++ > 1000) throw new Error('Everything waits, and nobody is to be woken.')
      }
      return result
    },
  }
}
