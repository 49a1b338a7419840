import { isDiditError, type Problem, type RequestError } from '@didit-verify/core/schemas'
import { problemOf, toResponse } from '../http/problem.ts'

/**
 * Returns the error response for staff. It contains Didit's own status and issues, which a person's browser never gets.
 * Staff need them, for example to see which field Didit refused, or that a status cannot be changed now.
 *
 * Use it only for requests that `authorizeStaff` has allowed.
 */
export function staffProblem(error: unknown): Response {
  const problem = problemOf(error)
  if (!isDiditError(error)) return toResponse(problem, error)
  const told = wordsOf(error as RequestError)
  return toResponse(told === null ? problem : { ...problem, ...told }, error)
}

function wordsOf({ code, status, issues = [], message }: RequestError): Partial<Problem> | null {
  // The message is ours and contains no ids. Didit's text is in the issues.
  const said = { detail: message, ...(issues.length > 0 ? { issues } : {}) }
  switch (code) {
    case 'didit-rejected':
      return {
        ...said,
        // Pass Didit's own 4xx through. Anything else (for example an HTML page from a proxy) becomes a 502: the browser could not
        // interpret it.
        status: status >= 400 && status < 500 ? status : 502,
        title: 'Didit refused this.',
        help: 'See `issues` for the reasons that Didit gives.',
      }
    case 'didit-not-found':
      return { ...said, title: 'Didit does not know this.' }
    case 'didit-rate-limited':
      return { ...said, status: 429, title: 'Didit asks to slow down. Please try again in a moment.' }
    case 'didit-credentials':
      return { ...said, title: 'Didit refused the API key of this server.' }
    case 'didit-unavailable':
      return { title: 'Didit cannot be reached. Please try again in a moment.' }
    case 'didit-answer-invalid':
      return { title: 'Didit gave an unexpected answer.' }
    default:
      return null
  }
}
