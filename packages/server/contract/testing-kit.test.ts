import { createDiditFixture, createEmulator } from '@didit-verify/emulator/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createDiditServer, type DiditServer, memoryStorage } from '../src/index.ts'
import { ticketSecret, webhookSecret, workflowId } from '../testing/test-server.ts'

interface Place {
  readonly apiKey: string
  readonly baseUrl: string
  readonly origin: string
  readonly fetch?: typeof fetch
}

const createServer = ({ apiKey, baseUrl, origin, fetch }: Place) =>
  createDiditServer({
    apiKey,
    webhookSecrets: [webhookSecret],
    environment: 'live',
    workflows: { default: workflowId },
    authenticate: () => ({ userId: 'user-ada' }),
    storage: memoryStorage(),
    ticketSecret,
    allowedOrigins: [origin],
    didit: { baseUrl, ...(fetch === undefined ? {} : { fetch }) },
  })

const begin = (origin: string) =>
  new Request(`${origin}/api/didit/sessions`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: '{}',
  })

test('the testing kit drives a companion server inside one process', async () => {
  const origin = 'https://app.example.com'
  const emulator = createEmulator({
    closeAfter: (close) => onTestFinished(close),
    webhookUrl: `${origin}/api/didit/webhook`,
    webhookSecret,
    fetch: (request) => didit.fetch(request),
  })
  const didit: DiditServer = createServer({
    apiKey: emulator.apiKey,
    baseUrl: emulator.url,
    origin,
    fetch: async (input, init) => emulator.fetch(new Request(input as string, init)),
  })
  onTestFinished(() => didit.close({ graceMs: 0 }))
  const { session } = await (await didit.fetch(begin(origin))).json()
  await emulator.finish(session.sessionId, 'Approved')
  // Created and approved within one second of Didit's clock: the server asks before it believes it.
  await expect.poll(() => didit.getStatus('user-ada')).toMatchObject({ verified: true, sessionId: session.sessionId })
})

test('the fixture for Playwright serves a companion server as it is, and closes it in the end', async () => {
  let address = ''
  const fixture = createDiditFixture({
    emulator: { webhookSecret },
    app: ({ emulator, url }) => createServer({ apiKey: emulator.apiKey, baseUrl: emulator.url, origin: url }),
  })
  await fixture({}, async ({ emulator, appUrl }) => {
    address = appUrl as string
    const { session } = await (await fetch(begin(address))).json()
    await emulator.finish(session.sessionId, 'Declined')
    expect((await emulator.waitForDelivery({ status: 'Declined' })).url).toBe(`${address}/api/didit/webhook`)
    const current = await (await fetch(`${address}/api/didit/sessions/current`)).json()
    expect(current).toMatchObject({ sessionId: session.sessionId, status: 'Declined', source: 'webhook' })
  })
  await expect(fetch(address)).rejects.toThrow()
})
