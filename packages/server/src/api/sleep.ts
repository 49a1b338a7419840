import { onAbort } from './on-abort.ts'

/**
 * Resolves after so many milliseconds, or rejects when the signal aborts.
 *
 * Not `node:timers/promises`: it adds a listener to the signal for each sleep. All background calls share one signal, and
 * in an outage many of them sleep at once, so Node would warn of a leak.
 */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const timer = setTimeout(() => {
      forget()
      resolve()
    }, ms)
    const forget = onAbort(signal, () => {
      clearTimeout(timer)
      reject(signal?.reason)
    })
  })
}
