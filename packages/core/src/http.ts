import { ContractError, type DiditErrorCode, errorCodes, type Issue, isDiditError, RequestError } from './error.ts'
import type { Timers } from './timers.ts'
import { isProblem } from './wire.ts'

export interface HttpOptions {
  readonly endpoint: string
  readonly fetch: typeof fetch
  readonly headers: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined
  readonly credentials: RequestCredentials
  readonly timeoutMs: number
  readonly timers: Timers
  readonly now: () => number
  /** Fires when the client is closed: ends every call. */
  readonly life: AbortSignal
}

export interface Call {
  readonly method: 'GET' | 'POST'
  /** Below the endpoint, ids already encoded. */
  readonly path: string
  /** Sent as `Authorization`, in place of what the application's own headers say. */
  readonly ticket?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: object | undefined
  readonly signal?: AbortSignal | undefined
}

type Guard<T> = (value: unknown) => value is T

export interface Http {
  /** One call, to a parsed value. */
  call<T>(call: Call, guard: Guard<T>): Promise<T>
  /** The same, or null when the Session still has this revision. */
  callUnless<T>(revision: number | undefined, call: Call, guard: Guard<T>): Promise<T | null>
  /** One call, to an answer whose body is still to be read. The time limit covers its headers only. */
  open(call: Call): Promise<Response>
}

// For answers that are not ours: a proxy in between, a server that is not the companion.
const codeByStatus: Readonly<Record<number, DiditErrorCode>> = {
  401: 'unauthenticated',
  404: 'route-not-found',
  413: 'body-too-large',
  429: 'rate-limited',
}

const reachHelp =
  'Check that the companion server runs, that `endpoint` is its address, and that it allows this origin.'

export function createHttp(options: HttpOptions): Http {
  const { endpoint, timers, timeoutMs } = options

  async function send(call: Call, signal: AbortSignal): Promise<Response> {
    const headers = new Headers(typeof options.headers === 'function' ? await options.headers() : options.headers)
    for (const [name, value] of Object.entries(call.headers ?? {})) headers.set(name, value)
    if (!headers.has('accept')) headers.set('accept', 'application/json')
    if (call.body) headers.set('content-type', 'application/json')
    if (call.ticket !== undefined) headers.set('authorization', `Bearer ${call.ticket}`)
    const response = await options.fetch(endpoint + call.path, {
      method: call.method,
      headers,
      credentials: options.credentials,
      cache: 'no-store',
      signal,
      ...(call.body ? { body: JSON.stringify(call.body) } : {}),
    })
    if (signal.aborted) response.body?.cancel().catch(() => {})
    return response
  }

  async function exchange<T>(call: Call, read: (response: Response) => T | Promise<T>): Promise<T> {
    const name = `${call.method} ${call.path.replace(/\?.*/, '')}`
    // A header that cannot be sent would be quoted in full by the error that fetch throws.
    if (call.ticket !== undefined && !/^[\x21-\x7e]+$/.test(call.ticket)) {
      throw new ContractError('The companion server gave out a ticket that cannot be sent.')
    }
    const controller = new AbortController()
    let timer: unknown
    const work = async () => {
      const response = await send(call, controller.signal)
      if (!response.ok && response.status !== 304) throw await readProblem(response, name, call.ticket, options.now)
      return await read(response)
    }
    const limit = new Promise<never>((_, reject) => {
      timer = timers.setTimeout(() => {
        const message = `The companion server took longer than ${timeoutMs} ms (${name}).`
        reject(new RequestError('timeout', message, { status: 0, help: reachHelp }))
      }, timeoutMs)
    })
    try {
      // Raced, not only signalled: a fetch that ignores its signal must not hold anyone up.
      return await abortable(() => abortable(() => Promise.race([work(), limit]), call.signal), options.life)
    } catch (error) {
      controller.abort()
      if (isDiditError(error)) throw error
      const cause = call.ticket !== undefined && String(error).includes(call.ticket) ? undefined : error
      throw new RequestError('network', `The companion server could not be reached (${name}).`, {
        status: 0,
        help: reachHelp,
        cause,
      })
    } finally {
      timers.clearTimeout(timer)
    }
  }

  async function parse<T>(response: Response, name: string, guard: Guard<T>): Promise<T> {
    const value = parseJson(await response.text())
    if (guard(value)) return value
    throw new ContractError(`The answer to ${name} does not have the agreed form.`, {
      help: 'Check that `endpoint` leads to the companion server, and that client and server have the same version.',
    })
  }

  return {
    call: (call, guard) => exchange(call, (response) => parse(response, `${call.method} ${call.path}`, guard)),
    callUnless: (revision, call, guard) =>
      exchange(
        revision === undefined ? call : { ...call, headers: { ...call.headers, 'if-none-match': `"${revision}"` } },
        (response) => (response.status === 304 ? null : parse(response, `${call.method} ${call.path}`, guard)),
      ),
    open: (call) => exchange(call, (response) => response),
  }
}

/** Runs work that this caller may leave early; what it shares with others goes on. */
export function abortable<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work()
  return new Promise((resolve, reject) => {
    const leave = () => reject(abortError(signal.reason))
    if (signal.aborted) return leave()
    signal.addEventListener('abort', leave, { once: true })
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', leave))
  })
}

export function abortError(cause?: unknown): RequestError {
  return new RequestError('aborted', 'The call was aborted.', { status: 0, cause })
}

async function readProblem(response: Response, name: string, ticket: string | undefined, now: () => number) {
  const value = parseJson(await response.text())
  const problem = isProblem(value) ? value : undefined
  const conceal = (text: string) => (ticket ? text.replaceAll(ticket, '…') : text)
  const known = problem && (errorCodes as readonly string[]).includes(problem.code)
  const code = known
    ? (problem.code as DiditErrorCode)
    : (codeByStatus[response.status] ?? (response.status < 500 ? 'request-invalid' : 'internal'))
  const sentence = problem && (isText(problem.detail) ? problem.detail : problem.title)
  return new RequestError(code, conceal(sentence ?? `The companion server answered ${response.status} (${name}).`), {
    status: response.status,
    help: problem && isText(problem.help) ? conceal(problem.help) : undefined,
    issues: Array.isArray(problem?.issues) ? problem.issues.filter(isIssue) : [],
    retryAfterSeconds: readRetryAfter(response.headers.get('retry-after'), now),
  })
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isIssue = (value: unknown): value is Issue =>
  isText((value as Issue | null)?.path) && isText((value as Issue | null)?.message)

function readRetryAfter(value: string | null, now: () => number): number | undefined {
  if (value === null) return undefined
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now()) / 1000)
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

// The parser's own error is dropped: it quotes the text, and the text may hold a ticket.
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
