import type { DiditError, RequestError } from '@didit-verify/core'

const isPassing = ({ code, status }: Partial<RequestError>): boolean =>
  code !== 'aborted' && status !== undefined && (status === 0 || status === 429 || status >= 500)

/**
 * Asks again only where another answer can be expected, and no sooner than the server said.
 *
 * TanStack's own default repeats everything, a 401 and a 404 too, and would keep the person waiting for nothing.
 */
export const queryRetry = {
  retry: (failures: number, error: DiditError): boolean => failures < 2 && isPassing(error),
  retryDelay: (failures: number, error: Partial<RequestError>): number =>
    // A timer of 2^31 ms or more would fire at once.
    Math.min(1000 * (error.retryAfterSeconds ?? 2 ** failures), 2 ** 31 - 1),
}
