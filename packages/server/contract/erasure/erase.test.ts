import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartAnswer } from '@didit-verify/core/schemas'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { propertyRuns } from '../../../../scripts/property-runs.ts'
import { memoryStorage, type Storage } from '../../src/index.ts'
import { sqliteStorage } from '../../src/sqlite.ts'
import { makeRecord } from '../../testing/records.ts'
import { createTestServer, delivery, readFrames, type TestServer } from '../../testing/test-server.ts'

let testServer: TestServer
afterEach(() => testServer.close())

const application = () => testServer.storage.application('default')
const start = async (user = 'user-ada') =>
  (await (await testServer.call('POST', '/sessions', { user, body: {} })).json()) as StartAnswer
const sessionsAtDidit = () => testServer.emulator.control.sessions().map(({ session_id }) => session_id)
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

type Call = { readonly method: string; readonly path: string }

/** A server whose calls to Didit pass by here first: an answer of ours takes the place of Didit's. */
function passBy(intercept: (call: Call, forward: () => Promise<Response>) => Promise<Response>) {
  return testServer.restart({
    didit: {
      baseUrl: testServer.emulator.url,
      fetch: async (input, init) => {
        const request = new Request(input as string, init)
        const { pathname } = new URL(request.url)
        return intercept({ method: request.method, path: pathname }, () => testServer.emulator.fetch(request))
      },
    },
  })
}

/** Holds one kind of call back until it is let go. */
async function hold(matches: (call: Call) => boolean, side: 'before' | 'after' = 'after') {
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let reached = 0
  await passBy(async (call, forward) => {
    if (!matches(call)) return forward()
    if (side === 'before') {
      reached += 1
      await held
      return forward()
    }
    const answer = await forward()
    reached += 1
    await held
    return answer
  })
  return { letGo, isReached: () => vi.waitFor(() => expect(reached).toBeGreaterThan(0)) }
}

async function expectNothingOf(userId: string, ...sessionIds: string[]) {
  expect(await application().listSessions({ userId })).toEqual([])
  for (const sessionId of sessionIds) {
    expect(await application().getSession(sessionId)).toBeNull()
    expect(await application().listEvents(sessionId)).toEqual([])
    expect(sessionsAtDidit()).not.toContain(sessionId)
  }
  expect(
    await application().listPendingDeletes({ environment: 'live', now: Number.MAX_SAFE_INTEGER, limit: 9 }),
  ).toEqual([])
}

