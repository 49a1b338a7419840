import { afterEach } from 'vitest'
import { createEmulator, type Emulator, type EmulatorOptions } from '../src/index.ts'

/** The time of every test emulator, in epoch milliseconds. It changes only when a test sets the clock. */
export const start = Date.UTC(2026, 9, 26, 8)
export const kyc = '11111111-2222-3333-4444-555555555555'
export const workflowEnding = (digits: string) => `${kyc.slice(0, 33)}${digits}`
export const unknownId = '00000000-0000-4000-8000-000000000000'
export const partnerId = '99999999-2222-4333-8444-555555555555'
export const mainId = '88888888-2222-4333-8444-555555555555'

const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

interface ApiResponse {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: the shape of the body is what the tests check
  readonly body: any
}

/** Creates an emulator and helpers for tests of its API. It is closed after the test. */
export function createTestEmulator(options: EmulatorOptions = {}) {
  const events: { status: string; webhook_type: string; session_id: string; resubmit_info?: unknown }[] = []
  const emulator = createEmulator({
    apiKey: 'k',
    seed: 1,
    now: () => start,
    webhookUrl: 'http://app.test/webhook',
    fetch: async (request) => {
      events.push(await request.json())
      return new Response()
    },
    ...options,
  })
  running.push(emulator)

  /** Calls the API with the main key, another key, or none (null). */
  async function call(
    method: string,
    path: string,
    more: { body?: unknown; key?: string | null; address?: string } = {},
  ): Promise<ApiResponse> {
    const { body, key = 'k', address } = more
    const response = await emulator.fetch(
      new Request(new URL(path, emulator.url), {
        method,
        headers: { ...(key === null ? {} : { 'x-api-key': key }), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
      address === undefined ? {} : { incoming: { socket: { remoteAddress: address } } },
    )
    const text = await response.text()
    const isJson = response.headers.get('content-type') === 'application/json'
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }

  /** Creates a Session, sets it to a status if one is given, and returns its id. */
  async function create(
    body: Record<string, unknown> = {},
    status?: Parameters<Emulator['control']['finish']>[1],
    key = 'k',
  ): Promise<string> {
    const created = await call('POST', '/v3/session/', { body: { workflow_id: kyc, ...body }, key })
    if (created.status !== 201) throw new Error(`Not created: ${JSON.stringify(created.body)}`)
    const { session_id } = created.body
    if (status !== undefined) emulator.control.finish(session_id, status)
    return session_id
  }

  return {
    emulator,
    control: emulator.control,
    events,
    call,
    create,
    decision: async (id: string, key = 'k') => (await call('GET', `/v3/session/${id}/decision/`, { key })).body,
    statusOf: (id: string) => emulator.control.sessions().find(({ session_id }) => session_id === id)?.status,
  }
}
