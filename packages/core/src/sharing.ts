import { abortable } from './abortable.ts'
import type { CallOptions } from './http.ts'

export interface SharedWork<Options, T> {
  /** Runs once for all callers at a time, with the options of the first caller. */
  readonly run: (signal: AbortSignal, options: Options) => Promise<T>
  /** Ends the work for all callers. */
  readonly closed?: AbortSignal
  readonly onFailure?: (error: unknown) => void
  /** Called when the last waiting caller has left. The signal of `run` fires too. */
  readonly onAbandoned?: () => unknown
}

interface Run<T> {
  readonly controller: AbortController
  readonly promise: Promise<T>
  waiting: number
}

/** Returns a function that starts the work or joins the running work. Each caller can leave by its own signal. */
export function shared<T, Options extends CallOptions = CallOptions>({
  run,
  closed,
  onFailure,
  onAbandoned,
}: SharedWork<Options, T>): (options?: Options) => Promise<T> {
  let current: Run<T> | undefined

  function begin(options: Options): Run<T> {
    const controller = new AbortController()
    const { signal } = controller
    // Deferred by one step, so that a caller that reacts to the start already finds this run and joins it.
    const promise = Promise.resolve()
      .then(() => {
        signal.throwIfAborted()
        return run(signal, options)
      })
      .finally(() => {
        if (!signal.aborted) current = undefined
      })
    promise.catch((error) => signal.aborted || onFailure?.(error))
    return { controller, promise, waiting: 0 }
  }

  return (options = {} as Options) => {
    let joined: Run<T> | undefined
    const join = () => {
      current ??= begin(options)
      joined = current
      current.waiting += 1
      return current.promise
    }
    return abortable(join, [options.signal, closed], () => {
      if (!joined || joined !== current) return
      joined.waiting -= 1
      if (joined.waiting) return
      joined.controller.abort()
      current = undefined
      onAbandoned?.()
    })
  }
}
