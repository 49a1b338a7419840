import { createHmac } from 'node:crypto'
import type { Snapshot, StartAnswer } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { memoryStorage, type Storage } from '../src/index.ts'
import {
  createTestServer,
  delivery,
  readFrames,
  type TestServer,
  webhookSecret,
  workflowId,
} from '../testing/test-server.ts'

let testServer: TestServer
afterEach(async () => {
  vi.useRealTimers()
  await testServer.close()
})

const stored = (sessionId: string) => testServer.storage.application('default').getSession(sessionId)
const events = (sessionId: string) => testServer.storage.application('default').listEvents(sessionId)

async function start(user = 'user-ada'): Promise<StartAnswer> {
  return (await (await testServer.call('POST', '/sessions', { user, body: {} })).json()) as StartAnswer
}

/** An event of the vendor, `offset` seconds from now. */
function event(sessionId: string, status: string, offset = 0, changes: object = {}): Record<string, unknown> {
  const seconds = Math.floor(testServer.now() / 1000) + offset
  return {
    event_id: `00000000-0000-4000-8000-${Math.random().toString(16).slice(2, 14).padEnd(12, '0')}`,
    webhook_type: 'status.updated',
    timestamp: seconds,
    created_at: seconds,
    environment: 'live',
    status,
    session_id: sessionId,
    workflow_id: workflowId,
    vendor_data: 'user-ada',
    ...changes,
  }
}

async function post(body: object | string, options?: Parameters<typeof delivery>[1]): Promise<Response> {
  const response = await testServer.didit.fetch(delivery(body, options))
  await testServer.settle()
  return response
}

