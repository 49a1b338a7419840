import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Problem, StartAnswer } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { sqliteStorage } from '../src/sqlite.ts'
import { apiKey, createTestServer, delivery, type TestServer, webhookSecret } from '../testing/test-server.ts'

let testServer: TestServer
afterEach(() => testServer.close())

const stored = (sessionId: string) => testServer.storage.application('default').getSession(sessionId)

async function start(): Promise<StartAnswer> {
  return (await (await testServer.call('POST', '/sessions', { body: {} })).json()) as StartAnswer
}

describe('when Didit says no', () => {
  test.each([
    ['the API key is wrong', { apiKey: 'some-other-key' }, 502, 'didit-credentials', /API key/],
    [
      'the workflow is unknown',
      { workflows: { default: '77777777-2222-3333-4444-555555555555' } },
      502,
      'didit-rejected',
      /workflow id/,
    ],
  ])(
    'says so when %s, with help for the developer and nothing of Didit’s own words',
    async (_, options, status, code, help) => {
      testServer = await createTestServer({ server: options })
      const response = await testServer.call('POST', '/sessions', { body: {} })
      expect(response.status).toBe(status)
      const problem = (await response.json()) as Problem
      expect(problem).toMatchObject({ code, help: expect.stringMatching(help) })
      expect(problem.title).toMatch(/not available/)
      expect(problem).not.toHaveProperty('detail')
      expect(problem).not.toHaveProperty('issues')
      expect(await testServer.storage.application('default').listSessions({ userId: 'user-ada' })).toEqual([])
      const log = JSON.stringify(testServer.logged)
      expect(log).toContain(code)
      for (const secret of [apiKey, webhookSecret, 'some-other-key', 'user-ada']) expect(log).not.toContain(secret)
    },
  )

  test('asks for patience when Didit cannot be reached, and works again afterwards', async () => {
    testServer = await createTestServer()
    testServer.emulator.control.faults({ api: { status: 503, retryAfterSeconds: 17 } })
    const response = await testServer.call('POST', '/sessions', { body: {} })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('17')
    expect(await response.json()).toMatchObject({ code: 'didit-unavailable' })
    testServer.emulator.control.faults({})
    expect((await testServer.call('POST', '/sessions', { body: {} })).status).toBe(201)
  })

  test('asks for patience when Didit is too busy', async () => {
    testServer = await createTestServer()
    testServer.emulator.control.faults({ api: { status: 429, retryAfterSeconds: 42 } })
    const response = await testServer.call('POST', '/sessions', { body: {} })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('42')
    expect(await response.json()).toMatchObject({ code: 'didit-rate-limited' })
  })

  test('refuses to count a Session of another environment', async () => {
    testServer = await createTestServer({ emulator: { environment: 'sandbox' } })
    const { session, ticket } = await start()
    testServer.pass(30)
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.settle()
    const refresh = await testServer.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })
    expect(await refresh.json()).toMatchObject({ code: 'didit-answer-invalid' })
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false })
    expect(JSON.stringify(testServer.logged)).toContain('set the option environment')
  })
})