describe('erasing a user', () => {
  test.each(['2026-07', 'late-2026'] as const)('forgets them here and at Didit (%s)', async (generation) => {
    testServer = await createTestServer({ emulator: { generation } })
    const first = await start()
    testServer.pass(30)
    testServer.emulator.control.finish(first.session.sessionId, 'Declined')
    await testServer.settle()
    const second = await start()
    const other = await start('user-bea')
    testServer.pass(30)
    testServer.emulator.control.finish(other.session.sessionId, 'Approved')
    await testServer.settle()

    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 2, pending: 0 })
    await expectNothingOf('user-ada', first.session.sessionId, second.session.sessionId)
    expect(await testServer.didit.getStatus('user-ada')).toEqual({
      verified: false,
      phase: 'none',
      settled: true,
      sessionId: null,
      decidedAt: null,
    })
    expect((await testServer.call('GET', '/sessions/current')).status).toBe(404)
    expect(sessionsAtDidit()).toEqual([other.session.sessionId])
    expect(await testServer.didit.getStatus('user-bea')).toMatchObject({ verified: true })
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 0, pending: 0 })
  })

  test('returns zeros for an unknown user, and refuses an invalid id', async () => {
    testServer = await createTestServer()
    expect(await testServer.didit.erase('nobody')).toEqual({ sessions: 0, pending: 0 })
    for (const userId of ['', undefined, null, 7, ['user-ada']]) {
      await expect(testServer.didit.erase(userId as string)).rejects.toMatchObject({
        code: 'request-invalid',
        issues: [{ path: 'userId' }],
      })
    }
    await expect(testServer.didit.erase('user\0ada')).rejects.toMatchObject({ code: 'request-invalid' })
    const { erase } = testServer.didit
    await testServer.didit.close()
    await expect(erase('user-ada')).rejects.toMatchObject({ code: 'shutting-down' })
  })

  test('ends the streams and takes the tickets their Sessions had', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    const path = `/sessions/${session.sessionId}`
    const frames = readFrames(await testServer.call('GET', `${path}/events`, { ticket }))
    expect(await frames.next()).toMatchObject({ event: 'snapshot' })
    await testServer.didit.erase('user-ada')
    expect(await frames.next()).toEqual({ event: 'bye', data: { reason: 'erased' } })
    expect(await frames.next()).toBeNull()
    for (const [method, suffix] of [
      ['GET', ''],
      ['GET', '/events'],
      ['GET', '/decision'],
      ['POST', '/refresh'],
      ['POST', '/ticket'],
      ['POST', '/proof'],
    ] as const) {
      const refused = await testServer.call(method, `${path}${suffix}`, { ticket })
      expect([refused.status, (await refused.json()).code]).toEqual([404, 'session-not-found'])
    }
  })

  test('leaves what belongs to the other environment', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    await testServer.restart({ environment: 'sandbox' })
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 0, pending: 0 })
    expect(await application().getSession(session.sessionId)).toMatchObject({ userId: 'user-ada' })
  })

  test('asks Didit to keep no face', async () => {
    testServer = await createTestServer()
    await start()
    const bodies: string[] = []
    const { emulator } = testServer
    await testServer.restart({
      didit: {
        baseUrl: emulator.url,
        fetch: async (input, init) => {
          bodies.push(String(init?.body))
          return emulator.fetch(new Request(input as string, init))
        },
      },
    })
    await testServer.didit.erase('user-ada')
    expect(bodies.map((body) => JSON.parse(body))).toEqual([{ retain_face_embeddings: false }])
  })
})

describe('after an erasure', () => {
  test('drops late webhooks with 200, and says in no log of whom they were', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.pass(30)
    testServer.emulator.control.faults({ drop: true })
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    const { body } = testServer.emulator.control.deliveries()[0] ?? { body: '' }
    await testServer.didit.erase('user-ada')
    testServer.logged.splice(0)
    for (const repeat of [1, 2]) {
      const answer = await testServer.didit.fetch(delivery(body))
      expect([repeat, answer.status, await answer.json()]).toEqual([repeat, 200, { received: 'dropped' }])
    }
    await testServer.settle()
    await expectNothingOf('user-ada', session.sessionId)
    expect(JSON.stringify(testServer.logged)).toContain('dropped')
    expect(JSON.stringify(testServer.logged)).not.toContain(session.sessionId)
  })

  test('drops what comes of a Session that Didit has still to delete', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.emulator.control.faults({ filedReport: true })
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 1, pending: 1 })
    testServer.pass(30)
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.settle()
    expect(testServer.emulator.control.deliveries()).toMatchObject([{ state: 'delivered' }])
    expect(await application().getSession(session.sessionId)).toBeNull()
    expect(await application().listEvents(session.sessionId)).toEqual([])
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false, phase: 'none' })
  })

  test('starts again with a new Session and all attempts', async () => {
    testServer = await createTestServer({
      server: { workflows: { default: { id: '11111111-2222-3333-4444-555555555555', maxAttempts: 1 } } },
    })
    const { session } = await start()
    testServer.pass(30)
    testServer.emulator.control.finish(session.sessionId, 'Declined')
    await testServer.settle()
    expect((await testServer.call('POST', '/sessions', { body: {} })).status).toBe(409)
    await testServer.didit.erase('user-ada')
    const again = await testServer.call('POST', '/sessions', { body: {} })
    expect(again.status).toBe(201)
    expect(((await again.json()) as StartAnswer).session.sessionId).not.toBe(session.sessionId)
  })

  test('makes a new start wait for the pending delete at Didit, which would otherwise return the erased Session', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    let isFailing = true
    await passBy(async ({ method }, forward) =>
      method === 'DELETE' && isFailing ? Response.json({ detail: 'No.' }, { status: 400 }) : forward(),
    )
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 1, pending: 1 })
    const refused = await testServer.call('POST', '/sessions', { body: {} })
    expect([refused.status, (await refused.json()).code]).toEqual([503, 'didit-unavailable'])
    expect(await application().listSessions({ userId: 'user-ada' })).toEqual([])
    isFailing = false
    const again = await testServer.call('POST', '/sessions', { body: {} })
    expect(again.status).toBe(201)
    const started = (await again.json()) as StartAnswer
    expect(sessionsAtDidit()).toEqual([started.session.sessionId])
    expect(started.session.sessionId).not.toBe(session.sessionId)
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 1, pending: 0 })
  })
})