describe('accepting', () => {
  test('acts once on an event that comes twice', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(10)
    const once = event(session.sessionId, 'In Progress')
    expect(await (await post(once)).json()).toEqual({ received: 'stored' })
    const before = await stored(session.sessionId)
    expect(await (await post(once)).json()).toEqual({ received: 'duplicate' })
    // Without an id the event is known by its content, whatever the time of sending.
    const { event_id, ...nameless } = event(session.sessionId, 'In Review', 1)
    await post(nameless)
    expect(await (await post({ ...nameless, timestamp: (nameless.timestamp as number) + 60 })).json()).toEqual({
      received: 'duplicate',
    })
    expect(await events(session.sessionId)).toHaveLength(2)
    expect((await stored(session.sessionId))?.revision).toBe((before?.revision ?? 0) + 1)
  })

  test('accepts the previous secret while a new one is rolled out', async () => {
    testServer = await createTestServer({
      server: { webhookSecrets: ['brand-new-secret', webhookSecret] },
    })
    const { session } = await start()
    testServer.pass(10)
    expect((await post(event(session.sessionId, 'In Progress'))).status).toBe(200)
    expect((await post(event(session.sessionId, 'In Review', 5), { secret: 'brand-new-secret' })).status).toBe(200)
    expect((await stored(session.sessionId))?.status).toBe('In Review')
  })

  test('refuses a forged webhook and stores nothing of it', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    testServer.pass(10)
    testServer.emulator.control.faults({ forge: true })
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.settle()
    expect(testServer.emulator.control.deliveries()[0]).toMatchObject({
      forged: true,
      state: 'failed',
      attempts: [{ status: 401 }],
    })
    expect(await events(session.sessionId)).toEqual([])
    const read = await testServer.call('GET', `/sessions/${session.sessionId}`, { ticket })
    expect(await read.json()).toMatchObject({ status: 'Not Started', revision: session.revision })
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false })
  })

  test('takes the Simple signature for a hint, and asks Didit itself', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(10)
    testServer.emulator.control.faults({ drop: true })
    testServer.emulator.control.finish(session.sessionId, 'Declined')
    const [sent] = testServer.emulator.control.deliveries()
    if (sent === undefined) throw new Error('nothing was sent')
    // Same four signed fields, and another body around them; the mark of a test is not signed either.
    const body = { ...JSON.parse(sent.body), event_id: 'other', vendor_data: 'user-mallory', environment: 'sandbox' }
    const headers = { ...sent.headers, 'x-didit-test-webhook': 'true' }
    const deliver = () =>
      testServer.didit.fetch(new Request(sent.url, { method: 'POST', headers, body: JSON.stringify(body) }))
    testServer.emulator.control.faults({ drop: true, api: { status: 503, retryAfterSeconds: 10 } })
    expect(await (await deliver()).json()).toEqual({ received: 'quarantined' })
    expect(await stored(session.sessionId)).toMatchObject({
      status: 'Not Started',
      isReadPending: true,
      userId: 'user-ada',
    })
    expect(await (await deliver()).json()).toEqual({ received: 'duplicate' })
    const [kept, ...others] = await events(session.sessionId)
    expect(others).toEqual([])
    expect(kept).toMatchObject({ quarantined: 'simple', environment: null, test: false })
    expect(kept?.key).toMatch(/^simple:[0-9a-f]{64}$/)
    testServer.emulator.control.faults({})
    testServer.pass(60)
    await testServer.settle()
    expect(await stored(session.sessionId)).toMatchObject({ status: 'Declined', isReadPending: false, source: 'api' })
    // The real one is no repetition of the hint.
    expect(await (await post(sent.body)).json()).toEqual({ received: 'stored' })
  })

  test('makes no Session of a Simple signature', async () => {
    testServer = await createTestServer()
    const id = '44444444-2222-4333-8444-555555555555'
    const body = event(id, 'Approved')
    const message = `${body.timestamp}:${id}:Approved:status.updated`
    const simple = createHmac('sha256', webhookSecret).update(message).digest('hex')
    const headers = { 'x-signature': '0'.repeat(64), 'x-signature-simple': simple }
    expect(await (await post(body, { headers })).json()).toEqual({ received: 'quarantined' })
    expect(await stored(id)).toBeNull()
    const forged = { ...headers, 'x-signature-simple': `${simple.slice(0, -1)}${simple.endsWith('0') ? '1' : '0'}` }
    expect((await post(body, { headers: forged })).status).toBe(401)
  })

  test.each([
    [
      'not JSON and not signed',
      new Request('https://x.example/api/didit/webhook', { method: 'POST', body: 'hello' }),
      400,
    ],
    [
      'over 1 MiB',
      new Request('https://x.example/api/didit/webhook', { method: 'POST', body: 'x'.repeat(1_048_577) }),
      413,
    ],
  ])('answers for good to what is %s', async (_, request, status) => {
    testServer = await createTestServer()
    const response = await testServer.didit.fetch(request)
    expect(response.status).toBe(status)
    expect(response.headers.get('retry-after')).toBeNull()
  })

  test('takes what it does not understand when Didit has signed it', async () => {
    testServer = await createTestServer()
    expect(await (await post('[1,2]')).json()).toEqual({ received: 'quarantined' })
    expect(await (await post('[1,2]')).json()).toEqual({ received: 'duplicate' })
    const odd = { ...event('11111111-2222-4333-8444-555555555555', 'BLOCKED'), webhook_type: 'moon.phase.changed' }
    expect(await (await post(odd)).json()).toEqual({ received: 'stored' })
    expect(await stored('11111111-2222-4333-8444-555555555555')).toBeNull()
    // An entity's status is not the Session's.
    const entity = { ...event('', 'BLOCKED'), webhook_type: 'user.status.updated', session_id: undefined }
    expect(await (await post(entity)).json()).toEqual({ received: 'stored' })
  })

  test('asks for the event again while the storage is down, and loses nothing', async () => {
    const storage = memoryStorage()
    let isDown = false
    const flaky: Storage = {
      ...storage,
      application(name) {
        const application = storage.application(name)
        return {
          ...application,
          commitEvent: (...input) =>
            isDown ? Promise.reject(new Error('disk full')) : application.commitEvent(...input),
        }
      },
    }
    testServer = await createTestServer({ storage: flaky })
    const { session } = await start()
    testServer.pass(10)
    isDown = true
    const body = event(session.sessionId, 'In Progress')
    const refused = await post(body)
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.text()).not.toContain('disk')
    isDown = false
    testServer.pass(60)
    expect((await post(body)).status).toBe(200)
    expect((await stored(session.sessionId))?.status).toBe('In Progress')
  })

  test('answers within Didit’s patience when the storage hangs', async () => {
    const storage = memoryStorage()
    const hanging: Storage = {
      ...storage,
      application: (name) => ({ ...storage.application(name), commitEvent: () => new Promise(() => {}) }),
    }
    testServer = await createTestServer({ storage: hanging })
    const { session } = await start()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const response = testServer.didit.fetch(delivery(event(session.sessionId, 'In Progress')))
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { interval: 1 })
    await vi.advanceTimersByTimeAsync(3_000)
    expect((await response).status).toBe(503)
  })
})

