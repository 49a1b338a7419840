import { type DiditErrorCode, type Issue, RequestError } from '@didit-verify/core/schemas'
import type * as z from 'zod/mini'
import { parseHttpDate } from '../vendor-time.ts'
import { maxAnswerBytes, maxRefusalBytes, readTextUpTo } from './body-limit.ts'
import { mostJitterMs, readRetryAfter, type Turn } from './budget.ts'
import type { BudgetName, Budgets } from './budgets.ts'
import type { RequestNote, ResponseNote } from './call-options.ts'
import { readIssues } from './error-body.ts'
import { isFrameworkSignal, knowsCache, refusesOptions } from './platform-errors.ts'
import { createTimeout, type Timeout } from './timeout.ts'

/** What every call needs: the key, and the world outside. */
export interface Transport {
  readonly apiKey: string
  /** Without a slash at the end. */
  readonly baseUrl: string
  /** For one try. */
  readonly timeoutMs: number
  /** The same for calls on which Didit works for a while. */
  readonly slowTimeoutMs: number
  /** How long a call may wait for its turns, all tries together. */
  readonly longestWaitMs: number
  readonly budgets: Budgets
  readonly onRequest: ((note: RequestNote) => void) | undefined
  readonly onResponse: ((note: ResponseNote) => void) | undefined
  readonly fetch: typeof fetch
  /** The clock, in epoch milliseconds. */
  readonly now: () => number
  /** Resolves after that many milliseconds, or rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  /** A number in [0, 1). */
  readonly random: () => number
}

/** What is sent as a body. */
export interface Payload {
  /** None where `fetch` finds it out by itself. */
  readonly contentType?: string | undefined
  readonly body: BodyInit
  /** It can be read once only. */
  readonly isStream?: boolean | undefined
  /** What went wrong with the body itself, where something did: `fetch` only says that it failed. */
  readonly fault?: ((cause: unknown) => RequestError | undefined) | undefined
  /** The call has ended, and with it the need for the body. `fetch` does not let go of a stream that it waits for. */
  readonly release?: (() => void) | undefined
}

/** One call of Didit's API. */
export interface Call<Data> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Begins and ends with a slash: without the last one Didit answers a redirect, which could lose the key. */
  readonly path: `/${string}/`
  /** With the question mark, or empty. */
  readonly query?: string | undefined
  readonly budget: BudgetName
  /** What is wanted. Default `application/json`. */
  readonly accept?: string | undefined
  readonly payload?: Payload | undefined
  /** Didit works on it for a while. */
  readonly isSlow?: boolean | undefined
  /** Whether doing it twice is the same as doing it once. */
  readonly repeatable: boolean
  readonly signal?: AbortSignal | undefined
  /**
   * Makes the data of a good answer, and ends the patience once nothing more is awaited.
   *
   * @throws {RequestError} It has not the form that was agreed on. What else it throws is taken for a fault on the way.
   */
  read(response: Response, reading: Reading): Promise<Data>
}