describe('pending reads', () => {
  test('are tried again until Didit answers, ever more slowly', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(30)
    testServer.emulator.control.faults({ api: { status: 500, retryAfterSeconds: 10 } })
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.settle()
    const first = await stored(session.sessionId)
    expect(first).toMatchObject({ status: 'Approved', isReadPending: true, readFailures: 1 })
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false, settled: false })
    // Not before its time …
    await testServer.didit.tick()
    expect((await stored(session.sessionId))?.readFailures).toBe(1)
    testServer.pass(11)
    await testServer.didit.tick()
    expect((await stored(session.sessionId))?.readFailures).toBe(2)
    // … and then with success.
    testServer.emulator.control.faults({})
    testServer.pass(60)
    await testServer.didit.tick()
    expect(await stored(session.sessionId)).toMatchObject({ isReadPending: false, readFailures: 0, news: null })
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: true, settled: true })
  })

  test('are put off for a day at most, and never made at once, when Didit asks for what no timer can wait', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(30)
    await testServer.restart({
      didit: {
        baseUrl: testServer.emulator.url,
        // A moment, where seconds belong.
        fetch: async () => Response.json({}, { status: 503, headers: { 'retry-after': '1764000000' } }),
      },
    })
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    const timers = vi.spyOn(globalThis, 'setTimeout')
    await testServer.settle()
    const longest = Math.max(...timers.mock.calls.map(([, ms = 0]) => ms))
    timers.mockRestore()
    expect(longest).toBe(86_400_000)
    const record = await stored(session.sessionId)
    expect(record).toMatchObject({ isReadPending: true, readFailures: 1 })
    expect((record?.readDueAt ?? 0) - testServer.now()).toBe(86_400_000)
  })

  test('fail once, however many asked for them at the same time', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(30)
    testServer.emulator.control.faults({ api: { status: 500, retryAfterSeconds: 10 } })
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.emulator.control.idle()
    await Promise.all([testServer.didit.tick(), testServer.didit.tick(), testServer.settle()])
    expect(await stored(session.sessionId)).toMatchObject({ isReadPending: true, readFailures: 1 })
  })

  test('are forgiven when Didit no longer knows the Session', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    testServer.pass(30)
    testServer.emulator.control.faults({ drop: true })
    testServer.emulator.control.finish(session.sessionId, 'Declined')
    const delivered = testServer.emulator.control.deliveries()[0]?.body ?? ''
    testServer.emulator.control.reset()
    await testServer.didit.fetch(delivery(delivered))
    for (let round = 0; round < 4; round += 1) {
      await testServer.settle()
      testServer.pass(60)
    }
    expect(await stored(session.sessionId)).toMatchObject({ status: 'Declined', isReadPending: false })
    const ticketAnswer = await testServer.call('POST', `/sessions/${session.sessionId}/ticket`)
    const fresh = (await ticketAnswer.json()) as StartAnswer
    expect(fresh.ticket).not.toBe(ticket)
    const gone = await testServer.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket: fresh.ticket })
    expect(gone.status).toBe(404)
    expect(await gone.json()).toMatchObject({ code: 'didit-not-found' })
  })

  test('are left to the environment that they belong to', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(30)
    testServer.emulator.control.faults({ api: { status: 503, retryAfterSeconds: 10 } })
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.settle()
    expect(await stored(session.sessionId)).toMatchObject({ status: 'Approved', isReadPending: true })
    // A second server, on the same storage, whose key belongs to the sandbox: Didit knows no such Session there.
    let calls = 0
    await testServer.restart({
      environment: 'sandbox',
      didit: {
        baseUrl: testServer.emulator.url,
        fetch: async () => {
          calls += 1
          return Response.json({ detail: 'Not found.' }, { status: 404 })
        },
      },
    })
    const seconds = Math.floor(testServer.now() / 1000)
    const misdirected = { session_id: session.sessionId, webhook_type: 'status.updated', status: 'Approved' }
    for (let round = 0; round < 5; round += 1) {
      testServer.pass(600)
      const timestamp = seconds + 600 * (round + 1)
      await testServer.didit.fetch(delivery({ ...misdirected, environment: 'live', timestamp }))
      await testServer.settle()
    }
    expect(calls).toBe(0)
    await testServer.restart()
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false, settled: false })
  })

  test('outlive a restart in the middle', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    testServer.pass(30)
    testServer.emulator.control.faults({ api: { status: 500, retryAfterSeconds: 10 } })
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.settle()
    await testServer.restart()
    const path = `/sessions/${session.sessionId}`
    expect(await (await testServer.call('GET', path, { ticket })).json()).toMatchObject({
      status: 'Approved',
      settled: false,
    })
    testServer.emulator.control.faults({})
    testServer.pass(60)
    await testServer.didit.start()
    await testServer.settle()
    expect(await (await testServer.call('GET', path, { ticket })).json()).toMatchObject({
      status: 'Approved',
      settled: true,
    })
  })

  test('outlive a restart on a database file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'didit-verify-contract-'))
    const path = join(folder, 'test.db')
    testServer = await createTestServer({ storage: sqliteStorage({ path }) })
    const { session, ticket } = await start()
    testServer.pass(30)
    testServer.emulator.control.faults({ api: { status: 500, retryAfterSeconds: 10 } })
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.settle()
    await testServer.restart({ storage: sqliteStorage({ path }) })
    testServer.emulator.control.faults({})
    testServer.pass(60)
    await testServer.didit.tick()
    const read = await testServer.call('GET', `/sessions/${session.sessionId}`, { ticket })
    expect(await read.json()).toMatchObject({ status: 'Approved', settled: true, source: 'webhook' })
    await testServer.didit.close({ graceMs: 0 })
    // The files on disk contain nothing about the person.
    const bytes = readFileSync(path, 'latin1')
    expect(bytes).toContain(session.sessionId)
    const { first_name, document_number } = JSON.parse(testServer.emulator.control.deliveries()[0]?.body ?? '').decision
      .id_verifications[0]
    for (const value of [first_name, document_number]) expect(bytes.includes(value)).toBe(false)
    rmSync(folder, { recursive: true, force: true })
  })

  test('are repeated when a webhook comes in between', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    testServer.pass(30)
    // The answer of the read is held back until the webhook of a newer status has been stored.
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let reads = 0
    await testServer.restart({
      didit: {
        baseUrl: testServer.emulator.url,
        fetch: async (input, init) => {
          const answer = await testServer.emulator.fetch(new Request(input as string, init))
          reads += 1
          if (reads === 1) await held
          return answer
        },
      },
    })
    const refresh = testServer.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })
    while (reads === 0) await new Promise((resolve) => setImmediate(resolve))
    testServer.emulator.control.finish(session.sessionId, 'In Progress')
    await testServer.emulator.control.idle()
    testServer.pass(10)
    release()
    expect(await (await refresh).json()).toMatchObject({ status: 'In Progress', settled: true })
    expect(reads).toBe(2)
  })
})

