/** Timer functions, from the runtime or from a test. */
export interface Timers {
  setTimeout(run: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
}

/** A clock that follows real time and can skip time. */
export interface Clock {
  /** Returns epoch milliseconds, including skipped time. */
  now(): number
  /** Returns whole seconds since the epoch, the unit of Didit's timestamps. */
  seconds(): number
  /** Runs a callback once, after a delay on this clock. Returns a function that cancels it. */
  after(delayMs: number, run: () => void): () => void
  /** Resolves after a delay on this clock. A reset resolves it early. */
  wait(delayMs: number): Promise<void>
  /**
   * Skips time. Runs the callbacks that become due in order, including those that they schedule.
   *
   * @param settle - Runs after each callback. Time moves on when it resolves.
   */
  advance(seconds: number, settle: () => Promise<void>): Promise<void>
  /** Cancels all callbacks, resolves all waits, and returns to real time. */
  reset(): void
}

/** Options of `createClock`. */
export interface ClockOptions {
  readonly now: () => number
  readonly timers: Timers
}

interface Plan {
  readonly dueAt: number
  readonly run: () => void
  timer: unknown
}

/** The longest delay of a Node timer. With a longer one it would fire at once. */
const maxTimerMs = 2 ** 31 - 1
/** Longer timers, such as retries and expiry, do not keep the process running. */
const longMs = 30_000

/** Node's own timers. */
export const systemTimers: Timers = {
  setTimeout(run, delayMs) {
    const timer = setTimeout(run, delayMs)
    if (delayMs > longMs) timer.unref()
    return timer
  },
  clearTimeout(timer) {
    clearTimeout(timer as ReturnType<typeof setTimeout>)
  },
}

/** Creates the clock of one emulator. */
export function createClock({ now, timers }: ClockOptions): Clock {
  const plans = new Set<Plan>()
  const waiting = new Set<() => void>()
  let skippedMs = 0
  let advancing: Promise<void> = Promise.resolve()
  let resets = 0

  const current = () => now() + skippedMs

  function arm(plan: Plan): void {
    timers.clearTimeout(plan.timer)
    const leftMs = Math.max(0, plan.dueAt - current())
    // A delay beyond the limit is split into several timers.
    plan.timer =
      leftMs > maxTimerMs ? timers.setTimeout(() => arm(plan), maxTimerMs) : timers.setTimeout(() => fire(plan), leftMs)
  }

  function fire(plan: Plan): void {
    if (!plans.delete(plan)) return
    timers.clearTimeout(plan.timer)
    plan.run()
  }

  function after(delayMs: number, run: () => void): () => void {
    const plan: Plan = { dueAt: current() + delayMs, run, timer: undefined }
    plans.add(plan)
    arm(plan)
    return () => {
      plans.delete(plan)
      timers.clearTimeout(plan.timer)
    }
  }

  const earliest = () => [...plans].reduce<Plan | null>((a, b) => (a !== null && a.dueAt <= b.dueAt ? a : b), null)

  async function skip(seconds: number, settle: () => Promise<void>): Promise<void> {
    const startedIn = resets
    const target = current() + seconds * 1000
    for (let plan = earliest(); plan !== null && plan.dueAt <= target; plan = earliest()) {
      // The callback must see its due time, not the end of the jump.
      skippedMs += Math.max(0, plan.dueAt - current())
      fire(plan)
      await settle()
      // A reset has returned to real time and cancels the rest of the jump.
      if (startedIn !== resets) return
    }
    skippedMs += Math.max(0, target - current())
    for (const plan of plans) arm(plan)
  }

  return {
    now: current,
    seconds: () => Math.floor(current() / 1000),
    after,
    wait: (delayMs) =>
      new Promise((resolve) => {
        const done = () => {
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
        after(delayMs, done)
      }),
    advance(seconds, settle) {
      const requestedIn = resets
      advancing = advancing.then(() => (requestedIn === resets ? skip(seconds, settle) : undefined))
      return advancing
    },
    reset() {
      resets += 1
      for (const plan of plans) timers.clearTimeout(plan.timer)
      plans.clear()
      skippedMs = 0
      for (const done of [...waiting]) done()
    },
  }
}
