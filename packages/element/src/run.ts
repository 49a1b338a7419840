import type { StartOutcome } from './walk.ts'

/** One call of `start()`, from the button to its outcome. */
export interface Run {
  /** Aborted when the run ends: a start that is still in progress is then dropped. */
  readonly signal: AbortSignal
  readonly promise: Promise<StartOutcome>
  readonly end: (kind: StartOutcome['kind']) => void
}

/**
 * Creates a run.
 *
 * @param finish - Called when the run ends. Returns the id of its Session.
 */
export function createRun(finish: () => string | null): Run {
  const controller = new AbortController()
  let end!: Run['end']
  const promise = new Promise<StartOutcome>((resolve) => {
    end = (kind) => {
      controller.abort()
      resolve({ kind, sessionId: finish() })
    }
  })
  return { signal: controller.signal, promise, end }
}
