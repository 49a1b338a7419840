import { phaseOf, type Snapshot } from '../src/index.ts'

export const sessionId = '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31'
export const otherId = '2b1c7e63-7b9e-4a68-8c9d-3d5f8eac1b42'
export const hostedUrl = 'https://verify.didit.me/session/fictional'

export function snapshotOf(change: Partial<Snapshot> = {}): Snapshot {
  const status = change.status ?? 'Not Started'
  return {
    sessionId,
    workflow: 'default',
    status,
    phase: phaseOf(status),
    settled: true,
    revision: 1,
    updatedAt: 1_793_000_000_000,
    source: 'webhook',
    canRetry: true,
    ...change,
  }
}

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } })

export const problem = (status: number, code: string, headers: Record<string, string> = {}, more: object = {}) =>
  json({ type: 'about:blank', title: `It is ${code}.`, status, code, ...more }, status, headers)

export interface SeenCall {
  readonly name: string
  readonly headers: Headers
  readonly body: unknown
  readonly signal: AbortSignal
}

type Answer = Response | Promise<Response> | undefined

/** Creates a companion server that answers through `fetch`: one user, one Session, and streams that the test writes to. */
export function createFakeCompanion() {
  const calls: SeenCall[] = []
  const streams: ReturnType<typeof createStream>[] = []
  const companion = {
    calls,
    streams,
    current: null as Snapshot | null,
    tickets: 0,
    /** Answers before the companion. Undefined leaves the call to the companion. */
    answer: (_call: SeenCall): Answer => undefined,
    names: () => calls.map(({ name }) => name),
    count: (name: string) => calls.filter((call) => call.name === name).length,
    get stream() {
      const last = streams.at(-1)
      if (!last) throw new Error('No stream is open.')
      return last
    },
    fetch: async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
      const path = String(input).replace('/api/didit', '')
      const signal = init.signal ?? new AbortController().signal
      const text = init.body as string | undefined
      const call: SeenCall = {
        name: `${init.method} ${path.replaceAll(sessionId, ':id').replaceAll(otherId, ':other')}`,
        headers: new Headers(init.headers),
        body: text && JSON.parse(text),
        signal,
      }
      calls.push(call)
      const answer = await companion.answer(call)
      if (answer) return answer
      const { current } = companion
      const ticket = () => {
        companion.tickets += 1
        return { ticket: `ticket-${companion.tickets}`, ticketExpiresAt: 1_793_000_900_000 }
      }
      if (path === '/sessions' && init.method === 'POST') {
        companion.current ??= snapshotOf({ source: 'created' })
        return json({ session: companion.current, url: hostedUrl, ...ticket() }, 201)
      }
      if (!current) return problem(404, 'session-not-found')
      if (path.startsWith('/sessions/current')) return json(current)
      if (path.endsWith('/ticket')) return json(ticket())
      if (path.endsWith('/events')) {
        const stream = createStream()
        streams.push(stream)
        if (call.headers.get('last-event-id') !== String(current.revision)) stream.snapshot(current)
        return stream.response
      }
      if (path.endsWith('/refresh')) return json(current)
      if (path.endsWith('/proof')) {
        if (current.status !== 'Approved' || !current.settled) return problem(409, 'not-approved')
        return json({ proof: `proof-of-${current.sessionId}`, expiresAt: 1_793_000_600_000 })
      }
      if (path.endsWith('/decision')) {
        const { status, canRetry } = current
        return json({ sessionId: current.sessionId, status, decidedAt: 1, checks: [], canRetry })
      }
      if (call.headers.get('if-none-match') === `"${current.revision}"`) return new Response(null, { status: 304 })
      return json(current)
    },
  }
  return companion
}

/** Creates an answer of the events route that the test writes to. */
export function createStream() {
  const encoder = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const stream = {
    isCancelled: false,
    response: new Response(
      new ReadableStream<Uint8Array>({
        start: (given) => {
          controller = given
        },
        cancel: () => {
          stream.isCancelled = true
        },
      }),
      { headers: { 'content-type': 'text/event-stream; charset=utf-8' } },
    ),
    bytes: (bytes: Uint8Array) => controller?.enqueue(bytes),
    text: (text: string) => controller?.enqueue(encoder.encode(text)),
    snapshot: (snapshot: Snapshot) =>
      stream.text(`event: snapshot\nid: ${snapshot.revision}\ndata: ${JSON.stringify(snapshot)}\n\n`),
    end: () => controller?.close(),
    fail: () => controller?.error(new TypeError('The connection was reset.')),
  }
  return stream
}
