import type { KnownSessionStatus, StartAnswer } from '@didit-verify/core/schemas'
import { afterEach, expect, test } from 'vitest'
import { createTestServer, delivery, type TestServer, workflowId } from '../testing/test-server.ts'

/** Replicas that lag, ids that come again, looks and expiries: none of them may leave a verdict that Didit has withdrawn. */

let testServer: TestServer
afterEach(() => testServer.close())
const status = () => testServer.didit.getStatus('user-ada')
let calls = 0
/** When set, answers reads of Decisions instead of the emulator. */
let answerRead: ((url: URL) => Response | undefined) | undefined
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function start(): Promise<StartAnswer> {
  calls = 0
  answerRead = undefined
  testServer = await createTestServer({
    server: {
      didit: {
        baseUrl: 'https://didit.test',
        fetch: async (input: unknown, init: RequestInit | undefined) => {
          const url = new URL(String(input))
          if (url.pathname.includes('/decision')) {
            calls += 1
            const own = answerRead?.(url)
            if (own) return own
          }
          return testServer.emulator.fetch(
            new Request(new URL(url.pathname + url.search, testServer.emulator.url), init),
          )
        },
      },
    },
  } as never)
  testServer.emulator.control.faults({ drop: true })
  return (await (await testServer.call('POST', '/sessions', { body: {} })).json()) as StartAnswer
}
const finish = (sessionId: string, to: KnownSessionStatus) => testServer.emulator.control.finish(sessionId, to)
const nowSeconds = () => Math.floor(testServer.now() / 1000)
async function post(sessionId: string, to: string, offset = 0, changes: object = {}): Promise<string> {
  const seconds = nowSeconds() + offset
  const event = {
    event_id: `${to}-${seconds}`,
    webhook_type: 'status.updated',
    timestamp: seconds,
    created_at: seconds,
    environment: 'live',
    status: to,
    session_id: sessionId,
    workflow_id: workflowId,
    ...changes,
  }
  return (await (await testServer.didit.fetch(delivery(event))).json()).received
}
async function startApproved(seconds = 60): Promise<StartAnswer> {
  const started = await start()
  const { sessionId } = started.session
  finish(sessionId, 'In Progress')
  finish(sessionId, 'Approved')
  for (let round = 0; round < 2; round += 1) {
    testServer.pass(6)
    await testServer.call('POST', `/sessions/${sessionId}/refresh`, { ticket: started.ticket })
  }
  testServer.pass(seconds)
  expect(await status()).toMatchObject({ verified: true, settled: true })
  return started
}
const verifiedForSure = { verified: true, settled: true }

test('an unreadable event beside a readable one does not let a replica that lags bring the old status back', async () => {
  const { session } = await startApproved(60)
  const { sessionId } = session
  expect(await post(sessionId, 'Declined')).toBe('stored')
  expect(await status()).toMatchObject({ verified: false })
  const s = nowSeconds()
  await testServer.didit.fetch(
    delivery(
      `{"event_id":"d","webhook_type":"data.updated","timestamp":${s},"created_at":${s},"environment":"live","status":"Declined","session_id":"${sessionId}","decision":{"x":NaN}}`,
    ),
  )
  testServer.pass(1)
  await testServer.settle() // the replica still says Approved
  expect(await status()).not.toMatchObject(verifiedForSure)
})

test('a delayed Approved is not confirmed by two answers of a replica that lags', async () => {
  const { session } = await start()
  const { sessionId } = session
  testServer.pass(30)
  await post(sessionId, 'In Progress')
  finish(sessionId, 'In Progress')
  finish(sessionId, 'Approved')
  testServer.pass(120)
  expect(await post(sessionId, 'Declined')).toBe('stored') // Didit has declined; its replica still says Approved
  expect(await post(sessionId, 'Approved', -30)).toBe('stored')
  await testServer.settle()
  expect(await status()).not.toMatchObject(verifiedForSure)
  testServer.pass(2)
  await testServer.settle()
  expect(await status()).not.toMatchObject(verifiedForSure)
})

