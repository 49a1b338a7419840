import { abortable } from './abortable.ts'
import { ContractError, type DiditErrorCode, isDiditError, RequestError } from './error.ts'
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
  /** Fires when the client is closed, and ends every call. */
  readonly closed: AbortSignal
}

export interface CallOptions {
  /** Ends the call early. The call then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

export interface Call extends CallOptions {
  /** Path below the endpoint, with encoded ids. */
  readonly path: string
  /** Sent as `Authorization`, instead of the application's own header of that name. */
  readonly ticket?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Sent as JSON in a POST. Without a body the call is a GET. */
  readonly body?: object | undefined
}

/** HTTP calls to the companion server. Every failure is a `DiditError`, also a failure in the application's `fetch` or `headers`. */
export interface Http {
  /** Sends a request and returns the parsed answer, or null when the server answers that nothing has changed. */
  call<T>(call: Call, guard: (value: unknown) => value is T): Promise<T>
  /** Sends a request and returns the answer with its body unread. The time limit covers only the headers. */
  open(call: Call): Promise<Response>
}

// For answers that do not come from the companion server, such as those of a proxy.
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
      for (const name in call.headers) headers.set(name, call.headers[name] as string)
      const response = await options.fetch(options.endpoint + call.path, {
        method: body ? 'POST' : 'GET',
        headers,
        credentials: options.credentials,
        cache: 'no-store',
        signal,
        body: body ? JSON.stringify(body) : null,
      })
      // A `fetch` that ignores its signal may deliver the answer after the abort.
      if (signal.aborted) response.body?.cancel().catch(() => {})
      if (!response.ok && response.status !== 304) throw await readProblem(response, ticket, options.now)
      return read(response)
    }
    // A race, not only a signal: a `fetch` that ignores its signal must not delay the caller.
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
      // The error that `fetch` throws for an invalid header quotes the header, so it may contain the ticket.
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
        throw new ContractError(`The answer of ${call.path} is malformed.`)
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
    // An unknown code is kept, like an unknown status.
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

// The parser's error is dropped, since it quotes the text, which may contain a ticket.
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
