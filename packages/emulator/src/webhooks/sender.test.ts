import { afterEach, expect, test } from 'vitest'
import { createEmulator, type Emulator, type EmulatorOptions } from '../index.ts'

const start = Date.UTC(2026, 9, 26, 8, 0, 0)
const secret = 'a-test-secret'
const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

/** Reaction of a receiver to one delivery: the status of its answer, a failed connection, or no answer at all. */
type Reaction = number | Error | 'hangs'

function setUp(reactions: Reaction[] = [], options: EmulatorOptions = {}) {
  const received: { headers: Headers; text: string }[] = []
  const logged: string[] = []
  const emulator = createEmulator({
    apiKey: 'k',
    webhookSecret: secret,
    webhookUrl: 'http://receiver.test/hook/',
    now: () => start,
    seed: 1,
    logger: { info: (line) => logged.push(line), warn: (line) => logged.push(line) },
    fetch: async (request) => {
      received.push({ headers: request.headers, text: await request.text() })
      const reaction = reactions.shift() ?? 200
      if (reaction === 'hangs') return new Promise<Response>(() => {})
      if (reaction instanceof Error) throw reaction
      return new Response(null, { status: reaction })
    },
    ...options,
  })
  running.push(emulator)
  const create = async () => {
    const answer = await emulator.fetch(
      new Request(`${emulator.url}/v3/session/`, {
        method: 'POST',
        headers: { 'x-api-key': 'k', 'content-type': 'application/json' },
        body: '{"workflow_id":"11111111-2222-3333-4444-555555555555"}',
      }),
    )
    return (await answer.json()).session_id as string
  }
  const statuses = () => received.map(({ text }) => JSON.parse(text).status)
  return { emulator, control: emulator.control, received, logged, create, statuses }
}

test('sends one signed event per change, in order, and none for a creation or an unchanged status', async () => {
  const { control, create, received, statuses } = setUp()
  const id = await create()
  control.finish(id, 'In Progress')
  control.finish(id, 'In Progress')
  control.finish(id, 'Approved')
  await control.idle()
  expect(statuses()).toEqual(['In Progress', 'Approved'])
  const event = JSON.parse(received[0]?.text ?? '')
  expect(event).toEqual({
    event_id: expect.any(String),
    webhook_type: 'status.updated',
    timestamp: start / 1000,
    created_at: start / 1000,
    application_id: '88888888-2222-4333-8444-555555555555',
    environment: 'live',
    status: 'In Progress',
    session_id: id,
    workflow_id: '11111111-2222-3333-4444-555555555555',
    workflow_version: 1,
    vendor_data: null,
    metadata: null,
  })
  expect(Object.keys(event)).toEqual(Object.keys(event).sort())
  const { headers } = received[0] as { headers: Headers }
  expect(headers.get('user-agent')).toBe('DiditWebhook/2.0 +https://didit.me')
  expect(headers.get('date')).toBe(new Date(start).toUTCString())
  expect(headers.get('x-timestamp')).toBe(String(start / 1000))
  for (const name of ['x-signature', 'x-signature-v2', 'x-signature-simple']) {
    expect(headers.get(name)).toMatch(/^[0-9a-f]{64}$/)
  }
})

test.each([
  [[503, 200], ['503', '200'], 'delivered'],
  [[404, 500, 200], ['404', '500', '200'], 'delivered'],
  [[500, 500, 500, 200], ['500', '500', '500'], 'failed'],
  [[new Error('refused'), 200], ['null', '200'], 'delivered'],
  [[401], ['401'], 'failed'],
  [[400], ['400'], 'failed'],
  [[302], ['302'], 'failed'],
  [[204], ['204'], 'delivered'],
] as const)('after %j it has tried %j', async (reactions, attempts, state) => {
  const { control, create } = setUp([...reactions])
  control.finish(await create(), 'Approved')
  await control.idle()
  await control.clock({ advanceSeconds: 600 })
  const [delivery] = control.deliveries()
  expect(delivery?.attempts.map(({ status }) => String(status))).toEqual(attempts)
  expect(delivery?.state).toBe(state)
})

test('retries after one minute and after four more, with exactly the same bytes', async () => {
  const { control, create, received } = setUp([503, 503, 503])
  control.finish(await create(), 'Approved')
  await control.idle()
  await control.clock({ advanceSeconds: 59 })
  expect(received).toHaveLength(1)
  await control.clock({ advanceSeconds: 1 })
  expect(received).toHaveLength(2)
  await control.clock({ advanceSeconds: 1000 })
  expect(received).toHaveLength(3)
  expect(new Set(received.map(({ text, headers }) => `${text}${headers.get('x-signature')}`)).size).toBe(1)
  expect(control.deliveries()[0]?.attempts.map(({ at }) => (at - start) / 1000)).toEqual([0, 60, 300])
})

test('waits five seconds for a receiver that hangs, then counts it as unreachable', async () => {
  const { control, create, received } = setUp(['hangs', 200])
  control.finish(await create(), 'Approved')
  await control.clock({ advanceSeconds: 4 })
  expect(control.deliveries()).toMatchObject([{ state: 'sending', attempts: [] }])
  await control.clock({ advanceSeconds: 1 })
  expect(control.deliveries()).toMatchObject([
    { state: 'retrying', attempts: [{ status: null, error: 'No answer within 5 seconds.' }] },
  ])
  await control.clock({ advanceSeconds: 60 })
  expect(control.deliveries()[0]?.state).toBe('delivered')
  expect(received).toHaveLength(2)
})