test.each([
  ['same second', 0, 0],
  ['the first one sent again with a newer timestamp', -30, 0],
])('Approved and Declined that overlap (%s) are settled by no replica that lags', async (_, from) => {
  const { session } = await start()
  const { sessionId } = session
  testServer.pass(30)
  await post(sessionId, 'In Progress')
  finish(sessionId, 'In Progress')
  finish(sessionId, 'Approved')
  testServer.pass(120)
  expect(await post(sessionId, 'Approved', 0, { created_at: nowSeconds() + from })).toBe('stored')
  expect(await post(sessionId, 'Declined')).toBe('stored')
  expect(await status()).toMatchObject({ verified: false })
  testServer.pass(1)
  await testServer.settle()
  expect(await status()).not.toMatchObject(verifiedForSure)
})

test.each([
  ['of a proxy', () => new Response('<h1>404</h1>', { status: 404, headers: { 'content-type': 'text/html' } })],
  [
    'of Didit',
    () => new Response('{"detail":"Not found."}', { status: 404, headers: { 'content-type': 'application/json' } }),
  ],
])('three 404 %s do not settle an approval that was withdrawn', async (_, answer) => {
  const { session } = await startApproved(0)
  const { sessionId } = session
  answerRead = answer
  await post(sessionId, 'Declined', -3)
  expect(await status()).toMatchObject({ verified: false })
  for (let i = 0; i < 4; i += 1) {
    await testServer.settle()
    testServer.pass(20)
  }
  expect(await status()).not.toMatchObject(verifiedForSure)
})

test('three 404 of a proxy do not end the looks', async () => {
  const { session } = await start()
  const { sessionId } = session
  answerRead = () => new Response('<h1>404</h1>', { status: 404, headers: { 'content-type': 'text/html' } })
  for (let i = 0; i < 4; i += 1) {
    testServer.pass(400)
    await testServer.settle()
  }
  answerRead = undefined
  finish(sessionId, 'In Progress')
  finish(sessionId, 'Approved')
  for (let i = 0; i < 60; i += 1) {
    testServer.pass(3600)
    await testServer.settle()
  }
  expect(await status()).toMatchObject({ verified: true })
})

test('an id that comes again for another Session has that Session read', async () => {
  const { session } = await startApproved()
  expect(await post('11111111-1111-4111-8111-111111111111', 'Declined', -5, { event_id: 'same' })).toBe('stored')
  finish(session.sessionId, 'Declined')
  await post(session.sessionId, 'Declined', 0, { event_id: 'same' })
  expect(await status()).toMatchObject({ verified: false })
})

test('an id that comes again with a newer time, after a status in between, has the Session read', async () => {
  const { session } = await start()
  const { sessionId } = session
  testServer.pass(30)
  await post(sessionId, 'In Progress')
  testServer.pass(30)
  await post(sessionId, 'Declined', 0, { event_id: 'same' })
  testServer.pass(30)
  await post(sessionId, 'Approved')
  testServer.pass(30)
  expect(await status()).toMatchObject(verifiedForSure)
  await post(sessionId, 'Declined', 0, { event_id: 'same' })
  expect(await status()).toMatchObject({ verified: false })
})

test('an unreadable event that also names the Session of a duplicate face has both read', async () => {
  const { session } = await startApproved()
  const s = nowSeconds()
  finish(session.sessionId, 'Declined')
  await testServer.didit.fetch(
    delivery(
      `{"event_id":"d","webhook_type":"status.updated","timestamp":${s},"created_at":${s},"environment":"live","status":"Declined","session_id":"${session.sessionId}","decision":{"session_id":"${session.sessionId}","liveness":{"score":NaN,"matches":[{"session_id":"22222222-2222-4222-8222-222222222222"}]}}}`,
    ),
  )
  expect(await status()).toMatchObject({ verified: false })
})

test('a Retry-After of 60 days is bounded', async () => {
  const { session } = await startApproved(0)
  answerRead = () => new Response('{}', { status: 503, headers: { 'retry-after': '5184000' } })
  await post(session.sessionId, 'Declined', -3)
  await testServer.settle()
  const before = calls
  await pause(1500)
  expect(calls - before).toBeLessThan(5)
})