describe('an erasure in the midst of', () => {
  test('a start undoes it, at Didit as well', async () => {
    testServer = await createTestServer()
    const creation = await hold(({ path }) => path === '/v3/session/')
    const answer = testServer.call('POST', '/sessions', { body: {} })
    await creation.isReached()
    const [made = ''] = sessionsAtDidit()
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 0, pending: 0 })
    creation.letGo()
    const refused = await answer
    expect([refused.status, (await refused.json()).code]).toEqual([404, 'session-not-found'])
    await expectNothingOf('user-ada', made)
    expect((await testServer.call('POST', '/sessions', { body: {} })).status).toBe(201)
  })

  test('a start whose webhook came first undoes both', async () => {
    testServer = await createTestServer()
    const creation = await hold(({ path }) => path === '/v3/session/')
    const answer = testServer.call('POST', '/sessions', { body: {} })
    await creation.isReached()
    const [made = ''] = sessionsAtDidit()
    testServer.emulator.control.finish(made, 'In Progress')
    await testServer.emulator.control.idle()
    expect(await application().getSession(made)).toMatchObject({ userId: null })
    await testServer.didit.erase('user-ada')
    creation.letGo()
    expect((await answer).status).toBe(404)
    await expectNothingOf('user-ada', made)
  })

  test.each(['user-ada', 'user-bea'])('a start spares a Session that %s has since', async (userId) => {
    testServer = await createTestServer()
    const creation = await hold(({ path }) => path === '/v3/session/')
    const answer = testServer.call('POST', '/sessions', { body: {} })
    await creation.isReached()
    const [made = ''] = sessionsAtDidit()
    await testServer.didit.erase('user-ada')
    // As another instance does to which Didit has handed the same Session.
    const owner = { userId, workflow: 'default', environment: 'live' }
    await application().bind(made, owner, () => makeRecord(made, owner))
    creation.letGo()
    expect((await answer).status).toBe(404)
    expect(await application().getSession(made)).toMatchObject({ userId })
    expect(sessionsAtDidit()).toEqual([made])
  })

  test('a start that is handed the erased Session once more undoes it', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    const creation = await hold(({ path }) => path === '/v3/session/')
    const body = { returnTo: '/done' }
    const answer = testServer.call('POST', '/sessions', { body })
    await creation.isReached()
    await testServer.didit.erase('user-ada')
    creation.letGo()
    expect((await answer).status).toBe(404)
    await expectNothingOf('user-ada', session.sessionId)
  })

  test('a read brings nothing back', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    const read = await hold(({ path }) => path.endsWith('/decision/'))
    const answer = testServer.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })
    await read.isReached()
    await testServer.didit.erase('user-ada')
    read.letGo()
    expect((await answer).status).toBe(404)
    await expectNothingOf('user-ada', session.sessionId)
  })

  test('a read for the Decision shows nothing of what was there before', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    const { sessionId } = session
    testServer.pass(30)
    testServer.emulator.control.finish(sessionId, 'Declined')
    await testServer.settle()
    await application().commitRead(sessionId, (await application().getSession(sessionId))?.seq ?? 0, (record) =>
      record ? { ...record, decision: null } : record,
    )
    const read = await hold(({ path }) => path.endsWith('/decision/'))
    const answer = testServer.call('GET', `/sessions/${sessionId}/decision`, { ticket })
    await read.isReached()
    await testServer.didit.erase('user-ada')
    read.letGo()
    expect((await answer).status).toBe(404)
    await expectNothingOf('user-ada', sessionId)
  })

  test('a stream that opens gives it the end', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    const stream = testServer.call('GET', `/sessions/${session.sessionId}/events`, { ticket })
    const [answer] = await Promise.all([stream, testServer.didit.erase('user-ada')])
    const text = await answer.text()
    expect(answer.status === 404 || text.includes('"reason":"erased"')).toBe(true)
  })

  test('itself counts each Session once', async () => {
    testServer = await createTestServer()
    await start()
    const outcomes = await Promise.all([1, 2, 3].map(() => testServer.didit.erase('user-ada')))
    expect(outcomes.map(({ sessions }) => sessions).sort()).toEqual([0, 0, 1])
    expect(outcomes.map(({ pending }) => pending)).toEqual([0, 0, 0])
  })
})