/** What a reader of an answer needs beside it. */
export interface Reading {
  readonly timeout: Timeout
  /** What to throw for a fault on the way. */
  fault(cause: unknown): RequestError
  /** What to throw for an answer of another form. */
  invalid(issues?: readonly Issue[], raw?: unknown): RequestError
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
/** A fault that lasts longer than this is told to the caller at once. */
const longestFaultSeconds = 5

/**
 * Calls Didit once it is the call's turn, and again where that is safe and promising.
 *
 * | call | after a fault: no answer, 408, 5xx | when the budget was used up: 429 |
 * | --- | --- | --- |
 * | every GET | again: it changes nothing | again |
 * | delete | again: the second finds nothing | again |
 * | create | again with `vendor_data`, which makes Didit return the same Session | again |
 * | updateStatus | again for Approved and Declined, which are no-ops the second time; not for Resubmitted, which deletes | again |
 * | share | again: one token more harms nobody | again |
 * | importShared | not again: the second is refused, though the first may have worked | again |
 * | blocklist.add, blocklist.remove | not again: Didit says nothing of a repetition | again |
 * | poa, aml, ageEstimation, passiveLiveness | not again: each costs money | again, unless the file is a stream |
 * | phone.send, phone.check | not again: each counts against the number | again |
 *
 * A 429 did nothing, so what it turned away may always be sent later: when `Retry-After` has passed, as often as it takes
 * within `longestWaitMs`. It has to come from the budget, though. A write that is limited for other reasons (a phone
 * number, a Session, the quota of a sandbox), to be told by the missing `X-RateLimit-Limit`, is told to the caller.
 *
 * @throws {RequestError} Any failure; `code` tells the kind, and neither message nor cause holds the key or a body.
 */
export async function request<Data>(transport: Transport, call: Call<Data>): Promise<Answer<Data>> {
  try {
    return await attempt(transport, call)
  } finally {
    call.payload?.release?.()
  }
}

/** The same for whoever needs no moment of the answer. */
export async function requestData<Data>(transport: Transport, call: Call<Data>): Promise<Data> {
  return (await request(transport, call)).data
}

async function attempt<Data>(transport: Transport, call: Call<Data>): Promise<Answer<Data>> {
  const { budgets, longestWaitMs, onRequest, onResponse } = transport
  const named = { requestId: crypto.randomUUID(), method: call.method, path: withoutIds(call.path) }
  let waitedMs = 0
  let faults = 0
  for (let tries = 1; ; tries += 1) {
    const turn = await budgets
      .take(call.budget, { timeoutMs: longestWaitMs - waitedMs, hasWaited: tries > 1, signal: call.signal })
      .catch((cause: unknown) => {
        throw call.signal?.aborted ? aborted(call, cause) : cause
      })
    if (call.signal?.aborted) {
      turn.giveBack()
      throw aborted(call, call.signal.reason)
    }
    waitedMs += turn.waitedMs
    const note = { ...named, attempt: tries, waitedMs }
    tell(onRequest, note)
    const sending: Sending = { startedAt: transport.now(), elapsedMs: 0, status: 0, isSized: false }
    try {
      const answer = await attemptOnce(transport, call, turn, sending)
      tell(onResponse, { ...note, status: sending.status, elapsedMs: sending.elapsedMs })
      return answer
    } catch (error) {
      const { status, elapsedMs } = sending
      const { code, retryAfterSeconds } = error as Partial<RequestError>
      tell(onResponse, { ...note, status, elapsedMs, code })
      // Without seconds there is no telling when; with none it would be at once, again and again.
      if (status === 429 && retryAfterSeconds) {
        const isWorthIt = retryAfterSeconds * 1000 + mostJitterMs <= longestWaitMs - waitedMs
        if (isWorthIt && isOfBudget(call, sending)) continue
        throw error
      }
      const waitMs = faults < maxRetries ? waitBeforeRetry(transport, call, error, faults) : null
      if (waitMs === null) throw error
      faults += 1
      await transport.sleep(waitMs, call.signal).catch((cause: unknown) => {
        throw aborted(call, cause)
      })
    }
  }
}

/** What became of one try. */
interface Sending {
  readonly startedAt: number
  elapsedMs: number
  status: number
  /** The answer names the size of a limit. */
  isSized: boolean
}

/** True when a 429 is about the budget, so that it can go out with the next turn. */
function isOfBudget({ method, payload }: Call<unknown>, { isSized }: Sending): boolean {
  return !payload?.isStream && (method === 'GET' || isSized)
}

function waitBeforeRetry(
  { random }: Transport,
  { method, repeatable }: Call<unknown>,
  error: unknown,
  faults: number,
): number | null {
  if (!repeatable || !(error instanceof RequestError)) return null
  // Turned away without a word of when: only a read, which costs nothing, tries its luck.
  if (error.code !== 'didit-unavailable' && !(error.code === 'didit-rate-limited' && method === 'GET')) return null
  const asked = error.retryAfterSeconds
  if (asked !== undefined && asked > longestFaultSeconds) return null
  const backOff = 500 * 2 ** faults
  // Never sooner than asked; the rest is spread, so that callers who failed together do not come back together.
  return (asked ?? 0) * 1000 + backOff * (asked === undefined ? 0.5 + random() / 2 : random() / 2)
}

async function attemptOnce<Data>(
  { apiKey, baseUrl, timeoutMs, slowTimeoutMs, fetch, now }: Transport,
  call: Call<Data>,
  turn: Turn,
  sending: Sending,
): Promise<Answer<Data>> {
  const { method, path, query = '', payload, accept = 'application/json', signal, isSlow = false } = call
  const allowedMs = isSlow ? slowTimeoutMs : timeoutMs
  const timeout = createTimeout(allowedMs, signal)
  const fault = (cause: unknown) => {
    timeout.end()
    // The framework around us looks for this very object.
    if (isFrameworkSignal(cause)) return cause as RequestError
    if (cause instanceof RequestError) return cause
    if (signal?.aborted) return aborted(call, cause)
    const own = payload?.fault?.(cause)
    if (own !== undefined) return own
    const message = timeout.isOver() ? `Didit did not answer within ${allowedMs} ms.` : 'Didit could not be reached.'
    return new RequestError('didit-unavailable', `${message} (${describe(call)})`, { status: 0, cause })
  }
  let response: Response
  try {
    response = await fetchUncached(fetch, call.repeatable, `${baseUrl}${path}${query}`, {
      method,
      headers: {
        'x-api-key': apiKey,
        accept,
        ...(payload?.contentType === undefined ? {} : { 'content-type': payload.contentType }),
      },
      ...(payload === undefined ? {} : { body: payload.body }),
      // Without it, fetch refuses to send what it cannot read to the end first.
      ...(payload?.isStream ? { duplex: 'half' } : {}),
      redirect: 'manual',
      signal: timeout.signal,
    })
    sending.elapsedMs = Math.max(0, now() - sending.startedAt)
    sending.status = response.status
    sending.isSized = response.headers.has('x-ratelimit-limit')
    turn.settle(response)
  } catch (cause) {
    sending.elapsedMs = Math.max(0, now() - sending.startedAt)
    turn.settle(null)
    throw fault(cause)
  }
  const meta = readMeta(response, sending.elapsedMs, now())
  try {
    // What is too long to be Didit's own words says nothing, and the status still says what kind of refusal it is.
    if (!response.ok) throw refused(call, response, (await readTextUpTo(response, maxRefusalBytes)) ?? '', now())
    const data = await call.read(response, {
      timeout,
      fault,
      invalid: (issues, raw) => badAnswer(describe(call), { status: response.status, issues, raw }),
    })
    return { data, meta }
  } catch (cause) {
    throw fault(cause)
  }
}

// A fetch that has refused the option once is not asked again.
const withoutCache = new WeakSet<typeof fetch>()

/**
 * Calls `fetch` so that no answer is kept: frameworks replace the global `fetch` by one that writes answers to disk, and
 * a Decision holds personal data.
 */
async function fetchUncached(
  send: typeof fetch,
  isRepeatable: boolean,
  url: string,
  init: RequestInit,
): Promise<Response> {
  if (!knowsCache || withoutCache.has(send)) return send(url, init)
  try {
    return await send(url, { ...init, cache: 'no-store' })
  } catch (error) {
    if (init.signal?.aborted || isFrameworkSignal(error) || !refusesOptions(error, isRepeatable)) throw error
    withoutCache.add(send)
    return send(url, init)
  }
}

/** Reads an answer in JSON; one without a body is read as null. */
export function asJson<Schema extends z.ZodMiniType>(schema: Schema): Call<z.infer<Schema>>['read'] {
  return async (response, { timeout, invalid }) => {
    const text = await readTextUpTo(response, maxAnswerBytes)
    timeout.end()
    if (text === null) throw invalid([{ path: '', message: `The answer is larger than ${maxAnswerBytes} bytes.` }])
    const parsed = schema.safeParse(text === '' ? null : parseJson(text))
    if (parsed.success) return parsed.data
    const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
    throw invalid(issues, parseJson(text) ?? text)
  }
}

/** What to throw for an answer of another form than was agreed on. */
export function badAnswer(
  what: string,
  options: { readonly status: number; readonly issues?: readonly Issue[] | undefined; readonly raw?: unknown },
): RequestError {
  return new RequestError('didit-answer-invalid', `Didit's answer has an unexpected form. (${what})`, options)
}

/** What is written to a log must not stop what it tells of. */
function tell<Note>(hook: ((note: Note) => unknown) | undefined, note: Note): void {
  if (hook === undefined) return
  try {
    Promise.resolve(hook(note)).catch(() => {})
  } catch {}
}

function readMeta(response: Response, elapsedMs: number, now: number): AnswerMeta {
  const date = parseHttpDate(response.headers.get('date') ?? '')
  return Number.isNaN(date)
    ? { dateSeconds: Math.floor(now / 1000), clock: 'local', elapsedMs }
    : { dateSeconds: Math.floor(date / 1000), clock: 'vendor', elapsedMs }
}

function refused(call: Call<unknown>, response: Response, text: string, now: number): RequestError {
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The engine's message quotes the text, which may hold a person's data.
    return undefined
  }
}

function aborted(call: Call<unknown>, cause: unknown): RequestError {
  return new RequestError('aborted', `The call was given up. (${describe(call)})`, { status: 0, cause })
}

/** The call for a message: the path without ids, which name people's Sessions. */
const describe = ({ method, path }: Call<unknown>) => `${method} ${withoutIds(path)}`

const withoutIds = (path: string) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, ':id')
