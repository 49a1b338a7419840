import { type DiditErrorCode, type Issue, RequestError } from '@didit-verify/core/schemas'
import type * as z from 'zod/mini'
import { readIssues } from './error-body.ts'

/** What every call needs: the key, and the world outside. */
export interface Transport {
  readonly apiKey: string
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly timeoutMs: number
  readonly fetch: typeof fetch
  /** The clock, in epoch milliseconds. */
  readonly now: () => number
  /** Resolves after that many milliseconds, or rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  /** A number in [0, 1). */
  readonly random: () => number
}

/** One call of Didit's API. */
export interface Call<Schema extends z.ZodMiniType> {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Begins and ends with a slash: without the last one Didit answers a redirect, which could lose the key. */
  readonly path: `/${string}/`
  readonly body?: unknown
  /** What the answer must be; one without a body is read as null. */
  readonly schema: Schema
  /** Whether doing it twice is the same as doing it once. */
  readonly repeatable: boolean
  readonly signal?: AbortSignal | undefined
}

/** When an answer was made, for whoever has to order it among webhooks. */
export interface AnswerMeta {
  /** The `Date` header, in Unix seconds. */
  readonly dateSeconds: number
  /** Whose clock `dateSeconds` is: Didit's, or ours when the header was missing. */
  readonly clock: 'vendor' | 'local'
  /** From the sending of the request that was answered to the arrival of the answer's head. */
  readonly elapsedMs: number
}

/** What Didit answered, and when. */
export interface Answer<Data> {
  readonly data: Data
  readonly meta: AnswerMeta
}

/** Tries after the first one. */
const maxRetries = 2
/** Above this the caller is told at once, instead of being kept waiting. */
const longestWaitSeconds = 5

/**
 * Calls Didit once, and again where that is safe and promising.
 *
 * @throws {RequestError} Any failure; `code` tells the kind, and neither message nor cause holds the key or a body.
 */
export async function request<Schema extends z.ZodMiniType>(
  transport: Transport,
  call: Call<Schema>,
): Promise<Answer<z.infer<Schema>>> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await attemptOnce(transport, call)
    } catch (error) {
      const waitMs = attempt < maxRetries ? waitBeforeRetry(transport, call, error, attempt) : null
      if (waitMs === null) throw error
      await transport.sleep(waitMs, call.signal).catch((cause: unknown) => {
        throw aborted(call, cause)
      })
    }
  }
}

function waitBeforeRetry(
  { random }: Transport,
  { method, repeatable }: Call<z.ZodMiniType>,
  error: unknown,
  attempt: number,
): number | null {
  if (!repeatable || !(error instanceof RequestError)) return null
  // A creation that was turned away for its rate is not sent again from here: each one may cost money.
  if (error.code !== 'didit-unavailable' && !(error.code === 'didit-rate-limited' && method === 'GET')) return null
  const asked = error.retryAfterSeconds
  if (asked !== undefined && asked > longestWaitSeconds) return null
  const backOff = 500 * 2 ** attempt
  // Never sooner than asked; the rest is spread, so that callers who failed together do not come back together.
  return (asked ?? 0) * 1000 + backOff * (asked === undefined ? 0.5 + random() / 2 : random() / 2)
}

async function attemptOnce<Schema extends z.ZodMiniType>(
  { apiKey, baseUrl, timeoutMs, fetch, now }: Transport,
  call: Call<Schema>,
): Promise<Answer<z.infer<Schema>>> {
  const { method, path, body, schema, signal } = call
  // Outside the try: a body that cannot be written is no fault of the network.
  const payload = body === undefined ? {} : { body: JSON.stringify(body) }
  const timeout = AbortSignal.timeout(timeoutMs)
  const startedAt = now()
  let response: Response
  let elapsedMs: number
  let text: string
  try {
    response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        'x-api-key': apiKey,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...payload,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    elapsedMs = Math.max(0, now() - startedAt)
    text = await response.text()
  } catch (cause) {
    if (signal?.aborted) throw aborted(call, cause)
    const message = timeout.aborted ? `Didit did not answer within ${timeoutMs} ms.` : 'Didit could not be reached.'
    throw new RequestError('didit-unavailable', `${message} (${describe(call)})`, { status: 0, cause })
  }
  if (!response.ok) throw refused(call, response, text, now())

  const parsed = schema.safeParse(text === '' ? null : parseJson(text))
  if (!parsed.success) {
    throw new RequestError('didit-answer-invalid', `Didit's answer has an unexpected form. (${describe(call)})`, {
      status: response.status,
      issues: parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
      raw: parseJson(text) ?? text,
    })
  }
  return { data: parsed.data, meta: readMeta(response, elapsedMs, now()) }
}

function readMeta(response: Response, elapsedMs: number, now: number): AnswerMeta {
  const date = Date.parse(response.headers.get('date') ?? '')
  return Number.isNaN(date)
    ? { dateSeconds: Math.floor(now / 1000), clock: 'local', elapsedMs }
    : { dateSeconds: Math.floor(date / 1000), clock: 'vendor', elapsedMs }
}

function refused(call: Call<z.ZodMiniType>, response: Response, text: string, now: number): RequestError {
  // 0: what runtimes that hide redirects make of one.
  const { status } = response
  const raw = parseJson(text) ?? text
  const issues = readIssues(raw)
  const [code, message, help] = classify(status, issues)
  return new RequestError(code, `${message} (${describe(call)}, status ${status})`, {
    status,
    issues,
    help,
    retryAfterSeconds: readRetryAfter(response.headers.get('retry-after'), now),
    raw,
  })
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

// Didit answers 403 for a missing key, for a wrong one, and for what a right key cannot change (no credits, a Session
// in the wrong state). Only the text tells them apart, and it changes: so two words of it, and only to choose a hint.
function speaksOfCredentials(issues: readonly Issue[]): boolean {
  return issues.some(({ path, message }) => path === '' && /credential|permission/i.test(message))
}

function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\s*\d+\s*$/.test(header)) return Number(header)
  // Only the form of HTTP: Date.parse makes a year of "-5".
  const date = /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The engine's message quotes the text, which may hold a person's data.
    return undefined
  }
}

function aborted(call: Call<z.ZodMiniType>, cause: unknown): RequestError {
  return new RequestError('aborted', `The call was given up. (${describe(call)})`, { status: 0, cause })
}

/** The call for a message: the path without ids, which name people's Sessions. */
function describe({ method, path }: Call<z.ZodMiniType>): string {
  return `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, ':id')}`
}