describe('a delete that Didit does not make', () => {
  const folder = mkdtempSync(join(tmpdir(), 'didit-verify-erase-'))
  const storages: readonly (readonly [string, () => Storage])[] = [
    ['memory', memoryStorage],
    ['SQLite', () => sqliteStorage({ path: join(folder, 'test.db') })],
  ]

  test.each(storages)('stays pending, and is done after a restart (%s)', async (_, makeStorage) => {
    testServer = await createTestServer({ storage: makeStorage() })
    const { session } = await start()
    testServer.emulator.control.faults({ api: { status: 500, retryAfterSeconds: 30 } })
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 1, pending: 1 })
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 0, pending: 1 })
    expect(await testServer.didit.erase('user-bea')).toEqual({ sessions: 0, pending: 0 })
    expect(await application().getSession(session.sessionId)).toBeNull()
    await testServer.restart()
    testServer.emulator.control.faults({})
    // Not before its time …
    await testServer.didit.start()
    await testServer.settle()
    expect(sessionsAtDidit()).toEqual([session.sessionId])
    // … and then for good.
    testServer.pass(31)
    await testServer.didit.tick()
    await expectNothingOf('user-ada', session.sessionId)
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 0, pending: 0 })
    await testServer.didit.close({ graceMs: 0 })
    for (const file of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, file), 'latin1')
      for (const trace of [session.sessionId, 'user-ada']) expect(bytes.includes(trace)).toBe(false)
    }
    rmSync(folder, { recursive: true, force: true })
  })

  test('is tried ever more slowly, and done when Didit knows nothing of it', async () => {
    testServer = await createTestServer()
    await start()
    let tries = 0
    let answer = () => Response.json({ detail: 'A fault.' }, { status: 500, headers: { 'retry-after': '9' } })
    await passBy(async ({ method }, forward) => {
      if (method !== 'DELETE') return forward()
      tries += 1
      return answer()
    })
    await testServer.didit.erase('user-ada')
    const pauses: number[] = []
    for (let seconds = 0, last = 0; pauses.length < 6; seconds += 1) {
      testServer.pass(1)
      const before = tries
      await testServer.didit.tick()
      if (tries === before) continue
      pauses.push(seconds - last)
      last = seconds
    }
    // No sooner than Didit asks, and later the more often it failed.
    expect(pauses.slice(1)).toEqual([9, 9, 9, 12, 24])
    // A page of text is the word of some proxy.
    answer = () => new Response('<html>Not found</html>', { status: 404 })
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 0, pending: 1 })
    answer = () => Response.json({ detail: 'Not found.' }, { status: 404 })
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 0, pending: 0 })
  })

  test('because a report was filed is asked for once a day, and the log says which', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    testServer.emulator.control.faults({ filedReport: true })
    let tries = 0
    await passBy(async ({ method }, forward) => {
      if (method === 'DELETE') tries += 1
      return forward()
    })
    expect(await testServer.didit.erase('user-ada')).toEqual({ sessions: 1, pending: 1 })
    for (let hour = 0; hour < 48; hour += 1) {
      testServer.pass(3_600)
      await testServer.didit.tick()
    }
    expect(tries).toBeGreaterThanOrEqual(3)
    expect(tries).toBeLessThanOrEqual(5)
    const warnings = testServer.logged.filter((entry) => JSON.stringify(entry).includes('a delete at Didit failed'))
    expect(warnings[0]).toMatchObject({ sessionId: session.sessionId, err: { code: 'didit-rejected', status: 409 } })
    testServer.emulator.control.faults({})
    testServer.pass(86_400)
    await testServer.didit.tick()
    await expectNothingOf('user-ada', session.sessionId)
  })

  test('does not keep the server from closing', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    const deletion = await hold(({ method }) => method === 'DELETE', 'before')
    const erasure = testServer.didit.erase('user-ada').catch((error: unknown) => error)
    await deletion.isReached()
    await testServer.didit.close({ graceMs: 10 })
    deletion.letGo()
    await erasure
    await testServer.restart()
    await testServer.didit.tick()
    await expectNothingOf('user-ada', session.sessionId)
  })
})

