import { DiditError, type KnownSessionStatus, type StartAnswer } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test } from 'vitest'
import { memoryStorage } from '../src/index.ts'
import { mostInAMinute, runOutage } from '../testing/outage.ts'
import { apiKey, createTestServer, type TestServer, workflowId } from '../testing/test-server.ts'

/** The reconciler against Didit's list: changes that no webhook told of, found by the daily sweep. */

let testServer: TestServer
afterEach(() => testServer.close())

const day = 86_400
const status = (user = 'user-ada') => testServer.didit.getStatus(user)
const stored = (sessionId: string) => testServer.storage.application('default').getSession(sessionId)
const ready = async () =>
  (await testServer.didit.fetch(new Request('https://app.example.com/api/didit/health/ready'))).json()
const ended = () => testServer.logged.filter((line) => /sweep of Sessions has ended/.test(JSON.stringify(line)))

/** Counts the calls to Didit by path, without ids. */
function counted() {
  const calls: { readonly path: string; readonly at: number }[] = []
  const server = {
    didit: {
      baseUrl: 'https://didit.test',
      fetch: async (input: unknown, init?: RequestInit) => {
        const { pathname, search } = new URL(String(input))
        calls.push({ path: pathname.replace(/[0-9a-f-]{36}/, ':id'), at: testServer.now() })
        return testServer.emulator.fetch(new Request(new URL(pathname + search, testServer.emulator.url), init))
      },
    },
  }
  const count = (path: string) => calls.filter((call) => call.path === path).length
  return { calls, count, options: { server } }
}

async function begin(options?: Parameters<typeof createTestServer>[0]): Promise<void> {
  testServer = await createTestServer(options)
  testServer.emulator.control.faults({ drop: true })
}

async function start(user = 'user-ada'): Promise<StartAnswer> {
  const answer = await testServer.call('POST', '/sessions', { user, body: {} })
  return (await answer.json()) as StartAnswer
}

/** Creates Sessions at Didit that this server does not know. */
async function createElsewhere(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const body = JSON.stringify({ workflow_id: workflowId, vendor_data: `elsewhere-${at}` })
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
    const url = new URL('/v3/session/', testServer.emulator.url)
    const answer = await testServer.emulator.fetch(new Request(url, { method: 'POST', headers, body }))
    if (answer.status !== 201) throw new Error(await answer.text())
    if (at % 500 === 499) testServer.pass(60)
  }
}

/** Lets time pass with the server's timer. */
async function run(seconds: number, everySeconds = 60): Promise<void> {
  for (let at = 0; at < seconds; at += everySeconds) {
    testServer.pass(everySeconds)
    await testServer.didit.tick()
    await testServer.settle()
  }
}

/** Brings a Session to a status that the server knows, and to which no look is planned any more. */
async function startAt(to: KnownSessionStatus, user?: string): Promise<string> {
  const { session } = await start(user)
  testServer.emulator.control.finish(session.sessionId, to)
  await run(1200)
  expect(await stored(session.sessionId)).toMatchObject({ status: to, isReadPending: false })
  return session.sessionId
}

describe('the daily sweep finds', () => {
  test.each<[KnownSessionStatus, KnownSessionStatus]>([
    ['Approved', 'Declined'],
    ['Declined', 'Approved'],
    ['Approved', 'Kyc Expired'],
    ['Abandoned', 'Approved'],
    ['Expired', 'Approved'],
    ['Approved', 'Resubmitted'],
    ['Declined', 'In Review'],
  ])('%s that became %s weeks later', async (from, to) => {
    await begin()
    const sessionId = await startAt(from)
    await run(20 * day, 7200)
    testServer.emulator.control.finish(sessionId, to)
    await run(day, 600)
    await run(120)
    expect(await stored(sessionId)).toMatchObject({ status: to, isReadPending: false })
    expect(await status()).toMatchObject({ verified: to === 'Approved', settled: true })
  })

  test('a change of the sandbox', async () => {
    await begin({ server: { environment: 'sandbox' }, emulator: { environment: 'sandbox' } })
    const sessionId = await startAt('Approved')
    testServer.emulator.control.finish(sessionId, 'Declined')
    await run(day, 600)
    expect(await status()).toMatchObject({ verified: false, phase: 'declined', settled: true })
  })

  test('an approval within maxAgeDays of its decision only', async () => {
    await begin({ server: { workflows: { default: { id: workflowId, maxAgeDays: 3 } } } })
    await startAt('Approved')
    await run(2 * day, 1200)
    expect(await status()).toMatchObject({ verified: true, settled: true })
    await run(2 * day, 1200)
    expect(await status()).toMatchObject({ verified: false, settled: true })
  })
})

test.each<KnownSessionStatus>(['In Review', 'Resubmitted', 'Awaiting User'])(
  'a Session that is %s for days is right within a quarter of a day after its decision',
  async (waiting) => {
    await begin()
    const { session } = await start()
    testServer.emulator.control.finish(session.sessionId, waiting)
    await run(3 * day, 1200)
    expect(await stored(session.sessionId)).toMatchObject({ status: waiting, isReadPending: false })
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await run(day / 3.5, 1200)
    expect(await status()).toMatchObject({ verified: true, settled: true })
  },
)

