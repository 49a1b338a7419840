import { type DiditErrorCode, type Issue, isDiditError, type Problem, RequestError } from '@didit-verify/core/schemas'
import { WebhookError } from '../errors.ts'

/**
 * Turns errors into the problem documents (RFC 9457) that a browser gets, with our `code`.
 *
 * Messages of Didit and of the storage stay on the server, and the browser gets our own sentence for the code. Didit's
 * text may contain personal data, or reveal to a blocked person that they are blocked.
 */

interface Answer {
  readonly status: number
  /** Sentence for the person. */
  readonly title: string
  /** Next step for the developer. */
  readonly help?: string
  /** True when the error's message and issues are about the browser's own request, so that they may be sent. */
  readonly isTheirs?: true
}

const answers: Partial<Record<DiditErrorCode, Answer>> = {
  unauthenticated: { status: 401, title: 'Please sign in first.', isTheirs: true },
  'ticket-invalid': { status: 401, title: 'This page may not read the verification.', isTheirs: true },
  'ticket-expired': { status: 401, title: 'This page has been open for too long.', isTheirs: true },
  'forbidden-origin': { status: 403, title: 'This website may not start a verification.', isTheirs: true },
  'request-invalid': { status: 400, title: 'The request could not be read.', isTheirs: true },
  'unknown-workflow': { status: 400, title: 'This verification is not offered.', isTheirs: true },
  'body-too-large': { status: 413, title: 'The request is too large.', isTheirs: true },
  'session-not-found': { status: 404, title: 'There is no such verification.', isTheirs: true },
  'session-foreign': { status: 409, title: 'This verification belongs to another account.', isTheirs: true },
  'not-approved': { status: 409, title: 'This verification is not approved.', isTheirs: true },
  'identity-required': { status: 403, title: 'Please verify your identity first.', isTheirs: true },
  'staff-only': { status: 403, title: 'This is for staff only.', isTheirs: true },
  'proof-invalid': { status: 403, title: 'Please verify your identity first.', isTheirs: true },
  'proof-expired': { status: 403, title: 'Please send this once more.', isTheirs: true },
  'attempts-exhausted': { status: 409, title: 'There are no attempts left.', isTheirs: true },
  'rate-limited': { status: 429, title: 'Too many requests. Please wait a moment.', isTheirs: true },
  'route-not-found': { status: 404, title: 'There is nothing at this address.', isTheirs: true },
  'shutting-down': { status: 503, title: 'The service is restarting. Please try again in a moment.', isTheirs: true },
  // A read at Didit that was aborted because the server closes.
  aborted: { status: 503, title: 'The service is restarting. Please try again in a moment.' },
  'storage-unavailable': {
    status: 503,
    title: 'The service is briefly unavailable. Please try again in a moment.',
    help: 'The storage did not answer. See the log of the companion server.',
  },
  'didit-credentials': {
    status: 502,
    title: 'Verification is not available right now.',
    help: 'Didit refused the API key: a key belongs to one application and one environment. See the log of the companion server.',
  },
  'didit-rejected': {
    status: 502,
    title: 'Verification is not available right now.',
    help: 'Didit refused the request, for example because of an unknown workflow id or missing credits. See the log of the companion server.',
  },
  'didit-not-found': {
    status: 404,
    title: 'This verification no longer exists.',
    help: 'Didit does not know the Session. It was deleted, or belongs to another application or environment.',
  },
  'didit-rate-limited': {
    status: 503,
    title: 'Very many people are verifying right now. Please try again in a moment.',
  },
  'didit-unavailable': {
    status: 503,
    title: 'The verification service cannot be reached. Please try again in a moment.',
    help: 'Didit did not answer. See the log of the companion server, and check the option didit.baseUrl.',
  },
  'didit-answer-invalid': {
    status: 502,
    title: 'The verification service gave an unexpected answer.',
    help: 'See the log of the companion server.',
  },
  'webhook-forged': { status: 401, title: 'No signature fits.' },
  'webhook-stale': { status: 401, title: 'The delivery is too old.' },
  'webhook-unreadable': { status: 400, title: 'The body could not be read.' },
  'webhook-too-large': { status: 413, title: 'The body is too large.' },
}