test('a Session that is resubmitted after its expiry is looked at', async () => {
  const { session } = await start()
  const { sessionId } = session
  let st = 'In Progress'
  const expires = new Date(testServer.now() + 3600_000).toISOString()
  answerRead = () =>
    new Response(
      JSON.stringify({
        session_id: sessionId,
        status: st,
        expires_at: expires,
        workflow_id: workflowId,
        environment: 'live',
      }),
      { headers: { 'content-type': 'application/json', date: new Date(testServer.now()).toUTCString() } },
    )
  testServer.pass(400)
  await testServer.settle()
  testServer.pass(6)
  await testServer.settle()
  st = 'In Review'
  testServer.pass(60)
  await post(sessionId, 'In Review')
  testServer.pass(7200)
  st = 'Resubmitted'
  await post(sessionId, 'Resubmitted')
  await testServer.settle()
  testServer.pass(60)
  st = 'Approved' // webhook lost
  for (let i = 0; i < 100; i += 1) {
    testServer.pass(3600)
    await testServer.settle()
  }
  expect(await status()).toMatchObject({ verified: true })
})

test('an expiry that slides does not make reads endless', async () => {
  const { session } = await startApproved(0)
  const { sessionId } = session
  answerRead = () =>
    new Response(
      JSON.stringify({
        session_id: sessionId,
        status: 'Approved',
        expires_at: new Date(testServer.now() + 86_400_000).toISOString(),
        workflow_id: workflowId,
        environment: 'live',
      }),
      { headers: { 'content-type': 'application/json', date: new Date(testServer.now()).toUTCString() } },
    )
  calls = 0
  for (let i = 0; i < 100; i += 1) {
    testServer.pass(120)
    await testServer.settle()
  }
  expect(calls).toBeLessThan(10)
})

test('an event of an unknown type that says another status has the Session read', async () => {
  const { session } = await startApproved()
  finish(session.sessionId, 'Declined')
  await post(session.sessionId, 'Declined', 0, { webhook_type: 'session.status.updated' })
  expect(await status()).toMatchObject({ verified: false })
})

test('an approval whose expiry has passed is looked at', async () => {
  const { session, ticket } = await start()
  const { sessionId } = session
  finish(sessionId, 'In Progress')
  finish(sessionId, 'Approved')
  let st = 'Approved'
  const expires = new Date(testServer.now() + 3 * 86_400_000).toISOString()
  answerRead = () =>
    new Response(
      JSON.stringify({
        session_id: sessionId,
        status: st,
        expires_at: expires,
        workflow_id: workflowId,
        environment: 'live',
      }),
      { headers: { 'content-type': 'application/json', date: new Date(testServer.now()).toUTCString() } },
    )
  for (let i = 0; i < 20; i += 1) {
    testServer.pass(30)
    await testServer.call('POST', `/sessions/${sessionId}/refresh`, { ticket })
    await testServer.settle()
  }
  expect(await status()).toMatchObject(verifiedForSure)
  testServer.pass(3 * 86_400 + 10)
  st = 'Kyc Expired'
  for (let i = 0; i < 60; i += 1) {
    testServer.pass(3600)
    await testServer.settle()
  }
  expect(await status()).toMatchObject({ verified: false })
})
test('a Session that Didit still calls In Progress after its expiry is still looked at', async () => {
  const { session } = await start()
  const { sessionId } = session
  let st = 'In Progress'
  const expires = new Date(testServer.now() - 1000).toISOString()
  answerRead = () =>
    new Response(
      JSON.stringify({
        session_id: sessionId,
        status: st,
        expires_at: expires,
        workflow_id: workflowId,
        environment: 'live',
      }),
      { headers: { 'content-type': 'application/json', date: new Date(testServer.now()).toUTCString() } },
    )
  for (let i = 0; i < 5; i += 1) {
    testServer.pass(400)
    await testServer.settle()
  }
  st = 'Approved'
  for (let i = 0; i < 100; i += 1) {
    testServer.pass(3600)
    await testServer.settle()
  }
  expect(await status()).toMatchObject({ verified: true })
})
