import { type DiditErrorCode, type Issue, isDiditError, type Problem } from '@didit-verify/core/schemas'
import { WebhookError } from '../errors.ts'

/**
 * Errors as a browser sees them: RFC 9457 problem documents with our `code`.
 *
 * What Didit or the storage said stays on the server. An error of theirs becomes a sentence of ours by its code, for
 * Didit's own words may hold personal data, or tell a blocked person that they are blocked.
 */

interface Answer {
  readonly status: number
  /** For the person: what happened. */
  readonly title: string
  /** For the developer: what to do. */
  readonly help?: string
  /** Whether the error's own message and issues are about the browser's request, and so may be sent. */
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
  // A read at Didit that was given up because the server closes.
  aborted: { status: 503, title: 'The service is restarting. Please try again in a moment.' },
  'storage-unavailable': {
    status: 503,
    title: 'The service is briefly unavailable. Please try again in a moment.',
    help: 'The storage did not answer: see the log of the companion server.',
  },
  'didit-credentials': {
    status: 502,
    title: 'Verification is not available right now.',
    help: 'Didit refused the API key: a key belongs to one application and one environment. See the log of the companion server.',
  },
  'didit-rejected': {
    status: 502,
    title: 'Verification is not available right now.',
    help: 'Didit refused the request, for instance because of an unknown workflow id or missing credits. See the log of the companion server.',
  },
  'didit-not-found': {
    status: 404,
    title: 'This verification no longer exists.',
    help: 'Didit does not know the Session: it was deleted, or belongs to another application or environment.',
  },
  'didit-rate-limited': {
    status: 503,
    title: 'Very many people are verifying right now. Please try again in a moment.',
  },
  'didit-unavailable': {
    status: 503,
    title: 'The verification service cannot be reached. Please try again in a moment.',
    help: 'Didit did not answer: see the log of the companion server, and didit.baseUrl.',
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

// Where nobody said how long to wait: short enough for a person, long enough for a restart.
const defaultRetrySeconds = 5
const crowdedRetrySeconds = 10

/** Turns whatever was thrown into the problem to answer with. Faults that are not ours to name become `internal`. */
export function problemOf(error: unknown): Problem {
  const code = isDiditError(error) && Object.hasOwn(answers, error.code) ? error.code : 'internal'
  const { status, title, help, isTheirs } = answers[code] ?? internal
  const own = isTheirs && isDiditError(error) ? error : undefined
  const issues = (own as { issues?: readonly Issue[] } | undefined)?.issues ?? []
  const advice = own?.help ?? help
  return {
    type: `urn:didit-verify:error:${code}`,
    title,
    // A webhook error knows better than its code whether Didit shall send again.
    status: error instanceof WebhookError ? error.status : status,
    code,
    ...(own ? { detail: own.message } : {}),
    ...(advice ? { help: advice } : {}),
    ...(issues.length > 0 ? { issues } : {}),
  }
}

/**
 * The `Response` for whatever was thrown, as the routes of the server give it: a problem document with our `code`, and
 * `Retry-After` where waiting helps.
 *
 * @param error - Anything. What is not of these packages becomes `internal`, without its words.
 */
export function problemResponse(error: unknown): Response {
  return toResponse(problemOf(error), error)
}

/** The `Response` for a problem that was made of an error. */
export function toResponse(problem: Problem, error: unknown): Response {
  const headers = new Headers({ 'Content-Type': 'application/problem+json' })
  const told = (error as { retryAfterSeconds?: number } | undefined)?.retryAfterSeconds
  const usual = problem.code === 'didit-rate-limited' ? crowdedRetrySeconds : defaultRetrySeconds
  const seconds = told ?? ([429, 503].includes(problem.status) ? usual : undefined)
  if (seconds !== undefined) headers.set('Retry-After', String(Math.max(1, Math.ceil(seconds))))
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}
