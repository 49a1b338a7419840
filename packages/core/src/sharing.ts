import { RequestError } from './error.ts'
import type { CallOptions } from './http.ts'

/** Runs work that any of these signals lets its caller leave; the work itself goes on, unless `onLeave` ends it. */
export async function abortable<T>(
  work: () => Promise<T>,
  signals: readonly (AbortSignal | undefined)[],
  onLeave = () => {},
): Promise<T> {
  let leave = () => {}
  try {
    return await new Promise<T>((resolve, reject) => {
      leave = () => {
        onLeave()
        reject(new RequestError('aborted', 'The call was aborted.', { status: 0 }))
      }
      if (signals.some((signal) => signal?.aborted)) return leave()
      for (const signal of signals) signal?.addEventListener('abort', leave)
      work().then(resolve, reject)
    })
  } finally {
    for (const signal of signals) signal?.removeEventListener('abort', leave)
  }
}

export interface SharedWork<Options, T> {
  /** Done once for all who ask at a time, with the options of the first. */
  readonly run: (signal: AbortSignal, options: Options) => Promise<T>
  /** Ends it for everybody. */
  readonly closed?: AbortSignal
  readonly onFailure?: (error: unknown) => void
  /** The last who waited has left; `run` hears of it by its signal. */
  readonly onAbandoned?: () => unknown
}

interface Run<T> {
  readonly controller: AbortController
  readonly promise: Promise<T>
  waiting: number
}

/** @returns A way to ask for the work: each call joins what is under way, and may leave by its own signal. */
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
    // One step later: who hears of the beginning and asks as well must already find it here.
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
