import type { KnownSessionStatus, Snapshot, StartAnswer } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test } from 'vitest'
import { apiKey, createTestServer, delivery, type TestServer, workflowId } from '../testing/test-server.ts'

/** The server's verdict against lost, odd and contradicting words of Didit. Every webhook here is sent by the test. */

let testServer: TestServer
afterEach(() => testServer.close())

const stored = (sessionId: string) => testServer.storage.application('default').getSession(sessionId)
const status = () => testServer.didit.getStatus('user-ada')

/** Starts a Session whose webhooks are all lost. */
async function start(options?: Parameters<typeof createTestServer>[0]): Promise<StartAnswer> {
  testServer = await createTestServer(options)
  testServer.emulator.control.faults({ drop: true })
  return (await (await testServer.call('POST', '/sessions', { body: {} })).json()) as StartAnswer
}

const finish = (sessionId: string, to: KnownSessionStatus) => testServer.emulator.control.finish(sessionId, to)

async function post(sessionId: string, to: string, offset = 0, changes: object = {}): Promise<string> {
  const seconds = Math.floor(testServer.now() / 1000) + offset
  const envelope = { webhook_type: 'status.updated', timestamp: seconds, created_at: seconds, environment: 'live' }
  const event = {
    event_id: `${to}-${seconds}`,
    ...envelope,
    status: to,
    session_id: sessionId,
    workflow_id: workflowId,
  }
  return (await (await testServer.didit.fetch(delivery({ ...event, ...changes }))).json()).received
}

/** Approved by a read, `seconds` before now. */
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

describe('a webhook that never arrives', () => {
  test.each([0.1, 1, 24, 720])('is found by tick after %s hours, with no page open', async (hours) => {
    const { session } = await start()
    testServer.pass(20)
    finish(session.sessionId, 'In Progress')
    finish(session.sessionId, 'Approved')
    testServer.pass(hours * 3600 - 20)
    await testServer.didit.tick()
    testServer.pass(6)
    await testServer.didit.tick()
    expect(await status()).toMatchObject({ verified: true, settled: true })
  })

  test('is found after a restart, too', async () => {
    const { session } = await start()
    finish(session.sessionId, 'Declined')
    await testServer.restart()
    testServer.pass(400)
    await testServer.didit.tick()
    testServer.pass(6)
    await testServer.didit.tick()
    expect(await status()).toMatchObject({ phase: 'declined', settled: true })
  })

  test('that withdraws a decision is found a minute after the decision', async () => {
    const { session } = await startApproved(0)
    finish(session.sessionId, 'Declined')
    testServer.pass(70)
    await testServer.didit.tick()
    expect(await status()).toMatchObject({ verified: false, phase: 'declined', settled: true })
  })

  test('costs few reads: pauses grow, and none is made for a Session that is over', async () => {
    const { session } = await start()
    const reads = async (seconds: number, everySeconds: number) => {
      let count = 0
      for (let at = 0; at < seconds; at += everySeconds) {
        const before = (await stored(session.sessionId))?.readDueAt
        testServer.pass(everySeconds)
        await testServer.didit.tick()
        if ((await stored(session.sessionId))?.readDueAt !== before) count += 1
      }
      return count
    }
    const day = await reads(86_400, 300)
    expect(day).toBeGreaterThan(5)
    expect(day).toBeLessThan(25)
    expect(await reads(6 * 86_400, 3_600)).toBeLessThan(40)
    finish(session.sessionId, 'Expired')
    expect(await reads(3 * 86_400, 3_600)).toBeLessThanOrEqual(16)
    expect((await stored(session.sessionId))?.readDueAt).toBeNull()
  })
})

describe('news that looks old', () => {
  test.each([-1, -3, -10])('by %s s against the clock of Date takes an approval back', async (offset) => {
    const { session, ticket } = await startApproved(0)
    finish(session.sessionId, 'Declined')
    expect(await post(session.sessionId, 'Declined', offset)).toBe('stored')
    expect(await status()).toMatchObject({ verified: false })
    await testServer.settle()
    expect(await status()).toMatchObject({ verified: false, phase: 'declined', settled: true })
    const proof = await testServer.call('POST', `/sessions/${session.sessionId}/proof`, { body: {} })
    expect(proof.status).toBe(409)
    const read = await testServer.call('GET', `/sessions/${session.sessionId}`, { ticket })
    expect(await read.json()).toMatchObject({ status: 'Declined', settled: true })
  })

  test('and arrives late is asked about all the same', async () => {
    const { session } = await startApproved(0)
    finish(session.sessionId, 'Declined')
    testServer.pass(400)
    expect(await post(session.sessionId, 'Declined', -405)).toBe('stored')
    await testServer.settle()
    expect(await status()).toMatchObject({ verified: false, phase: 'declined', settled: true })
  })
})

describe('a clock that cannot be believed', () => {
  const withDate = (change: (headers: Headers) => void) => ({
    server: {
      didit: {
        baseUrl: 'https://didit.test',
        fetch: async (input: unknown, init: RequestInit | undefined) => {
          const { pathname, search } = new URL(String(input))
          const answer = await testServer.emulator.fetch(
            new Request(new URL(pathname + search, testServer.emulator.url), init),
          )
          const headers = new Headers(answer.headers)
          change(headers)
          return new Response(answer.body, { status: answer.status, headers })
        },
      },
    },
  })
  const wrongBy = (seconds: number) => (headers: Headers) =>
    headers.set('date', new Date(testServer.now() + seconds * 1000).toUTCString())

  test.each([
    ['is missing', (headers: Headers) => headers.delete('date')],
    ['is ten minutes ahead', wrongBy(600)],
    ['is ten minutes behind', wrongBy(-600)],
  ])('Date %s: an approval arrives all the same', async (_, change) => {
    const { session } = await start(withDate(change))
    testServer.pass(30)
    finish(session.sessionId, 'In Progress')
    await post(session.sessionId, 'In Progress')
    testServer.pass(30)
    finish(session.sessionId, 'Approved')
    await post(session.sessionId, 'Approved')
    await testServer.settle()
    testServer.pass(6)
    await testServer.settle()
    expect(await status()).toMatchObject({ verified: true, settled: true })
  })
})

