import { ContractError, type DiditErrorCode, isDiditError, RequestError } from './error.ts'
import { abortable } from './sharing.ts'
import type { Timers } from './timers.ts'
import { isProblem, type Problem } from './wire.ts'

export interface HttpOptions {
  readonly endpoint: string
  readonly fetch: typeof fetch
  readonly headers: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined
  readonly credentials: RequestCredentials
  readonly timeoutMs: number
  readonly timers: Timers
  readonly now: () => number
  /** Fires when the client is closed: ends every call. */
  readonly closed: AbortSignal
}

export interface CallOptions {
  /** Ends the call early; it then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

export interface Call extends CallOptions {
  /** Below the endpoint, ids already encoded. */
  readonly path: string
  /** Sent as `Authorization`, in place of what the application's own headers say. */
  readonly ticket?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Makes it a POST. */
  readonly body?: object | undefined
}

/** Every failure is a `DiditError`, even those of a `fetch` or `headers` of the application's own. */
export interface Http {
  /** One call, to a parsed value; to null where the server says that nothing has changed. */
  call<T>(call: Call, guard: (value: unknown) => value is T): Promise<T>
  /** One call, to an answer whose body is still to be read. The time limit covers its headers only. */
  open(call: Call): Promise<Response>
}

// For answers that are not ours: a proxy in between, a server that is not the companion.
const codes: Readonly<Record<number, DiditErrorCode>> = {
  401: 'unauthenticated',
  404: 'route-not-found',
  413: 'body-too-large',
  429: 'rate-limited',
}

export function createHttp(options: HttpOptions): Http {
  const { timers, timeoutMs } = options

  async function exchange<T>(call: Call, read: (response: Response) => T | Promise<T>): Promise<T> {
    const { ticket, body } = call
    const controller = new AbortController()
    const { signal } = controller
    let timer: unknown

    const work = async () => {
      const headers = new Headers(typeof options.headers === 'function' ? await options.headers() : options.headers)
      headers.set('accept', 'application/json')
      if (body) headers.set('content-type', 'application/json')
      if (ticket) headers.set('authorization', `Bearer ${ticket}`)
      for (const name in call.headers) headers.set(name, call.headers[name] ?? '')
      const response = await options.fetch(options.endpoint + call.path, {
        method: body ? 'POST' : 'GET',
        headers,
        credentials: options.credentials,
        cache: 'no-store',
        signal,
        body: body ? JSON.stringify(body) : null,
      })
      // Came after all, to a fetch that does not look at its signal.
      if (signal.aborted) response.body?.cancel().catch(() => {})
      if (!response.ok && response.status !== 304) throw await readProblem(response, ticket, options.now)
      return read(response)
    }
    // Raced, not only signalled: a fetch that does not look at its signal must not hold anyone up.
    const limited = () =>
      new Promise<T>((resolve, reject) => {
        timer = timers.setTimeout(
          () => reject(new RequestError('timeout', `The server did not answer within ${timeoutMs} ms.`, { status: 0 })),
          timeoutMs,
        )
        work().then(resolve, reject)
      })
    try {
      return await abortable(limited, [call.signal, options.closed])
    } catch (error) {
      controller.abort()
      if (isDiditError(error)) throw error
      // What fetch throws for a header that cannot be sent quotes the header.
      throw new RequestError('network', 'The server did not answer.', {
        status: 0,
        cause: ticket && String(error).includes(ticket) ? undefined : error,
      })
    } finally {
      timers.clearTimeout(timer)
    }
  }

  return {
    call: (call, guard) =>
      exchange(call, async (response) => {
        const value = parseJson((await response.text()) || 'null')
        if (guard(value)) return value
        throw new ContractError(`The answer of ${call.path} has not the agreed form.`)
      }),
    open: (call) => exchange(call, (response) => response),
  }
}

async function readProblem(response: Response, ticket: string | undefined, now: () => number): Promise<RequestError> {
  const { status } = response
  const text = await response.text()
  const value = parseJson(ticket ? text.replaceAll(ticket, '…') : text)
  const problem: Partial<Problem> = isProblem(value) ? value : {}
  const retryAfter = response.headers.get('retry-after') ?? ''
  const seconds = Number(retryAfter) || (Date.parse(retryAfter) - now()) / 1000
  return new RequestError(
    // A code that this version does not know is kept, as an unknown status is.
    (problem.code as DiditErrorCode | undefined) ?? codes[status] ?? (status < 500 ? 'request-invalid' : 'internal'),
    problem.detail ?? problem.title ?? `The server answered ${status}.`,
    {
      status,
      help: problem.help,
      issues: problem.issues,
      retryAfterSeconds: seconds >= 0 ? seconds : undefined,
    },
  )
}

// The parser's own error is dropped: it quotes the text, and the text may hold a ticket.
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