test('asks Didit only so often for one Session, whichever route makes it ask', async () => {
  testServer = await createTestServer()
  const { session, ticket } = await start()
  const { emulator } = testServer
  let calls = 0
  await testServer.restart({
    didit: {
      baseUrl: emulator.url,
      fetch: async () => {
        calls += 1
        return Response.json({ detail: 'Not found.' }, { status: 404 })
      },
    },
  })
  testServer.pass(20)
  const seconds = Math.floor(testServer.now() / 1000)
  const facts = {
    session_id: session.sessionId,
    webhook_type: 'status.updated',
    timestamp: seconds,
    environment: 'live',
  }
  await testServer.didit.fetch(delivery({ ...facts, status: 'In Progress' }))
  await testServer.didit.fetch(delivery({ ...facts, status: 'Declined', timestamp: seconds + 5 }))
  for (let click = 0; click < 30; click += 1) {
    await testServer.call('GET', `/sessions/${session.sessionId}/decision`, { ticket })
  }
  expect(calls).toBe(6)
  expect((await testServer.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })).status).toBe(429)
})

describe('shutting down', () => {
  test('stays closed', async () => {
    testServer = await createTestServer()
    const unused = testServer.didit
    await Promise.all([unused.close(), unused.close()])
    await expect(unused.start()).rejects.toMatchObject({ code: 'shutting-down' })
    await expect(unused.getStatus('user-ada')).rejects.toMatchObject({ code: 'shutting-down' })
    await unused.tick()
    await expect(testServer.storage.check()).rejects.toMatchObject({ code: 'storage-unavailable' })
    expect(JSON.stringify(testServer.logged)).not.toContain('a request failed')
  })

  test('ends streams with a bye frame, refuses new work and asks for webhooks again', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    const events = await testServer.call('GET', `/sessions/${session.sessionId}/events`, { ticket })
    const text = events.text()
    const live = await testServer.call('GET', '/health/live')
    expect(await live.json()).toEqual({ status: 'live' })
    expect((await testServer.call('GET', '/health/ready')).status).toBe(200)
    const closed = testServer.didit.close({ graceMs: 1_000 })
    const refused = await testServer.call('POST', '/sessions', { body: {} })
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ code: 'shutting-down' })
    expect((await testServer.call('GET', '/health/live')).status).toBe(200)
    expect((await testServer.call('GET', '/health/ready')).status).toBe(503)

    testServer.pass(30)
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.emulator.control.idle()
    expect(testServer.emulator.control.deliveries()[0]).toMatchObject({
      state: 'retrying',
      attempts: [{ status: 503 }],
    })
    await closed
    expect(await text).toMatch(/event: snapshot[\s\S]*event: bye\nretry: \d+\ndata: \{"reason":"shutdown"\}\n\n$/)

    // The delivery that was refused comes again, to the server that took over.
    await testServer.restart()
    await testServer.emulator.control.clock({ advanceSeconds: 61 })
    testServer.pass(61)
    await testServer.settle()
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ phase: 'approved' })
  })

  test('does not wait for ever for a fetch that ignores being given up', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    let isAsked = false
    await testServer.restart({
      didit: {
        baseUrl: testServer.emulator.url,
        fetch: () => {
          isAsked = true
          return new Promise(() => {})
        },
      },
    })
    void testServer.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })
    await vi.waitFor(() => expect(isAsked).toBe(true))
    await testServer.didit.close({ graceMs: 10 })
    await expect(testServer.storage.check()).rejects.toMatchObject({ code: 'storage-unavailable' })
  })

  test('waits for a creation under way', async () => {
    testServer = await createTestServer()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let calls = 0
    await testServer.restart({
      didit: {
        baseUrl: testServer.emulator.url,
        fetch: async (input, init) => {
          calls += 1
          await held
          return testServer.emulator.fetch(new Request(input as string, init))
        },
      },
    })
    const creation = testServer.call('POST', '/sessions', { body: {} })
    await expect.poll(() => calls, { interval: 5 }).toBe(1)
    const closed = testServer.didit.close({ graceMs: 5_000 })
    release()
    expect((await creation).status).toBe(201)
    await closed
  })
})
