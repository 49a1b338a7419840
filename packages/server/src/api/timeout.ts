import { onAbort } from './on-abort.ts'

/** Timeout of one attempt, combined with the caller's signal. */
export interface Timeout {
  readonly signal: AbortSignal
  /** Returns true when the time ran out. Returns false before that, and when the caller aborted. */
  isOver(): boolean
  /** Starts the time again. */
  restart(): void
  /** Stops the time until `restart`. */
  pause(): void
  /** Ends the timeout for good. */
  end(): void
}

/**
 * Creates the timeout of one attempt.
 *
 * `AbortSignal.any` with a timeout is not enough: this one releases the caller's signal, which may live as long as the
 * process, and can restart for each chunk of an answer.
 */
export function createTimeout(timeoutMs: number, signal: AbortSignal | undefined): Timeout {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false
  const stop = () => controller.abort(signal?.reason)
  const forget = onAbort(signal, stop)
  if (signal?.aborted) stop()

  function pause(): void {
    clearTimeout(timer)
    timer = undefined
  }

  function restart(): void {
    pause()
    timer = setTimeout(() => {
      isOver = true
      controller.abort(new DOMException(`No data arrived for ${timeoutMs} ms.`, 'TimeoutError'))
    }, timeoutMs)
    // The timer must not keep the process alive. The awaited request does.
    timer.unref?.()
  }

  restart()
  return {
    signal: controller.signal,
    isOver: () => isOver,
    restart,
    pause,
    end() {
      pause()
      forget()
    },
  }
}