test('shows what the storage wrote after the answer, though its repetition is a duplicate', async () => {
  const storage = memoryStorage()
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const slow: Storage = {
    ...storage,
    application(name) {
      const application = storage.application(name)
      return { ...application, commitEvent: (...input) => held.then(() => application.commitEvent(...input)) }
    },
  }
  testServer = await createTestServer({ storage: slow })
  const { session, ticket } = await start()
  testServer.pass(10)
  const frames = readFrames(await testServer.call('GET', `/sessions/${session.sessionId}/events`, { ticket }))
  expect(await frames.next()).toMatchObject({ data: { status: 'Not Started' } })
  const body = event(session.sessionId, 'In Progress')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const response = testServer.didit.fetch(delivery(body))
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { interval: 1 })
  await vi.advanceTimersByTimeAsync(3_000)
  expect((await response).status).toBe(503)
  vi.useRealTimers()
  release()
  expect(await (await post(body)).json()).toEqual({ received: 'duplicate' })
  expect(await frames.next()).toMatchObject({ event: 'snapshot', data: { status: 'In Progress' } })
  await frames.cancel()
})

test('checks only so much forged text, and still takes what Didit signs', async () => {
  testServer = await createTestServer()
  const { session } = await start()
  testServer.pass(10)
  const forge = (scheme: string) =>
    new Request('https://app.example.com/api/didit/webhook', {
      method: 'POST',
      headers: { [scheme]: '0'.repeat(64) },
      body: `{"padding":"${'x'.repeat(1_000_000)}"}`,
    })
  const answers: number[] = []
  for (let round = 0; round < 5; round += 1)
    answers.push((await testServer.didit.fetch(forge('x-signature-v2'))).status)
  expect(answers).toEqual([401, 401, 401, 503, 503])
  const refused = await testServer.didit.fetch(forge('x-signature-simple'))
  expect(refused.status).toBe(503)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  // One that claims nothing else is forged for sure, and need not come again.
  expect((await testServer.didit.fetch(forge('x-signature'))).status).toBe(401)
  expect(await (await post(event(session.sessionId, 'In Progress'))).json()).toEqual({ received: 'stored' })
  // One that only V2 vouches for comes again a little later.
  const body = JSON.stringify(event(session.sessionId, 'In Review', 5))
  const v2 = createHmac('sha256', webhookSecret)
    .update(writeSorted(JSON.parse(body)))
    .digest('hex')
  const changed = { headers: { 'x-signature': '0'.repeat(64), 'x-signature-v2': v2 } }
  expect((await post(body, changed)).status).toBe(503)
  testServer.pass(60)
  expect(await (await post(body, changed)).json()).toEqual({ received: 'stored' })
})

const writeSorted = (flat: object) =>
  JSON.stringify(Object.fromEntries(Object.entries(flat).sort(([a], [b]) => (a < b ? -1 : 1))))

describe('quarantine', () => {
  test.each([
    ['of another environment', (id: string) => event(id, 'Approved', 0, { environment: 'sandbox' }), 'environment'],
    ['older than any duplicate is known', (id: string) => event(id, 'Approved', -31 * 86_400), 'old'],
    ['from the future', (id: string) => event(id, 'Approved', 3_600), 'ahead'],
    ['that began in the future', (id: string) => event(id, 'Approved', 0, { created_at: 2_000_000_000 }), 'ahead'],
    [
      'with a time in milliseconds',
      (id: string) => event(id, 'Approved', 0, { timestamp: testServer.now(), created_at: null }),
      'undated',
    ],
    ['with NUL in its id', (id: string) => event(id, 'Approved', 0, { event_id: 'a\0b' }), 'unreadable'],
    ['with half a character in its status', (id: string) => event(id, '\ud800'), 'unreadable'],
    ['with an endless status', (id: string) => event(id, 'A'.repeat(100_000)), 'unreadable'],
    ['with an endless id', (id: string) => event(id, 'Approved', 0, { event_id: 'a'.repeat(100_000) }), 'unreadable'],
    ['with NUL in its environment', (id: string) => event(id, 'Approved', 0, { environment: 'live\0' }), 'environment'],
    [
      'with NUL in its type',
      (id: string) => event(id, 'Approved', 0, { webhook_type: 'status.updated\0' }),
      'unreadable',
    ],
    ['without a time', (id: string) => event(id, 'Approved', 0, { timestamp: null, created_at: null }), 'undated'],
    ['in the form of version 1', (id: string) => event(id, 'Approved', 0, { webhook_type: undefined }), 'unreadable'],
  ])('keeps an event %s, and lets only the API move the Session', async (_, make, reason) => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    testServer.emulator.control.faults({ drop: true })
    testServer.emulator.control.finish(session.sessionId, 'In Progress')
    testServer.pass(20)
    const odd = make(session.sessionId)
    expect(await (await post(odd)).json()).toEqual({ received: 'quarantined' })
    expect(await (await post(odd)).json()).toEqual({ received: 'duplicate' })
    expect(await events(session.sessionId)).toMatchObject([{ quarantined: reason }])
    // The event says Approved, but what Didit's API says is what stands.
    const read = await testServer.call('GET', `/sessions/${session.sessionId}`, { ticket })
    expect(await read.json()).toMatchObject({ status: 'In Progress', settled: true, source: 'api' })
  })

  test('makes no Session of a quarantined event', async () => {
    testServer = await createTestServer()
    const id = '33333333-2222-4333-8444-555555555555'
    await post(event(id, 'Approved', 0, { environment: 'sandbox' }))
    expect(await stored(id)).toBeNull()
  })

  test.each([
    ['a header', { 'x-didit-test-webhook': 'true' }, {}],
    ['its metadata', {}, { metadata: { test_webhook: true } }],
  ])('marks a test delivery known by %s, and changes no Session by it', async (_, headers, changes) => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(20)
    const body = event(session.sessionId, 'Approved', 0, changes)
    expect((await post(body, { headers })).status).toBe(200)
    expect(await events(session.sessionId)).toMatchObject([{ test: true }])
    expect(await stored(session.sessionId)).toMatchObject({ status: 'Not Started', isReadPending: false })
    // The mark does not make the real delivery of the same event look like a repetition.
    const { metadata, ...real } = body
    expect(await (await post(real)).json()).toEqual({ received: 'stored' })
  })
})

