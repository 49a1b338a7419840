import { RequestError } from './error.ts'

/** Runs work that the caller leaves when one of the signals fires. The work itself continues, unless `onLeave` ends it. */
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
