/** The timers of the runtime, or a test's own. */
export interface Timers {
  setTimeout(run: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
}

/** Time that passes by itself and can also be pushed on. */
export interface Clock {
  /** Epoch milliseconds, with everything that was skipped. */
  now(): number
  /** Unix seconds: the grain of Didit's clock. */
  seconds(): number
  /** Runs something once, after a delay on this clock. Returns the way to call it off. */
  after(delayMs: number, run: () => void | Promise<void>): () => void
  /** Skips time, running in order whatever falls due, and what that makes fall due in turn. */
  advance(seconds: number): Promise<void>
  /** Forgets everything planned and goes back to real time. */
  reset(): void
}

export interface ClockOptions {
  readonly now: () => number
  readonly timers: Timers
}

interface Plan {
  readonly dueAt: number
  readonly run: () => void | Promise<void>
  timer: unknown
}

/** Node's timers, none of which keeps a process alive: an emulator that waits for a retry must not hold a test run. */
export const systemTimers: Timers = {
  setTimeout(run, delayMs) {
    const timer = setTimeout(run, delayMs)
    timer.unref()
    return timer
  },
  clearTimeout(timer) {
    clearTimeout(timer as ReturnType<typeof setTimeout>)
  },
}

/** Creates the clock that everything in one emulator runs on. */
export function createClock({ now, timers }: ClockOptions): Clock {
  const plans = new Set<Plan>()
  let skippedMs = 0
  let advancing: Promise<void> = Promise.resolve()

  const current = () => now() + skippedMs

  function fire(plan: Plan): void | Promise<void> {
    if (!plans.delete(plan)) return
    timers.clearTimeout(plan.timer)
    return plan.run()
  }

  const earliest = () => [...plans].reduce<Plan | null>((a, b) => (a !== null && a.dueAt <= b.dueAt ? a : b), null)

  async function skip(seconds: number): Promise<void> {
    const target = current() + seconds * 1000
    for (let plan = earliest(); plan !== null && plan.dueAt <= target; plan = earliest()) {
      // What runs must read the moment it was planned for, not the end of the jump.
      skippedMs += Math.max(0, plan.dueAt - current())
      await fire(plan)
    }
    skippedMs += Math.max(0, target - current())
  }

  return {
    now: current,
    seconds: () => Math.floor(current() / 1000),
    after(delayMs, run) {
      const plan: Plan = { dueAt: current() + delayMs, run, timer: undefined }
      plans.add(plan)
      plan.timer = timers.setTimeout(() => void fire(plan), delayMs)
      return () => {
        plans.delete(plan)
        timers.clearTimeout(plan.timer)
      }
    },
    advance(seconds) {
      advancing = advancing.then(() => skip(seconds))
      return advancing
    },
    reset() {
      for (const plan of plans) timers.clearTimeout(plan.timer)
      plans.clear()
      skippedMs = 0
    },
  }
}
