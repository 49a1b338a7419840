import type { DiditError, RequestError } from '@didit-verify/core'

const isPassing = ({ code, status }: Partial<RequestError>): boolean =>
  code !== 'aborted' && status !== undefined && (status === 0 || status === 429 || status >= 500)

/**
 * Retry options: repeats only requests that can succeed later, and not before the time that the server named.
 *
 * TanStack's default also repeats a 401 and a 404, which only makes the person wait.
 */
export const queryRetry = {
  retry: (failures: number, error: DiditError): boolean => failures < 2 && isPassing(error),
  retryDelay: (failures: number, error: Partial<RequestError>): number =>
    // A timer of 2^31 ms or more would fire at once.
    Math.min(1000 * (error.retryAfterSeconds ?? 2 ** failures), 2 ** 31 - 1),
}
