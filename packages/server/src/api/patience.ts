import { onAbort } from './on-abort.ts'

/** How long one try may take, and the caller's own wish to stop, in one signal. */
export interface Patience {
  readonly signal: AbortSignal
  /** True when the time ran out, false while it lasts and when the caller stopped. */
  isOver(): boolean
  /** The time begins anew. */
  renew(): void
  /** Nothing is awaited for a while, so that no time passes. */
  rest(): void
  /** Nothing is awaited any more. */
  end(): void
}

/**
 * Creates the patience for one try.
 *
 * Not `AbortSignal.any` with a timeout: this lets go of the caller's signal, which may live as long as the process, and can
 * begin anew with each part of an answer.
 */
export function createPatience(timeoutMs: number, signal: AbortSignal | undefined): Patience {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false
  const stop = () => controller.abort(signal?.reason)
  const forget = onAbort(signal, stop)
  if (signal?.aborted) stop()

  function rest(): void {
    clearTimeout(timer)
    timer = undefined
  }

  function renew(): void {
    rest()
    timer = setTimeout(() => {
      isOver = true
      controller.abort(new DOMException(`Nothing came for ${timeoutMs} ms.`, 'TimeoutError'))
    }, timeoutMs)
    // What is awaited keeps the process alive, not the patience for it.
    timer.unref?.()
  }

  renew()
  return {
    signal: controller.signal,
    isOver: () => isOver,
    renew,
    rest,
    end() {
      rest()
      forget()
    },
  }
}
