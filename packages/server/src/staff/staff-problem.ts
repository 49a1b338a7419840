import { isDiditError, type Problem, type RequestError } from '@didit-verify/core/schemas'
import { problemOf, toResponse } from '../http/problem.ts'

/**
 * Errors as staff see them. They may know what Didit said, and have to: which field it refuses, and that a status
 * cannot be changed now. So Didit's own status and its issues are handed on, where a person's browser gets neither.
 *
 * Only for requests that `authorizeStaff` has let through.
 */
export function staffProblem(error: unknown): Response {
  const problem = problemOf(error)
  if (!isDiditError(error)) return toResponse(problem, error)
  const told = wordsOf(error as RequestError)
  return toResponse(told === null ? problem : { ...problem, ...told }, error)
}

function wordsOf({ code, status, issues = [], message }: RequestError): Partial<Problem> | null {
  // The message is ours, and names the call without its ids; what Didit said is in the issues.
  const said = { detail: message, ...(issues.length > 0 ? { issues } : {}) }
  switch (code) {
    case 'didit-rejected':
      return {
        ...said,
        // Of what is no refusal of this very request, such as a page of a proxy, the browser could make nothing.
        status: status >= 400 && status < 500 ? status : 502,
        title: 'Didit refused this.',
        help: 'See what Didit says about it in the issues.',
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
