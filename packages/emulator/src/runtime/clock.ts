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
  after(delayMs: number, run: () => void): () => void
  /** Resolves after a delay on this clock, or when the clock is reset. */
  wait(delayMs: number): Promise<void>
  /**
   * Skips time, running in order whatever falls due, and what that makes fall due in turn.
   *
   * @param settle - Waits for what a run has set going, so that it is over before time moves on.
   */
  advance(seconds: number, settle: () => Promise<void>): Promise<void>
  /** Forgets everything planned, lets go of everyone who waits, and goes back to real time. */
  reset(): void
}

export interface ClockOptions {
  readonly now: () => number
  readonly timers: Timers
}

interface Plan {
  readonly dueAt: number
  readonly run: () => void
  timer: unknown
}

/** What a timer of Node holds; asked for more, it fires at once. */
const maxTimerMs = 2 ** 31 - 1
/** Nobody waits at a terminal for a retry or an expiry, so timers as long as those keep no process alive. */
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

/** Creates the clock that everything in one emulator runs on. */
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
    // A date that lies years ahead is approached in stages.
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
    const born = resets
    const target = current() + seconds * 1000
    for (let plan = earliest(); plan !== null && plan.dueAt <= target; plan = earliest()) {
      // What runs must read the moment it was planned for, not the end of the jump.
      skippedMs += Math.max(0, plan.dueAt - current())
      fire(plan)
      await settle()
      // Whoever has gone back to real time meanwhile does not want the rest of the jump.
      if (born !== resets) return
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
      const wanted = resets
      advancing = advancing.then(() => (wanted === resets ? skip(seconds, settle) : undefined))
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