describe('a replica that lags', () => {
  test('is asked again before its answer counts', async () => {
    const { session } = await start()
    testServer.pass(30)
    finish(session.sessionId, 'In Progress')
    // The webhook of In Progress was lost, and the replica has not heard of the approval yet.
    expect(await post(session.sessionId, 'Approved')).toBe('stored')
    testServer.pass(1)
    await testServer.settle()
    expect(await status()).toMatchObject({ verified: false, settled: false })
    finish(session.sessionId, 'Approved')
    testServer.pass(6)
    await testServer.settle()
    expect(await status()).toMatchObject({ verified: true, settled: true })
  })
})

describe('a signed webhook that cannot be read', () => {
  const seconds = () => Math.floor(testServer.now() / 1000)
  const body = (sessionId: string, text: string) =>
    `{"created_at":${seconds()},"environment":"live","event_id":"e","session_id":"${sessionId}","status":"Declined",` +
    `"timestamp":${seconds()},"webhook_type":"status.updated"${text}}`

  test.each([
    ['holds NaN', (id: string) => body(id, ',"decision":{"face":NaN}')],
    ['holds Infinity', (id: string) => body(id, ',"decision":{"face":-Infinity}')],
    ['has a number for a status', (id: string) => body(id, '').replace('"Declined"', '5')],
    ['has a number for an id', (id: string) => body(id, '').replace('"e"', '12345')],
    ['has an object for a time', (id: string) => body(id, '').replace(/"timestamp":\d+/, '"timestamp":{}')],
    ['has a list for a type', (id: string) => body(id, '').replace('"status.updated"', '[]')],
    ['is cut off', (id: string) => body(id, '').slice(0, -20)],
    ['is cut off and names the Session in capitals', (id: string) => body(id.toUpperCase(), '').slice(0, -20)],
  ])('and %s has Didit asked, and leaves a line in the log', async (_, make) => {
    const { session } = await startApproved()
    finish(session.sessionId, 'Declined')
    const response = await testServer.didit.fetch(delivery(make(session.sessionId)))
    expect([response.status, await response.json()]).toEqual([200, { received: 'quarantined' }])
    expect(await status()).toMatchObject({ verified: false })
    await testServer.settle()
    testServer.pass(6)
    await testServer.settle()
    expect(await status()).toMatchObject({ verified: false, phase: 'declined', settled: true })
    const warnings = testServer.logged.filter((line) => /could not be read|kept aside/.test(JSON.stringify(line)))
    expect(warnings).toHaveLength(1)
    expect(JSON.stringify(warnings)).not.toMatch(/12345|Declined/)
  })

  test('and names no Session changes nothing', async () => {
    const { session } = await startApproved()
    const response = await testServer.didit.fetch(delivery('{"decision":{"face":NaN}}'))
    expect([response.status, await response.json()]).toEqual([200, { received: 'quarantined' }])
    expect(await stored(session.sessionId)).toMatchObject({ isReadPending: false })
  })
})

test('an id that comes again with another status is asked about', async () => {
  const { session } = await startApproved()
  const event_id = 'the-same'
  expect(await post(session.sessionId, 'Approved', -30, { event_id })).toBe('stored')
  finish(session.sessionId, 'Declined')
  expect(await post(session.sessionId, 'Declined', 0, { event_id })).toBe('quarantined')
  expect(await post(session.sessionId, 'Declined', 0, { event_id })).toBe('duplicate')
  await testServer.settle()
  testServer.pass(6)
  await testServer.settle()
  expect(await status()).toMatchObject({ verified: false, phase: 'declined', settled: true })
})

test('a webhook that was kept aside while its Session was being created is not forgotten', async () => {
  const { session } = await start()
  const { sessionId } = session
  const application = testServer.storage.application('default')
  await application.forgetSession(sessionId)
  await testServer.restart({ application: 'other' })
  // Another application of the same storage knows the Session by its webhook alone, and that one is ahead of time.
  finish(sessionId, 'In Progress')
  expect(await post(sessionId, 'In Progress', 900)).toBe('quarantined')
  const again = (await (await testServer.call('POST', '/sessions', { body: {} })).json()) as { session: Snapshot }
  expect(again.session).toMatchObject({ sessionId, settled: false })
})

test('a Session that Didit has deleted is not handed out again', async () => {
  const { session, ticket, url } = await start()
  await testServer.emulator.fetch(
    new Request(new URL(`/v3/session/${session.sessionId}/delete/`, testServer.emulator.url), {
      method: 'DELETE',
      headers: { 'x-api-key': apiKey },
    }),
  )
  testServer.pass(20)
  const refresh = await testServer.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })
  expect(refresh.status).toBe(404)
  const again = (await (await testServer.call('POST', '/sessions', { body: {} })).json()) as StartAnswer
  expect(again.session.sessionId).not.toBe(session.sessionId)
  expect(again.url).not.toBe(url)
})

test('a revision never falls behind the clock, so that a restored database freezes no screen', async () => {
  const { session } = await start()
  testServer.pass(1_000)
  await post(session.sessionId, 'In Progress')
  expect((await stored(session.sessionId))?.revision).toBe(Math.floor(testServer.now() / 1000))
})