test('lets a test delivery of another environment change nothing, not even a doubt', async () => {
  testServer = await createTestServer()
  const { session } = await start()
  testServer.pass(20)
  await post(event(session.sessionId, 'Approved', 0, { environment: 'sandbox', metadata: { test_webhook: true } }))
  expect(await events(session.sessionId)).toMatchObject([{ test: true, quarantined: 'environment' }])
  expect(await stored(session.sessionId)).toMatchObject({ revision: session.revision, from: expect.any(Number) })
})

describe('order', () => {
  test('keeps the newer status when an older event arrives late', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(600)
    const early = event(session.sessionId, 'In Progress', -500)
    await post(event(session.sessionId, 'In Review'))
    const revision = (await stored(session.sessionId))?.revision
    expect(await (await post(early)).json()).toEqual({ received: 'stored' })
    expect(await stored(session.sessionId)).toMatchObject({ status: 'In Review', revision })
    expect(await events(session.sessionId)).toMatchObject([{ late: false }, { late: true }])
  })

  test('lets a late event move the Session when nothing newer is known, and reads what came of it', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(3_600)
    testServer.emulator.control.faults({ drop: true, api: { status: 503, retryAfterSeconds: 10 } })
    testServer.emulator.control.finish(session.sessionId, 'Declined')
    await post(event(session.sessionId, 'In Progress', -3_000))
    await post(event(session.sessionId, 'Approved', -2_500))
    // Both moves are listed ones; but what came after them may have been lost, and it was.
    expect(await stored(session.sessionId)).toMatchObject({ status: 'Approved', isReadPending: true })
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false, settled: false })
    testServer.emulator.control.faults({})
    testServer.pass(60)
    await testServer.settle()
    expect(await stored(session.sessionId)).toMatchObject({ status: 'Declined', isReadPending: false })
  })

  test('reads Didit when two events of one second disagree', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    testServer.pass(30)
    testServer.emulator.control.faults({ drop: true })
    testServer.emulator.control.finish(session.sessionId, 'In Review')
    await post(event(session.sessionId, 'In Progress'))
    await testServer.didit.fetch(delivery(event(session.sessionId, 'In Review')))
    const path = `/sessions/${session.sessionId}`
    // Neither event is known to be the newer one. The read at Didit agrees with the second, and settles it.
    const settled = (await (await testServer.call('GET', path, { ticket })).json()) as Snapshot
    expect(settled).toMatchObject({ status: 'In Review', settled: true, source: 'api' })
  })

  test('keeps a status it does not know, and counts it as active', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    testServer.pass(30)
    testServer.emulator.control.faults({ api: { status: 503, retryAfterSeconds: 60 } })
    await post(event(session.sessionId, 'Waiting For Moonlight'))
    const read = await testServer.call('GET', `/sessions/${session.sessionId}`, { ticket })
    expect(await read.json()).toMatchObject({ status: 'Waiting For Moonlight', phase: 'active', settled: false })
    const warnings = testServer.logged.filter((line) => JSON.stringify(line).includes('does not know'))
    expect(warnings).toHaveLength(1)
  })

  test('writes the official spelling of a status', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(30)
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.settle()
    testServer.pass(30)
    await post(event(session.sessionId, 'KYC Expired'))
    expect((await stored(session.sessionId))?.status).toBe('Kyc Expired')
  })

  test('never sends a stream back to an older revision', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    const frames = readFrames(await testServer.call('GET', `/sessions/${session.sessionId}/events`, { ticket }))
    const seen: Snapshot[] = []
    const reading = (async () => {
      for (let frame = await frames.next(); frame !== null; frame = await frames.next()) {
        if (frame.event === 'snapshot') seen.push(frame.data as Snapshot)
      }
    })()
    testServer.pass(100)
    for (const [status, offset] of [
      ['In Review', 0],
      ['In Progress', -50],
      ['In Review', 0],
      ['Approved', 40],
      ['In Progress', -50],
    ] as const) {
      await post(event(session.sessionId, status, offset))
    }
    await testServer.didit.close({ graceMs: 1_000 })
    await reading
    expect(seen.at(-1)?.status).toBe('Approved')
    const revisions = seen.map(({ revision }) => revision)
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b))
  })
})