const internal: Answer = {
  status: 500,
  title: 'Something went wrong on our side.',
  help: 'See the log of the companion server.',
}

// Used when the error has no `retryAfterSeconds`: short enough for a person, long enough for a restart.
const defaultRetrySeconds = 5
const crowdedRetrySeconds = 10

/** Returns the problem document for a thrown value. Unknown errors become `internal`. */
export function problemOf(error: unknown): Problem {
  const code = isDiditError(error) && Object.hasOwn(answers, error.code) ? error.code : 'internal'
  const { status, title, help, isTheirs } = answers[code] ?? internal
  const own = isTheirs && isDiditError(error) ? error : undefined
  const issues = (own as { issues?: readonly Issue[] } | undefined)?.issues ?? []
  // These two are raised by this server alone, so their advice holds nothing of anybody else.
  const isOurAdvice = isDiditError(error) && ['internal', 'webhook-unreadable'].includes(error.code)
  const advice = own?.help ?? (isOurAdvice ? error.help : undefined) ?? help
  return {
    type: `urn:didit-verify:error:${code}`,
    title,
    // The status decides whether Didit sends the webhook again, and a WebhookError carries its own.
    status: error instanceof WebhookError ? error.status : isTemporary(code, error) ? 503 : status,
    code,
    ...(own ? { detail: own.message } : {}),
    ...(advice ? { help: advice } : {}),
    ...(issues.length > 0 ? { issues } : {}),
  }
}

/**
 * True for a limit on what this server can hold, rather than on how often somebody asks, and for a failure of something
 * that the sign-in needs.
 */
function isTemporary(code: DiditErrorCode, error: unknown): boolean {
  return ['rate-limited', 'internal'].includes(code) && isDiditError(error) && (error as RequestError).status === 503
}

/**
 * Returns the `Response` for an error, as the server's own routes answer it: a problem document with our `code`, and
 * `Retry-After` when a later attempt can succeed.
 *
 * @example
 * ```ts
 * import { isDiditError, problemResponse, type DiditServer } from '@didit-verify/server'
 *
 * declare const didit: DiditServer
 *
 * export async function transfer(request: Request): Promise<Response> {
 *   try {
 *     const { user } = await didit.requireVerified(request, { workflow: 'default' })
 *     return Response.json({ from: user.userId })
 *   } catch (error) {
 *     if (isDiditError(error)) return problemResponse(error)
 *     throw error
 *   }
 * }
 * ```
 *
 * @param error - Any thrown value. An error from outside these packages becomes `internal`, without its message.
 */
export function problemResponse(error: unknown): Response {
  return toResponse(problemOf(error), error)
}

/** Returns the `Response` for a problem and the error that it comes from. */
export function toResponse(problem: Problem, error: unknown): Response {
  const headers = new Headers({ 'Content-Type': 'application/problem+json' })
  const told = (error as { retryAfterSeconds?: number } | undefined)?.retryAfterSeconds
  const usual = problem.code === 'didit-rate-limited' ? crowdedRetrySeconds : defaultRetrySeconds
  const seconds = told ?? ([429, 503].includes(problem.status) ? usual : undefined)
  if (seconds !== undefined) headers.set('Retry-After', String(Math.max(1, Math.ceil(seconds))))
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}

/** Returns the error for a path that no route has. */
export const routeNotFound = ({ basePath }: { readonly basePath: string }) =>
  new RequestError('route-not-found', 'No route of this server answers this method and path.', {
    status: 404,
    help: `The routes begin with ${basePath || '/'}: is the server mounted there?`,
  })
