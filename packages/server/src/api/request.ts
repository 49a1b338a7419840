import { type Issue, RequestError } from '@didit-verify/core/schemas'
import type * as z from 'zod/mini'
import { parseHttpDate } from '../vendor-time.ts'
import { maxAnswerBytes, maxRefusalBytes, readTextUpTo } from './body-limit.ts'
import { mostJitterMs, type Turn } from './budget.ts'
import type { BudgetName, Budgets } from './budgets.ts'
import type { RequestNote, ResponseNote } from './call-options.ts'
import { isFrameworkSignal, knowsCache, refusesOptions } from './platform-errors.ts'
import { aborted, badAnswer, describeCall, parseJson, refused, unavailable, withoutIds } from './refusal.ts'
import { createTimeout, type Timeout } from './timeout.ts'

/** Settings that all calls share: the key, the limits, and access to network, clock and randomness. */
export interface Transport {
  readonly apiKey: string
  /** Without a slash at the end. */
  readonly baseUrl: string
  /** For one attempt. */
  readonly timeoutMs: number
  /** For one attempt of a slow call, such as a report. */
  readonly slowTimeoutMs: number
  /** How long a call may wait for its turns, all attempts together. */
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

/** The body of a request. */
export interface Payload {
  /** Undefined when `fetch` sets the header itself, as for `FormData`. */
  readonly contentType?: string | undefined
  readonly body: BodyInit
  /** True when the body can be read only once. */
  readonly isStream?: boolean | undefined
  /** Returns the error of the body itself, if there was one: `fetch` only reports that it failed. */
  readonly fault?: ((cause: unknown) => RequestError | undefined) | undefined
  /** Releases the body when the call has ended: `fetch` does not release a stream that it waits for. */
  readonly release?: (() => void) | undefined
}

/** One call of Didit's API. */
export interface Call<Data> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Begins and ends with a slash: without the last one Didit answers with a redirect, which could lose the key. */
  readonly path: `/${string}/`
  /** Includes the question mark, or is empty. */
  readonly query?: string | undefined
  readonly budget: BudgetName
  /** The `Accept` header. Default `application/json`. */
  readonly accept?: string | undefined
  readonly payload?: Payload | undefined
  /** True when Didit needs long to answer: `slowTimeoutMs` then applies. */
  readonly isSlow?: boolean | undefined
  /** True when two calls have the same effect as one. */
  readonly repeatable: boolean
  readonly signal?: AbortSignal | undefined
  /**
   * Reads the data of a successful answer, and ends the timeout when it has read everything.
   *
   * @throws {RequestError} The answer has an unexpected form. Any other error counts as a network failure.
   */
  read(response: Response, reading: Reading): Promise<Data>
}

/** Context for the reader of an answer. */
export interface Reading {
  readonly timeout: Timeout
  /** Returns the error to throw for a network failure. */
  fault(cause: unknown): RequestError
  /** Returns the error to throw for an answer with an unexpected form. */
  invalid(issues?: readonly Issue[], raw?: unknown): RequestError
}

/** When an answer was made. The server uses it to put answers and webhooks in order. */
export interface AnswerMeta {
  /** The `Date` header, in Unix seconds. */
  readonly dateSeconds: number
  /** The clock of `dateSeconds`: Didit's (`vendor`), or ours when the header is missing (`local`). */
  readonly clock: 'vendor' | 'local'
  /** When the request was sent, by our own clock in epoch milliseconds. */
  readonly startedAt: number
  /** Milliseconds from sending the request to receiving the head of the answer. */
  readonly elapsedMs: number
}

/** The data that Didit answered with, and when. */
export interface Answer<Data> {
  readonly data: Data
  readonly meta: AnswerMeta
}

/** Attempts after the first one. */
const maxRetries = 2
/** When Didit asks for a longer pause than this, the caller gets the error at once. */
const longestFaultSeconds = 5

