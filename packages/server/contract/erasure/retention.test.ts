import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartAnswer } from '@didit-verify/core/schemas'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { memoryStorage, type Storage } from '../../src/index.ts'
import { sqliteStorage } from '../../src/sqlite.ts'
import { apiKey, createTestServer, delivery, type TestServer, workflowId } from '../../testing/test-server.ts'

let testServer: TestServer
afterEach(() => testServer.close())

const folder = mkdtempSync(join(tmpdir(), 'didit-verify-retention-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const storages: readonly (readonly [string, () => Storage])[] = [
  ['memory', memoryStorage],
  ['SQLite', () => sqliteStorage({ path: join(folder, `${++count}.db`) })],
]

const hour = 3_600
const day = 86_400
const application = () => testServer.storage.application('default')
const start = async () => (await (await testServer.call('POST', '/sessions', { body: {} })).json()) as StartAnswer
const seconds = () => Math.floor(testServer.now() / 1000)

async function finish(status: 'Approved' | 'Declined') {
  const { session } = await start()
  testServer.pass(30)
  testServer.emulator.control.finish(session.sessionId, status)
  await testServer.settle()
  return session.sessionId
}

describe('a webhook that comes again', () => {
  const event = (sessionId: string, changes: object) =>
    JSON.stringify({
      event_id: 'e-of-this-test',
      webhook_type: 'status.updated',
      session_id: sessionId,
      status: 'In Progress',
      environment: 'live',
      ...changes,
    })
  const receive = async (body: string) => (await (await testServer.didit.fetch(delivery(body))).json()).received

  test.each(storages)('is known for eventDays, and kept aside when it is older (%s)', async (_, makeStorage) => {
    testServer = await createTestServer({ storage: makeStorage(), server: { retention: { eventDays: 2 } } })
    const { session } = await start()
    testServer.pass(30)
    const body = event(session.sessionId, { timestamp: seconds() })
    expect(await receive(body)).toBe('stored')
    testServer.emulator.control.finish(session.sessionId, 'In Progress')
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    testServer.pass(2 * day - 1)
    await testServer.settle()
    expect(await receive(body)).toBe('duplicate')
    testServer.pass(2 * hour)
    await testServer.didit.tick()
    expect((await application().listEvents(session.sessionId)).map(({ key }) => key)).not.toContain('e-of-this-test')
    const before = await application().getSession(session.sessionId)
    expect(await receive(body)).toBe('quarantined')
    await testServer.settle()
    // Didit was asked, and nothing taken from it.
    expect(await application().getSession(session.sessionId)).toMatchObject({
      status: before?.status,
      isReadPending: false,
    })
    expect(await application().listEvents(session.sessionId)).toContainEqual(
      expect.objectContaining({ key: 'e-of-this-test', quarantined: 'old' }),
    )
  })

  test.each([-86_400, -300, 0, 300])(
    'is never taken as new, were it signed %i seconds off our clock',
    async (offset) => {
      testServer = await createTestServer({ server: { retention: { eventDays: 1 } } })
      const { session } = await start()
      testServer.pass(60)
      const body = event(session.sessionId, { timestamp: seconds() + offset })
      const first = await receive(body)
      expect(first).toBe('stored')
      // From before the end of the window until well after the row is gone.
      testServer.pass(day - 1_000)
      for (let step = 0; step < 60; step += 1) {
        testServer.pass(100)
        await testServer.didit.tick()
        expect(await receive(body)).toMatch(/^(duplicate|quarantined)$/)
      }
    },
  )

  test('is judged by when it happened, even if it is signed again', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(31 * day)
    const body = event(session.sessionId, { created_at: seconds() - 31 * day + 60, timestamp: seconds() })
    expect(await receive(body)).toBe('quarantined')
  })

  test('does not bring back a Session that was removed', async () => {
    testServer = await createTestServer({
      server: {
        workflows: { default: { id: workflowId, maxAgeDays: 1 } },
        retention: { eventDays: 3, sessionDays: 1 },
      },
    })
    const sessionId = await finish('Declined')
    const { body } = testServer.emulator.control.deliveries()[0] ?? { body: '' }
    for (let hours = 0; hours < 100; hours += 10) {
      testServer.pass(10 * hour)
      await testServer.didit.tick()
      expect(await receive(body)).toMatch(/^(duplicate|quarantined)$/)
    }
    expect(await application().getSession(sessionId)).toBeNull()
  })
})

