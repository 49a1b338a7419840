import { onAbort } from './on-abort.ts'

/** How long one try may take, and the caller's own wish to stop, in one signal. */
export interface Timeout {
  readonly signal: AbortSignal
  /** True when the time ran out, false while it lasts and when the caller stopped. */
  isOver(): boolean
  /** The time begins anew. */
  restart(): void
  /** Nothing is awaited for a while, so that no time passes. */
  pause(): void
  /** Nothing is awaited any more. */
  end(): void
}

/**
 * Creates the patience for one try.
 *
 * Not `AbortSignal.any` with a timeout: this lets go of the caller's signal, which may live as long as the process, and can
 * begin anew with each part of an answer.
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
      controller.abort(new DOMException(`Nothing came for ${timeoutMs} ms.`, 'TimeoutError'))
    }, timeoutMs)
    // What is awaited keeps the process alive, not the patience for it.
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
