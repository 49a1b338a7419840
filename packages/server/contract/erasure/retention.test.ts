import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartAnswer } from '@didit-verify/core/schemas'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { memoryStorage, type Storage } from '../../src/index.ts'
import { sqliteStorage } from '../../src/sqlite.ts'
import { apiKey, delivery, type Stage, setStage, workflowId } from '../../testing/test-server.ts'

let stage: Stage
afterEach(() => stage.close())

const folder = mkdtempSync(join(tmpdir(), 'didit-verify-retention-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const storages: readonly (readonly [string, () => Storage])[] = [
  ['memory', memoryStorage],
  ['SQLite', () => sqliteStorage({ path: join(folder, `${++count}.db`) })],
]

const hour = 3_600
const day = 86_400
const application = () => stage.storage.application('default')
const start = async () => (await (await stage.call('POST', '/sessions', { body: {} })).json()) as StartAnswer
const seconds = () => Math.floor(stage.now() / 1000)

async function finish(status: 'Approved' | 'Declined') {
  const { session } = await start()
  stage.pass(30)
  stage.emulator.control.finish(session.sessionId, status)
  await stage.settle()
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
  const receive = async (body: string) => (await (await stage.didit.fetch(delivery(body))).json()).received

  test.each(storages)('is known for eventDays, and kept aside when it is older (%s)', async (_, makeStorage) => {
    stage = await setStage({ storage: makeStorage(), server: { retention: { eventDays: 2 } } })
    const { session } = await start()
    stage.pass(30)
    const body = event(session.sessionId, { timestamp: seconds() })
    expect(await receive(body)).toBe('stored')
    stage.emulator.control.finish(session.sessionId, 'In Progress')
    stage.emulator.control.finish(session.sessionId, 'Approved')
    stage.pass(2 * day - 1)
    await stage.settle()
    expect(await receive(body)).toBe('duplicate')
    stage.pass(2 * hour)
    await stage.didit.tick()
    expect((await application().listEvents(session.sessionId)).map(({ key }) => key)).not.toContain('e-of-this-test')
    const before = await application().getSession(session.sessionId)
    expect(await receive(body)).toBe('quarantined')
    await stage.settle()
    // Didit was asked, and nothing taken from it.
    expect(await application().getSession(session.sessionId)).toMatchObject({ status: before?.status, owesRead: false })
    expect(await application().listEvents(session.sessionId)).toContainEqual(
      expect.objectContaining({ key: 'e-of-this-test', quarantined: 'old' }),
    )
  })

  test.each([-86_400, -300, 0, 300])(
    'is never taken as new, were it signed %i seconds off our clock',
    async (offset) => {
      stage = await setStage({ server: { retention: { eventDays: 1 } } })
      const { session } = await start()
      stage.pass(60)
      const body = event(session.sessionId, { timestamp: seconds() + offset })
      const first = await receive(body)
      expect(first).toBe('stored')
      // From before the end of the window until well after the row is gone.
      stage.pass(day - 1_000)
      for (let step = 0; step < 60; step += 1) {
        stage.pass(100)
        await stage.didit.tick()
        expect(await receive(body)).toMatch(/^(duplicate|quarantined)$/)
      }
    },
  )

  test('is judged by when it happened, though it be signed anew', async () => {
    stage = await setStage()
    const { session } = await start()
    stage.pass(31 * day)
    const body = event(session.sessionId, { created_at: seconds() - 31 * day + 60, timestamp: seconds() })
    expect(await receive(body)).toBe('quarantined')
  })

  test('does not bring back a Session that was removed', async () => {
    stage = await setStage({
      server: {
        workflows: { default: { id: workflowId, maxAgeDays: 1 } },
        retention: { eventDays: 3, sessionDays: 1 },
      },
    })
    const sessionId = await finish('Declined')
    const { body } = stage.emulator.control.deliveries()[0] ?? { body: '' }
    for (let hours = 0; hours < 100; hours += 10) {
      stage.pass(10 * hour)
      await stage.didit.tick()
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
      stage = await setStage({ storage: makeStorage(), server: { workflows, retention: { sessionDays: 10 } } })
      const sessionId = await finish('Approved')
      stage.pass(10 * day - 60)
      await stage.didit.tick()
      expect(await stage.didit.getStatus('user-ada')).toMatchObject({ verified: true, sessionId })
      // The last moment at which it counts, and is still there, second by second.
      let wasVerified = true
      for (let second = 0; second < 120; second += 1) {
        stage.pass(1)
        await stage.didit.tick()
        const { verified } = await stage.didit.getStatus('user-ada')
        const isThere = (await application().getSession(sessionId)) !== null
        expect(verified && !isThere).toBe(false)
        if (!wasVerified) expect(verified).toBe(false)
        wasVerified = verified
      }
      expect(wasVerified).toBe(false)
      expect(await application().getSession(sessionId)).toBeNull()
      expect(await stage.didit.getStatus('user-ada')).toMatchObject({ verified: false, phase: 'none' })
      expect(stage.emulator.control.sessions()).toHaveLength(1)
    },
  )

  test('goes on counting as an attempt', async () => {
    stage = await setStage({ server: { workflows, retention: { sessionDays: 10 } } })
    await finish('Declined')
    stage.pass(11 * day)
    await stage.didit.tick()
    expect(await application().listSessions({ userId: 'user-ada' })).toEqual([])
    // The second and last one: after it nothing can be retried.
    const second = await finish('Declined')
    const current = await stage.call('GET', '/sessions/current')
    expect(await current.json()).toMatchObject({ sessionId: second, canRetry: false })
    stage.pass(11 * day)
    await stage.didit.tick()
    expect(await application().listSessions({ userId: 'user-ada' })).toEqual([])
    const refused = await stage.call('POST', '/sessions', { body: {} })
    expect([refused.status, (await refused.json()).code]).toEqual([409, 'attempts-exhausted'])
    expect((await stage.call('POST', '/sessions', { user: 'user-bea', body: {} })).status).toBe(201)
  })

  test('is deleted at Didit, too, where that is wished, and stays owed until it is', async () => {
    stage = await setStage({ server: { workflows, retention: { sessionDays: 10, deleteAtDidit: true } } })
    await finish('Declined')
    stage.pass(11 * day)
    stage.emulator.control.faults({ api: { status: 500 } })
    await stage.didit.tick()
    await stage.didit.tick()
    expect(stage.emulator.control.sessions()).toHaveLength(1)
    stage.emulator.control.faults({})
    stage.pass(60)
    await stage.didit.tick()
    expect(stage.emulator.control.sessions()).toEqual([])
  })

  test('is never deleted at Didit where somebody else created it', async () => {
    stage = await setStage({ server: { workflows, retention: { sessionDays: 10, deleteAtDidit: true } } })
    // Another backend of the host's, with a key of the same application: its webhooks come here as well.
    const made = await stage.emulator.fetch(
      new Request(`${stage.emulator.url}/v3/session/`, {
        method: 'POST',
        headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
        body: JSON.stringify({ workflow_id: workflowId, vendor_data: 'of-another-backend' }),
      }),
    )
    const { session_id: sessionId } = (await made.json()) as { session_id: string }
    stage.pass(30)
    stage.emulator.control.finish(sessionId, 'Approved')
    await stage.settle()
    expect(await application().getSession(sessionId)).toMatchObject({ userId: null, status: 'Approved' })
    stage.pass(11 * day)
    await stage.settle()
    expect(await application().getSession(sessionId)).toBeNull()
    expect(stage.emulator.control.sessions().map(({ session_id }) => session_id)).toEqual([sessionId])
  })

  test('is kept without sessionDays, and so is one that is not over', async () => {
    stage = await setStage()
    const sessionId = await finish('Approved')
    stage.pass(4_000 * day)
    await stage.didit.tick()
    expect(await stage.didit.getStatus('user-ada')).toMatchObject({ verified: true, sessionId })
    await stage.restart({ workflows, retention: { sessionDays: 10 } })
    const { session } = await start()
    stage.pass(11 * day)
    await stage.didit.tick()
    expect(await application().getSession(sessionId)).toBeNull()
    expect(await application().getSession(session.sessionId)).not.toBeNull()
  })

  test('is removed by the timer of start as well', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      stage = await setStage({ server: { workflows, retention: { sessionDays: 10 } } })
      const sessionId = await finish('Declined')
      await stage.didit.start()
      await stage.settle()
      stage.pass(11 * day)
      vi.advanceTimersByTime(30_000)
      await vi.waitFor(async () => expect(await application().getSession(sessionId)).toBeNull())
    } finally {
      vi.useRealTimers()
    }
  })
})