describe('the Decision', () => {
  async function decided(
    changes: object,
  ): Promise<{ path: string; ticket: string; calls: string[]; sessionId: string }> {
    const calls: string[] = []
    testServer = await createTestServer()
    const { emulator } = testServer
    await testServer.restart({
      didit: {
        baseUrl: emulator.url,
        fetch: async (input, init) => {
          calls.push(init?.method ?? 'GET')
          return emulator.fetch(new Request(input as string, init))
        },
      },
    })
    const { session, ticket } = await start()
    testServer.emulator.control.faults({ drop: true })
    testServer.pass(20)
    await post(event(session.sessionId, 'In Progress'))
    testServer.pass(20)
    testServer.emulator.control.finish(session.sessionId, 'Declined')
    const dropped = JSON.parse(testServer.emulator.control.deliveries().at(-1)?.body ?? '')
    await post({ ...dropped, ...changes })
    expect(await stored(session.sessionId)).toMatchObject({ status: 'Declined', isReadPending: false, url: null })
    return { path: `/sessions/${session.sessionId}/decision`, ticket, calls, sessionId: session.sessionId }
  }

  test('is taken from the webhook that brings it, without asking Didit', async () => {
    const { path, ticket, calls } = await decided({})
    const decision = await (await testServer.call('GET', path, { ticket })).json()
    expect(decision.checks).toContainEqual({ kind: 'document', status: 'Declined', reasons: expect.any(Array) })
    expect(calls).toEqual(['POST'])
  })

  test.each([
    ['brings none', { decision: undefined }],
    ['brings one that cannot be read', { decision: { status: 'Declined' } }],
    [
      'brings one of another status',
      { decision: { session_id: '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31', status: 'Approved' } },
    ],
  ])('is read when somebody asks, if the webhook %s', async (_, changes) => {
    const { path, ticket, calls, sessionId } = await decided(changes)
    expect((await stored(sessionId))?.decision).toBeNull()
    expect(calls).toEqual(['POST'])
    const decision = await (await testServer.call('GET', path, { ticket })).json()
    expect(decision).toMatchObject({ status: 'Declined', decidedAt: expect.any(Number) })
    expect(decision.checks).not.toEqual([])
    await testServer.call('GET', path, { ticket })
    expect(calls).toEqual(['POST', 'GET'])
  })
})

describe('Sessions without a user', () => {
  test('keeps a Session it did not create, and counts it for no user', async () => {
    testServer = await createTestServer()
    const id = '22222222-2222-4333-8444-555555555555'
    expect((await post(event(id, 'Approved'))).status).toBe(200)
    expect(await stored(id)).toMatchObject({ userId: null, workflow: null, status: 'Approved' })
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false, sessionId: null })
    expect((await testServer.call('POST', `/sessions/${id}/ticket`)).status).toBe(404)
  })

  test('stores ids, statuses and the redacted Decision: nothing about the person', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(30)
    testServer.emulator.control.finish(session.sessionId, 'Declined')
    await testServer.settle()
    const [sent] = testServer.emulator.control.deliveries()
    const { first_name, last_name, date_of_birth, document_number } = JSON.parse(sent?.body ?? '{}').decision
      .id_verifications[0]
    const kept = JSON.stringify([await stored(session.sessionId), await events(session.sessionId), testServer.logged])
    for (const value of [first_name, last_name, date_of_birth, document_number]) {
      expect(value).toBeTruthy()
      expect(kept).not.toContain(value)
    }
    expect(kept).not.toMatch(/session_token|ip_analyses|aml/)
  })
})
