import type { RedactedDecision, Snapshot } from '@didit-verify/core'

/** A Snapshot of a fictional Session, `In Progress` and settled unless told otherwise. */
export const snapshot = (changes: Partial<Snapshot> = {}): Snapshot => ({
  sessionId: 'c0ffee00-0000-4000-8000-000000000001',
  workflow: 'default',
  status: 'In Progress',
  phase: 'active',
  settled: true,
  revision: 10,
  updatedAt: 1_700_000_000_000,
  source: 'webhook',
  canRetry: false,
  ...changes,
})

export const approved = (changes: Partial<Snapshot> = {}) =>
  snapshot({ status: 'Approved', phase: 'approved', revision: 20, ...changes })

export const decisionOf = ({ sessionId, status, canRetry }: Snapshot): RedactedDecision => ({
  sessionId,
  status,
  decidedAt: status === 'Approved' || status === 'Declined' ? 1_700_000_000_000 : null,
  checks: [{ kind: 'document', status, reasons: [] }],
  canRetry,
})

const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ type: 'about:blank', title: code, status, code }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })
const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

/** Creates a companion server of one person that answers through `fetch` and records every request. */
export function createFakeCompanion(session: Snapshot | null = null) {
  const encoder = new TextEncoder()
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const requests: { call: string; headers: Headers; body: unknown; signal: AbortSignal | null | undefined }[] = []
  const held: (() => void)[] = []
  const companion = {
    session,
    requests,
    /** The error code of every answer, or null for ordinary answers. */
    failure: null as { status: number; code: string } | null,
    /** While true, answers wait for `release()`. */
    isSlow: false,
    release: () => {
      for (const go of held.splice(0)) go()
    },
    /** Number of open streams. */
    get streams() {
      return streams.size
    },
    /** Returns the requests of one kind: `calls('GET /sessions/current')`. */
    calls: (call: string) => requests.filter((request) => request.call === call),
    /** Stores a Snapshot and pushes it into every stream. */
    push(next: Snapshot) {
      companion.session = next
      companion.send(next)
    },
    /** Pushes a Snapshot without storing it: a late or repeated event. */
    send(frame: Snapshot) {
      const text = `event: snapshot\nid: ${frame.revision}\ndata: ${JSON.stringify(frame)}\n\n`
      for (const stream of streams) stream.enqueue(encoder.encode(text))
    },
    fetch: async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
      const request = input instanceof Request ? input : null
      const address = new URL(request ? request.url : String(input), 'http://bank.test')
      const method = init.method ?? request?.method ?? 'GET'
      const signal = init.signal ?? request?.signal
      const call = `${method} ${address.pathname.replace(/^.*(?=\/sessions)/, '').replace(/[0-9a-f-]{36}/, ':id')}`
      const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
      requests.push({ call, headers: new Headers(init.headers ?? request?.headers), body, signal })
      if (companion.isSlow) {
        await new Promise<void>((resolve, reject) => {
          held.push(resolve)
          signal?.addEventListener('abort', () => reject(new DOMException('Aborted.', 'AbortError')))
        })
      }
      if (companion.failure) return problem(companion.failure.status, companion.failure.code)
      if (call === 'POST /sessions') {
        companion.session ??= snapshot({ status: 'Not Started', source: 'created', revision: 1 })
        const ticket = { ticket: 'fictional-ticket', ticketExpiresAt: Date.now() + 900_000 }
        return json({ session: companion.session, url: 'https://verify.didit.me/session/fictional', ...ticket }, 201)
      }
      if (!companion.session) return problem(404, 'session-not-found')
      switch (call) {
        case 'GET /sessions/current':
        case 'GET /sessions/:id':
        case 'POST /sessions/:id/refresh':
          return json(companion.session)
        case 'POST /sessions/:id/ticket':
          return json({ ticket: 'fictional-ticket', ticketExpiresAt: Date.now() + 900_000 })
        case 'GET /sessions/:id/decision':
          return json(decisionOf(companion.session))
        case 'GET /sessions/:id/events':
          return stream(companion.session, signal)
        default:
          return problem(404, 'route-not-found')
      }
    },
  }
  const stream = (first: Snapshot, signal: AbortSignal | null | undefined) => {
    let own: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        own = controller
        streams.add(controller)
        controller.enqueue(encoder.encode(`event: snapshot\nid: ${first.revision}\ndata: ${JSON.stringify(first)}\n\n`))
      },
      cancel: () => void streams.delete(own),
    })
    signal?.addEventListener('abort', () => {
      if (streams.delete(own)) own.error(new DOMException('Aborted.', 'AbortError'))
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return companion
}