describe('the sweep', () => {
  test('begins some minutes after the first start, and then once a day', async () => {
    const { count, options } = counted()
    await begin(options)
    await start()
    await run(240)
    expect(count('/v3/sessions/')).toBe(0)
    expect(await ready()).toMatchObject({ status: 'ready', sweep: { lastCompletedAt: null, startedAt: null } })
    await run(720)
    // One page of people, one of businesses.
    expect(count('/v3/sessions/')).toBe(2)
    await run(day, 600)
    expect(count('/v3/sessions/')).toBe(4)
    expect(ended()).toHaveLength(2)
    expect(ended()[0]).toMatchObject({ calls: 2, compared: 1, differing: 0, unknown: 0 })
    const { sweep, reads } = (await ready()) as never as { sweep: Record<string, number>; reads: object }
    expect(testServer.now() - Number(sweep.lastCompletedAt)).toBeLessThan(day * 1000)
    expect(Number(sweep.nextAt)).toBeGreaterThan(testServer.now())
    expect(reads).toEqual({ due: 0, lagMs: 0 })
  })

  test('reads long lists in pages, counts Sessions that are unknown here, and stores none of them', async () => {
    const { calls, count, options } = counted()
    await begin(options)
    const { session } = await start()
    await createElsewhere(350)
    await run(1200)
    expect(count('/v3/sessions/')).toBe(5)
    expect(ended()[0]).toMatchObject({ unknown: 350 })
    expect(await stored(session.sessionId)).not.toBeNull()
    const first = calls.filter(({ path }) => path === '/v3/sessions/').map(({ at }) => at)
    expect(new Set(first).size).toBeLessThanOrEqual(3)
  })

  test('goes on where it was after a restart', async () => {
    const { count, options } = counted()
    await begin(options)
    await start()
    await createElsewhere(700)
    testServer.pass(700)
    await testServer.didit.tick()
    expect(count('/v3/sessions/')).toBeLessThan(6)
    await testServer.restart()
    await run(600)
    expect(count('/v3/sessions/')).toBe(9)
    expect(ended()).toHaveLength(1)
  })

  test('runs in one of two processes on one storage', async () => {
    const { count, options } = counted()
    await begin(options)
    await start()
    const { storage } = testServer
    const other = await createTestServer({ storage, server: options.server })
    other.emulator.close()
    const both = [testServer, other]
    for (let at = 0; at < 40; at += 1) {
      for (const server of both) server.pass(60)
      await Promise.all(both.map(({ didit }) => didit.tick()))
    }
    expect(ended().length + other.logged.filter((line) => /has ended/.test(JSON.stringify(line))).length).toBe(1)
    expect(count('/v3/sessions/')).toBe(2)
  })

  test('waits while Didit fails, and goes on', async () => {
    await begin()
    await start()
    testServer.emulator.control.faults({ drop: true, api: { status: 503 } })
    await run(1800)
    expect(ended()).toHaveLength(0)
    testServer.emulator.control.faults({ drop: true })
    // How soon the client tries again is real time, and so depends on how busy the machine is.
    for (let round = 0; round < 20 && ended().length === 0; round += 1) await run(600)
    expect(ended()).toHaveLength(1)
  })

  test('skips a page that cannot be read', async () => {
    const { options } = counted()
    const { didit } = options.server
    const fetch = async (input: unknown, init?: RequestInit) => {
      if (!String(input).includes('session_kind=user')) return didit.fetch(input, init)
      return Response.json({ count: 1, next: null, results: [{ session_id: 5 }] })
    }
    await begin({ server: { didit: { ...didit, fetch } } })
    await start()
    await run(3600)
    expect(ended()).toHaveLength(1)
    expect(testServer.logged.filter((line) => /page of the list/.test(JSON.stringify(line))).length).toBeGreaterThan(2)
  })

  test('is planned again when its state has an unknown format', async () => {
    await begin()
    await start()
    await run(300)
    await testServer.storage.application('default').setState('sweep:live', '{"nextAt":"soon"}')
    await run(1200)
    expect(ended()).toHaveLength(1)
  })
})

test('a start creates no Session at Didit while the storage cannot write', async () => {
  const storage = memoryStorage()
  const full = new DiditError('storage-unavailable', 'The disk of the database is full.')
  await begin({ storage: { ...storage, check: () => Promise.reject(full) } })
  const answer = await testServer.call('POST', '/sessions', { body: {} })
  expect(answer.status).toBe(503)
  expect(testServer.emulator.control.sessions()).toHaveLength(0)
})

describe('after a long downtime', () => {
  test('2,000 Sessions that are due at once are read within the budget, and no person waits for it', async () => {
    const { calls, options } = counted()
    await begin(options)
    const { session, ticket } = await start()
    const application = testServer.storage.application('default')
    const record = await stored(session.sessionId)
    if (record === null) throw new Error('No record.')
    for (let at = 0; at < 2_000; at += 1) {
      const sessionId = `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`
      const due = { isReadPending: at % 4 === 0, readDueAt: 1 }
      await application.commitRead(sessionId, 0, () => ({ ...record, ...due, sessionId, userId: `user-${at}` }))
    }
    await testServer.restart()
    calls.length = 0
    for (let halfMinute = 0; halfMinute < 6; halfMinute += 1) {
      const round = testServer.didit.tick()
      const before = testServer.now()
      const refresh = await testServer.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })
      expect([refresh.status, testServer.now() - before]).toEqual([200, 0])
      await round
      testServer.pass(30)
    }
    expect(mostInAMinute(calls)).toBeLessThanOrEqual(300)
    expect(calls.length).toBeGreaterThan(300)
    expect(await ready()).toMatchObject({ status: 'ready', reads: { due: 1000 } })
    expect(testServer.logged.filter((line) => /are behind/.test(JSON.stringify(line)))).toHaveLength(1)
  })

  test('an hour without webhooks is made good for 500 Sessions, with no page open', { timeout: 60_000 }, async () => {
    const outcome = await runOutage({ sessions: 500, seed: 1 })
    expect(outcome).toMatchObject({ wrong: 0 })
    expect(outcome.mostCallsInAMinute).toBeLessThanOrEqual(300)
    // The longest pause between two looks at a Session that is an hour old.
    expect(outcome.minutesUntilRight).toBeLessThanOrEqual(40)
  })
})