const steps = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constant('erase' as const) },
    { weight: 3, arbitrary: fc.constantFrom('webhook' as const, 'repeat' as const) },
    {
      weight: 5,
      arbitrary: fc.constantFrom('start' as const, 'refresh' as const, 'decision' as const, 'tick' as const),
    },
  ),
  { minLength: 1, maxLength: 12 },
)

test('leaves nothing behind in any order of starts, webhooks, reads and erasures', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), steps, fc.boolean(), async (scheduler, run, hasSession) => {
      testServer = await createTestServer()
      const { emulator } = testServer
      const known = new Set<string>()
      const didit = {
        baseUrl: emulator.url,
        fetch: async (input: unknown, init: RequestInit | undefined) => {
          await scheduler.schedule(Promise.resolve(), 'to Didit')
          const answer = await emulator.fetch(new Request(input as string, init))
          for (const { session_id } of emulator.control.sessions()) known.add(session_id)
          await scheduler.schedule(Promise.resolve(), 'from Didit')
          return answer
        },
      }
      const ticket = hasSession ? (await start()).ticket : ''
      const [first = '11111111-1111-1111-1111-111111111111'] = sessionsAtDidit()
      await testServer.restart({ didit, limits: { refreshesPerMinute: 10_000 } })
      emulator.control.faults({ drop: true })
      testServer.pass(30)
      const body = JSON.stringify({
        event_id: 'e0',
        webhook_type: 'status.updated',
        session_id: first,
        status: 'In Progress',
        environment: 'live',
        timestamp: Math.floor(testServer.now() / 1000),
      })

      const act = (step: (typeof run)[number], index: number): Promise<unknown> => {
        if (step === 'erase') return testServer.didit.erase('user-ada')
        if (step === 'webhook') return testServer.didit.fetch(delivery(body.replace('"e0"', `"e${index}"`)))
        if (step === 'repeat') return testServer.didit.fetch(delivery(body))
        if (step === 'refresh') return testServer.call('POST', `/sessions/${first}/refresh`, { ticket })
        if (step === 'decision') return testServer.call('GET', `/sessions/${first}/decision`, { ticket })
        if (step === 'tick') return testServer.didit.tick()
        return testServer.call('POST', '/sessions', { body: { returnTo: `/${index}` } })
      }
      // All of it begins before the last erasure, and ends whenever the calls to Didit are let through.
      const work: Promise<unknown>[] = []
      const begins = run.map((step, index) =>
        scheduler.schedule(Promise.resolve(), step).then(() => {
          work.push(act(step, index))
        }),
      )
      await scheduler.waitFor(Promise.all(begins))
      for (let turn = 0; turn < 3; turn += 1) await nextTurn()
      const erasure = testServer.didit.erase('user-ada')
      await scheduler.waitFor(Promise.all([...work, erasure]))
      await scheduler.waitFor(testServer.didit.tick())
      await testServer.restart()
      testServer.pass(700)
      await testServer.settle()
      // A start that began after the last erasure would be somebody new; none did.
      if (hasSession) await expectNothingOf('user-ada', first)
      await expectNothingOf('user-ada', ...known)
      await testServer.close()
    }),
    propertyRuns({ usual: 20, most: 600 }),
  )
}, 60_000)
