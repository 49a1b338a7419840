import { createHmac } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { createEmulator, type Emulator, type EmulatorOptions } from './index.ts'

const kyc = '11111111-2222-3333-4444-555555555555'
const key = { 'x-api-key': 'test-key', 'content-type': 'application/json' }
const secret = 'test-secret'

interface Received {
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came
  readonly body: any
}

/** An emulator that delivers into an array. `answers` are the receiver's, in order; 200 after that. */
function setUp(options: EmulatorOptions & { answers?: (number | Error)[] } = {}) {
  const { answers = [], ...rest } = options
  const received: Received[] = []
  const emulator = createEmulator({
    apiKey: 'test-key',
    webhookSecret: secret,
    webhookUrl: 'http://receiver.test/hook',
    seed: 1,
    fetch: async (request) => {
      const text = await request.text()
      received.push({ headers: request.headers, text, body: JSON.parse(text) })
      const answer = answers.shift() ?? 200
      if (answer instanceof Error) throw answer
      return new Response(null, { status: answer })
    },
    ...rest,
  })
  running.push(emulator)
  return { emulator, received, statuses: () => received.map(({ body }) => body.status) }
}

const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

const call = (emulator: Emulator, path: string, init?: RequestInit) =>
  emulator.fetch(new Request(`${emulator.url}${path}`, init))

async function create(emulator: Emulator, body: Record<string, unknown> = {}) {
  const answer = await call(emulator, '/v3/session/', {
    method: 'POST',
    headers: key,
    body: JSON.stringify({ workflow_id: kyc, ...body }),
  })
  expect(answer.status).toBe(201)
  return answer.json()
}

test('creates a session, serves its page, and tells of the outcome by one signed webhook', async () => {
  const { emulator, received } = setUp()
  const session = await create(emulator, { vendor_data: 'person-1' })
  const page = await call(emulator, new URL(session.url).pathname)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('>In Review</button>')

  const outcome = await call(emulator, `/_page/${session.session_token}/outcome`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status: 'Approved' }),
  })
  expect(await outcome.json()).toEqual({ reported: 'Approved', callbackUrl: null })
  await emulator.control.idle()

  expect(received).toHaveLength(1)
  const [{ body, headers, text }] = received as [Received]
  expect(body).toMatchObject({ webhook_type: 'status.updated', status: 'Approved', vendor_data: 'person-1' })
  expect(headers.get('x-signature')).toBe(createHmac('sha256', secret).update(text).digest('hex'))
  const decision = await call(emulator, `/v3/session/${session.session_id}/decision/`, { headers: key })
  expect(await decision.json()).toEqual(body.decision)
})

vi.setConfig({ testTimeout: 5_000 })
