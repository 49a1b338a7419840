import { type DiditErrorCode, type Issue, RequestError } from '@didit-verify/core/schemas'
import { readRetryAfter } from './budget.ts'
import { readIssues } from './error-body.ts'

/** How an answer of Didit, or the lack of one, becomes a `RequestError`. */

/** The part of a call that an error message names. */
export interface NamedCall {
  readonly method: string
  readonly path: string
}

/** Returns the error for an answer with a status that is not a success. */
export function refused(call: NamedCall, response: Response, text: string, now: number): RequestError {
  // The status is 0 in runtimes that hide redirects.
  const { status } = response
  const raw = parseJson(text) ?? text
  const issues = readIssues(raw)
  const [code, message, help] = classify(status, issues)
  return new RequestError(code, `${message} (${describeCall(call)}, status ${status})`, {
    status,
    issues,
    help,
    retryAfterSeconds: readRetryAfter(response.headers.get('retry-after'), now),
    raw,
  })
}

/** Returns the error for an answer with an unexpected form. */
export function badAnswer(
  what: string,
  options: { readonly status: number; readonly issues?: readonly Issue[] | undefined; readonly raw?: unknown },
): RequestError {
  return new RequestError('didit-answer-invalid', `Didit's answer has an unexpected form. (${what})`, options)
}

/** Returns the error for a call without an answer: Didit was not reached, or `allowedMs` ran out. */
export function unavailable(call: NamedCall, allowedMs: number, isTimedOut: boolean, cause: unknown): RequestError {
  const message = isTimedOut ? `Didit did not answer within ${allowedMs} ms.` : 'Didit could not be reached.'
  return new RequestError('didit-unavailable', `${message} (${describeCall(call)})`, { status: 0, cause })
}

/** Returns the error for a call that its caller stopped. */
export function aborted(call: NamedCall, cause: unknown): RequestError {
  return new RequestError('aborted', `The call was aborted. (${describeCall(call)})`, { status: 0, cause })
}

/** Returns the call for a message, without ids: they identify the Sessions of people. */
export const describeCall = ({ method, path }: NamedCall) => `${method} ${withoutIds(path)}`

/** Returns a path with `:id` in place of each id. */
export const withoutIds = (path: string) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, ':id')

/** Parses JSON. Returns undefined for other text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The engine's error is dropped: its message quotes the text, which may hold personal data.
    return undefined
  }
}

function classify(status: number, issues: readonly Issue[]): [code: DiditErrorCode, message: string, help?: string] {
  if (status === 0 || (status >= 300 && status < 400)) {
    return ['didit-answer-invalid', 'Didit answered with a redirect, which is not followed.', 'Check the base URL.']
  }
  if (status === 401 || (status === 403 && speaksOfCredentials(issues))) {
    return [
      'didit-credentials',
      'Didit refused the API key.',
      'Check DIDIT_API_KEY: a key belongs to one application and one environment, and may be limited or expired.',
    ]
  }
  if (status === 404) return ['didit-not-found', 'Didit does not know it.']
  if (status === 429) return ['didit-rate-limited', 'Didit asks to slow down.']
  if (status === 408 || status >= 500) return ['didit-unavailable', 'Didit has a fault.']
  return ['didit-rejected', 'Didit refused the request.', 'See `issues` for what Didit said.']
}

// Didit answers 403 for a missing key, for a wrong key, and for a request that a valid key does not allow (no credits, a
// Session in the wrong state). Only the text differs, and it may change. So we look for two words only, to choose a hint.
function speaksOfCredentials(issues: readonly Issue[]): boolean {
  return issues.some(({ path, message }) => path === '' && /credential|permission/i.test(message))
}