describe('a Session that is over', () => {
  const workflows = { default: { id: workflowId, maxAgeDays: 10, maxAttempts: 2 } }

  test.each(storages)(
    'is removed after sessionDays, an approval never while it counts (%s)',
    async (_, makeStorage) => {
      testServer = await createTestServer({
        storage: makeStorage(),
        server: { workflows, retention: { sessionDays: 10 } },
      })
      const sessionId = await finish('Approved')
      testServer.pass(10 * day - 60)
      await testServer.didit.tick()
      expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: true, sessionId })
      // The last moment at which it counts, and is still there, second by second.
      let wasVerified = true
      for (let second = 0; second < 120; second += 1) {
        testServer.pass(1)
        await testServer.didit.tick()
        const { verified } = await testServer.didit.getStatus('user-ada')
        const isThere = (await application().getSession(sessionId)) !== null
        expect(verified && !isThere).toBe(false)
        if (!wasVerified) expect(verified).toBe(false)
        wasVerified = verified
      }
      expect(wasVerified).toBe(false)
      expect(await application().getSession(sessionId)).toBeNull()
      expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false, phase: 'none' })
      expect(testServer.emulator.control.sessions()).toHaveLength(1)
    },
  )

  test('goes on counting as an attempt', async () => {
    testServer = await createTestServer({ server: { workflows, retention: { sessionDays: 10 } } })
    await finish('Declined')
    testServer.pass(11 * day)
    await testServer.didit.tick()
    expect(await application().listSessions({ userId: 'user-ada' })).toEqual([])
    // The second and last one: after it nothing can be retried.
    const second = await finish('Declined')
    const current = await testServer.call('GET', '/sessions/current')
    expect(await current.json()).toMatchObject({ sessionId: second, canRetry: false })
    testServer.pass(11 * day)
    await testServer.didit.tick()
    expect(await application().listSessions({ userId: 'user-ada' })).toEqual([])
    const refused = await testServer.call('POST', '/sessions', { body: {} })
    expect([refused.status, (await refused.json()).code]).toEqual([409, 'attempts-exhausted'])
    expect((await testServer.call('POST', '/sessions', { user: 'user-bea', body: {} })).status).toBe(201)
  })

  test('is deleted at Didit, too, if the option asks for it, and stays pending until then', async () => {
    testServer = await createTestServer({ server: { workflows, retention: { sessionDays: 10, deleteAtDidit: true } } })
    await finish('Declined')
    testServer.pass(11 * day)
    testServer.emulator.control.faults({ api: { status: 500 } })
    await testServer.didit.tick()
    await testServer.didit.tick()
    expect(testServer.emulator.control.sessions()).toHaveLength(1)
    testServer.emulator.control.faults({})
    testServer.pass(60)
    await testServer.didit.tick()
    expect(testServer.emulator.control.sessions()).toEqual([])
  })

  test('is never deleted at Didit where somebody else created it', async () => {
    testServer = await createTestServer({ server: { workflows, retention: { sessionDays: 10, deleteAtDidit: true } } })
    // Another backend of the host's, with a key of the same application: its webhooks come here as well.
    const made = await testServer.emulator.fetch(
      new Request(`${testServer.emulator.url}/v3/session/`, {
        method: 'POST',
        headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
        body: JSON.stringify({ workflow_id: workflowId, vendor_data: 'of-another-backend' }),
      }),
    )
    const { session_id: sessionId } = (await made.json()) as { session_id: string }
    testServer.pass(30)
    testServer.emulator.control.finish(sessionId, 'Approved')
    await testServer.settle()
    expect(await application().getSession(sessionId)).toMatchObject({ userId: null, status: 'Approved' })
    testServer.pass(11 * day)
    await testServer.settle()
    expect(await application().getSession(sessionId)).toBeNull()
    expect(testServer.emulator.control.sessions().map(({ session_id }) => session_id)).toEqual([sessionId])
  })

  test('is kept without sessionDays, and so is one that is not over', async () => {
    testServer = await createTestServer()
    const sessionId = await finish('Approved')
    testServer.pass(4_000 * day)
    await testServer.didit.tick()
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: true, sessionId })
    await testServer.restart({ workflows, retention: { sessionDays: 10 } })
    const { session } = await start()
    testServer.pass(11 * day)
    await testServer.didit.tick()
    expect(await application().getSession(sessionId)).toBeNull()
    expect(await application().getSession(session.sessionId)).not.toBeNull()
  })

  test('is removed by the timer of start as well', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      testServer = await createTestServer({ server: { workflows, retention: { sessionDays: 10 } } })
      const sessionId = await finish('Declined')
      await testServer.didit.start()
      await testServer.settle()
      testServer.pass(11 * day)
      vi.advanceTimersByTime(30_000)
      await vi.waitFor(async () => expect(await application().getSession(sessionId)).toBeNull())
    } finally {
      vi.useRealTimers()
    }
  })
})