test('logs a rejected webhook without its body or the session token', async () => {
  const { emulator, control, create, logged } = setUp([401])
  const id = await create()
  control.finish(id, 'Declined')
  await control.idle()
  expect(logged).toEqual([`Webhook Declined of session ${id} was not accepted (401). No more attempts.`])
  const token = control.sessions()[0]?.url.split('/').at(-1) as string
  expect(logged.join()).not.toContain(token)
  expect(emulator.url).toBe('http://localhost:4100')
})

test('never shows the secret', async () => {
  const { control, create } = setUp()
  control.finish(await create(), 'Approved')
  await control.idle()
  expect(control.deliveries()).toHaveLength(1)
  expect(JSON.stringify(control.deliveries())).not.toContain(secret)
})

test('sends nothing without a destination, and nothing for the partner application', async () => {
  const { control, create, received } = setUp([], { webhookUrl: undefined })
  control.finish(await create(), 'Approved')
  await control.idle()
  expect(control.deliveries()).toEqual([])

  const { emulator } = setUp()
  const partner = await emulator.fetch(
    new Request(`${emulator.url}/v3/session/`, {
      method: 'POST',
      headers: { 'x-api-key': 'k-partner', 'content-type': 'application/json' },
      body: '{"workflow_id":"11111111-2222-3333-4444-555555555555"}',
    }),
  )
  emulator.control.finish((await partner.json()).session_id, 'Approved')
  await emulator.control.idle()
  expect(emulator.control.deliveries()).toEqual([])
  expect(received).toEqual([])
})

test('duplicates, drops and forges webhooks on request', async () => {
  const { control, create, received } = setUp()
  const id = await create()
  control.faults({ duplicate: true })
  control.finish(id, 'In Progress')
  await control.idle()
  expect(received).toHaveLength(2)
  expect(received[0]?.text).toBe(received[1]?.text)

  control.faults({ drop: 1 })
  control.finish(id, 'In Review')
  control.finish(id, 'Approved')
  await control.idle()
  expect(control.deliveries().map(({ status, state }) => `${status} ${state}`)).toEqual([
    'In Progress delivered',
    'In Progress delivered',
    'In Review dropped',
    'Approved delivered',
  ])

  control.faults({ forge: true })
  control.finish(id, 'Declined')
  await control.idle()
  expect(control.deliveries().at(-1)).toMatchObject({ status: 'Declined', forged: true, state: 'delivered' })
})

test('sends a webhook and its duplicates before the next one of the same session', async () => {
  const { control, create, statuses } = setUp()
  const id = await create()
  control.faults({ duplicate: 2 })
  control.finish(id, 'In Progress')
  control.faults({})
  control.finish(id, 'Approved')
  await control.idle()
  expect(statuses()).toEqual(['In Progress', 'In Progress', 'In Progress', 'Approved'])
})

test('a forged webhook is signed with another secret', async () => {
  const [honest, forger] = [setUp(), setUp()]
  forger.control.faults({ forge: true })
  for (const { control, create } of [honest, forger]) {
    control.finish(await create(), 'In Progress')
    await control.idle()
  }
  expect(forger.received[0]?.text).toBe(honest.received[0]?.text)
  for (const name of ['x-signature', 'x-signature-v2', 'x-signature-simple']) {
    expect(forger.received[0]?.headers.get(name)).not.toBe(honest.received[0]?.headers.get(name))
  }
})

test('swaps two consecutive webhooks, and sends the first one alone if no second one follows', async () => {
  const { control, create, statuses } = setUp()
  const id = await create()
  control.faults({ reorder: true })
  control.finish(id, 'In Progress')
  await control.idle()
  expect(statuses()).toEqual([])
  control.finish(id, 'Approved')
  await control.idle()
  expect(statuses()).toEqual(['Approved', 'In Progress'])

  control.finish(id, 'Declined')
  await control.clock({ advanceSeconds: 5 })
  expect(statuses()).toEqual(['Approved', 'In Progress', 'Declined'])

  control.finish(id, 'Resubmitted')
  control.faults({})
  await control.idle()
  expect(statuses().at(-1)).toBe('Resubmitted')
})

test('delays webhooks for the given time', async () => {
  const { control, create, received } = setUp()
  control.faults({ delayMs: 20_000 })
  control.finish(await create(), 'Approved')
  await control.clock({ advanceSeconds: 19 })
  expect(received).toHaveLength(0)
  await control.clock({ advanceSeconds: 1 })
  expect(received).toHaveLength(1)
})

test('forgets pending webhooks when it is reset', async () => {
  const { control, create, received } = setUp([503])
  control.finish(await create(), 'Approved')
  await control.idle()
  control.faults({ delayMs: 20_000 })
  control.finish(await create(), 'Approved')
  control.reset()
  await control.clock({ advanceSeconds: 1_000 })
  await control.idle()
  expect(received).toHaveLength(1)
  expect(control.deliveries()).toEqual([])
  expect(control.sessions()).toEqual([])
})
