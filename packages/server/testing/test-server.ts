import { createHmac } from 'node:crypto'
import { createEmulator, type Emulator, type EmulatorOptions } from '@didit-verify/emulator'
import {
  createDiditServer,
  type DiditServer,
  type DiditServerOptions,
  type Logger,
  memoryStorage,
  type Storage,
} from '../src/index.ts'

/** Server and emulator on one clock, talking by `Request` and `Response`: no port is opened. */
export interface TestServer {
  readonly emulator: Emulator
  readonly storage: Storage
  readonly logged: object[]
  readonly now: () => number
  /** The current server; `restart` replaces it. */
  didit: DiditServer
  /** Advances the clock of server and emulator. */
  pass(seconds: number): void
  /** A new server on the same storage, as after a crash of the old one. */
  restart(options?: Partial<DiditServerOptions>): Promise<void>
  /** A browser of a signed-in user: one call of the server. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>
  /** Resolves when all webhooks have been delivered and all work that they set off is done. */
  settle(): Promise<void>
  close(): Promise<void>
}

export interface CallOptions {
  /** The signed-in user. Default `user-ada`; null: no user. */
  readonly user?: string | null
  readonly ticket?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export const origin = 'https://app.example.com'
export const apiKey = 'test-api-key-0001'
export const webhookSecret = 'test-webhook-secret-0001'
export const ticketSecret = 'test-ticket-secret-0001-0123456789abcdef'
export const workflowId = '11111111-2222-3333-4444-555555555555'

/** Creates a server and an emulator that talk to each other. */
export async function createTestServer(
  options: { server?: Partial<DiditServerOptions>; emulator?: EmulatorOptions; storage?: Storage } = {},
): Promise<TestServer> {
  let at = Date.UTC(2026, 9, 26, 8, 0, 0, 400)
  const now = () => at
  const storage = options.storage ?? memoryStorage()
  const logged: object[] = []
  const log = (fields: object, message: string) => void logged.push({ ...fields, message })
  const logger: Logger = { debug: log, info: log, warn: log, error: log }

  const emulator = createEmulator({
    apiKey,
    webhookSecret,
    webhookUrl: `${origin}/api/didit/webhook`,
    environment: 'live',
    now,
    seed: 7,
    fetch: (request) => testServer.didit.fetch(request),
    ...options.emulator,
  })
  const create = (changes: Partial<DiditServerOptions> = {}) =>
    createDiditServer({
      apiKey,
      webhookSecrets: [webhookSecret],
      environment: 'live',
      workflows: { default: workflowId },
      authenticate: (request) => {
        const userId = request.headers.get('x-test-user')
        return userId === null ? null : { userId }
      },
      storage,
      ticketSecret,
      allowedOrigins: [origin],
      didit: {
        baseUrl: emulator.url,
        fetch: async (input, init) => emulator.fetch(new Request(input as string, init)),
      },
      logger,
      now,
      random: () => 0.5,
      ...options.server,
      ...changes,
    })

  const testServer: TestServer = {
    emulator,
    storage,
    logged,
    now,
    didit: create(),
    pass(seconds) {
      at += seconds * 1000
    },
    async restart(changes) {
      await testServer.didit.close({ graceMs: 0 })
      testServer.didit = create(changes)
    },
    call(method, path, { user = 'user-ada', ticket, body, headers = {} } = {}) {
      return testServer.didit.fetch(
        new Request(`${origin}/api/didit${path}`, {
          method,
          headers: {
            ...(method === 'GET' ? {} : { origin }),
            ...(user === null ? {} : { 'x-test-user': user }),
            ...(ticket === undefined ? {} : { authorization: `Bearer ${ticket}` }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      )
    },
    async settle() {
      await emulator.control.idle()
      await testServer.didit.tick()
      await new Promise((resolve) => setImmediate(resolve))
      await testServer.didit.tick()
    },
    async close() {
      emulator.close()
      await testServer.didit.close({ graceMs: 100 })
    },
  }
  return testServer
}

/** Reads frames of an event stream one by one. */
export function readFrames(response: Response): {
  next(): Promise<{ event: string; id?: string; data: unknown } | null>
  cancel(): Promise<void>
} {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    async next() {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end < 0) {
          const { done, value } = await reader.read()
          if (done) return null
          text += decoder.decode(value, { stream: true })
          continue
        }
        const fields = text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
        text = text.slice(end + 2)
        const { event, id, data } = Object.fromEntries(fields) as Record<string, string | undefined>
        if (event === undefined) continue
        return { event, ...(id === undefined ? {} : { id }), data: JSON.parse(data ?? 'null') }
      }
    },
    cancel: () => reader.cancel(),
  }
}

/** A delivery as Didit would make it, signed over its bytes, for what the emulator never sends. */
export function delivery(
  event: object | string,
  { secret = webhookSecret, headers = {} }: { secret?: string; headers?: Record<string, string> } = {},
): Request {
  const body = typeof event === 'string' ? event : JSON.stringify(event)
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return new Request(`${origin}/api/didit/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-signature': signature, ...headers },
    body,
  })
}