/**
 * Sends one call to Didit when its turn comes, and retries it when that is safe and may help.
 *
 * | call | after a failure: no answer, 408, 5xx | after 429: the budget is used up |
 * | --- | --- | --- |
 * | every GET | retried: it changes nothing | retried |
 * | delete | retried: the second finds nothing | retried |
 * | create | retried with `vendor_data`: Didit then returns the same Session | retried |
 * | updateStatus | retried for Approved and Declined: the second changes nothing. Not for Resubmitted, which deletes data | retried |
 * | share | retried: a second token does no harm | retried |
 * | importShared | not retried: Didit refuses the second, though the first may have worked | retried |
 * | blocklist.add, blocklist.remove | not retried: Didit does not document the effect of a repetition | retried |
 * | poa, aml, ageEstimation, passiveLiveness | not retried: each costs money | retried, unless the file is a stream |
 * | phone.send, phone.check | not retried: each counts against the number | retried |
 *
 * A request that got a 429 had no effect. It is sent again after `Retry-After`, as often as needed within `longestWaitMs`.
 * This holds only for a 429 of the budget. A 429 for a write without `X-RateLimit-Limit` has another reason (a limit of a
 * phone number or a Session, the quota of a sandbox), and the caller gets it.
 *
 * @throws {RequestError} For any failure. `code` says which; message and cause contain neither the key nor a body.
 */
export async function request<Data>(transport: Transport, call: Call<Data>): Promise<Answer<Data>> {
  try {
    return await attempt(transport, call)
  } finally {
    call.payload?.release?.()
  }
}

/** Returns the data of a call without the time of its answer. */
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
    notify(onRequest, note)
    const sending: Sending = { startedAt: transport.now(), elapsedMs: 0, status: 0, isSized: false }
    try {
      const answer = await attemptOnce(transport, call, turn, sending)
      notify(onResponse, { ...note, status: sending.status, elapsedMs: sending.elapsedMs })
      return answer
    } catch (error) {
      const { status, elapsedMs } = sending
      const { code, retryAfterSeconds } = error as Partial<RequestError>
      notify(onResponse, { ...note, status, elapsedMs, code })
      // Without seconds we do not know when to retry. With 0 seconds we would retry in a tight loop.
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

/** Progress of one attempt. */
interface Sending {
  readonly startedAt: number
  elapsedMs: number
  status: number
  /** True when the answer has an `X-RateLimit-Limit` header. */
  isSized: boolean
}

/** Returns true when a 429 comes from the budget, so that the call can go out with the next turn. */
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
  // A 429 without `Retry-After`: only a read is retried, since it costs nothing.
  if (error.code !== 'didit-unavailable' && !(error.code === 'didit-rate-limited' && method === 'GET')) return null
  const asked = error.retryAfterSeconds
  if (asked !== undefined && asked > longestFaultSeconds) return null
  const backOff = 500 * 2 ** faults
  // Never sooner than Didit asked. The random part keeps callers that failed together from retrying together.
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
    // The framework must get its own error object back.
    if (isFrameworkSignal(cause)) return cause as RequestError
    if (cause instanceof RequestError) return cause
    if (signal?.aborted) return aborted(call, cause)
    const own = payload?.fault?.(cause)
    if (own !== undefined) return own
    return unavailable(call, allowedMs, timeout.isOver(), cause)
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
      // `fetch` requires this option for a body that is a stream.
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
  const meta = readMeta(response, sending)
  try {
    // A body above the limit is not from Didit, so it is ignored. The status still tells the kind of refusal.
    if (!response.ok) throw refused(call, response, (await readTextUpTo(response, maxRefusalBytes)) ?? '', now())
    const data = await call.read(response, {
      timeout,
      fault,
      invalid: (issues, raw) => badAnswer(describeCall(call), { status: response.status, issues, raw }),
    })
    return { data, meta }
  } catch (cause) {
    throw fault(cause)
  }
}

// `fetch` functions that have refused the option `cache`.
const withoutCache = new WeakSet<typeof fetch>()

/**
 * Calls `fetch` with `cache: 'no-store'`. Some frameworks replace the global `fetch` by one that writes answers to disk, and
 * a Decision contains personal data.
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

/** Returns a reader for JSON answers. It reads an empty body as null. */
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

/** Calls a log hook. An error in the hook must not fail the request. */
function notify<Note>(hook: ((note: Note) => unknown) | undefined, note: Note): void {
  if (hook === undefined) return
  try {
    Promise.resolve(hook(note)).catch(() => {})
  } catch {}
}

function readMeta(response: Response, { startedAt, elapsedMs }: Sending): AnswerMeta {
  const date = parseHttpDate(response.headers.get('date') ?? '')
  return Number.isNaN(date)
    ? { dateSeconds: Math.floor((startedAt + elapsedMs) / 1000), clock: 'local', startedAt, elapsedMs }
    : { dateSeconds: Math.floor(date / 1000), clock: 'vendor', startedAt, elapsedMs }
}
