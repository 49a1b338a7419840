import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Problem, StartAnswer } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { sqliteStorage } from '../src/sqlite.ts'
import { apiKey, delivery, type Stage, setStage, webhookSecret } from '../testing/test-server.ts'

let stage: Stage
afterEach(() => stage.close())

const stored = (sessionId: string) => stage.storage.application('default').getSession(sessionId)

async function start(): Promise<StartAnswer> {
  return (await (await stage.call('POST', '/sessions', { body: {} })).json()) as StartAnswer
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
      stage = await setStage({ server: options })
      const response = await stage.call('POST', '/sessions', { body: {} })
      expect(response.status).toBe(status)
      const problem = (await response.json()) as Problem
      expect(problem).toMatchObject({ code, help: expect.stringMatching(help) })
      expect(problem.title).toMatch(/not available/)
      expect(problem).not.toHaveProperty('detail')
      expect(problem).not.toHaveProperty('issues')
      expect(await stage.storage.application('default').listSessions({ userId: 'user-ada' })).toEqual([])
      const log = JSON.stringify(stage.logged)
      expect(log).toContain(code)
      for (const secret of [apiKey, webhookSecret, 'some-other-key', 'user-ada']) expect(log).not.toContain(secret)
    },
  )

  test('asks for patience when Didit cannot be reached, and works again afterwards', async () => {
    stage = await setStage()
    stage.emulator.control.faults({ api: { status: 503, retryAfterSeconds: 17 } })
    const response = await stage.call('POST', '/sessions', { body: {} })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('17')
    expect(await response.json()).toMatchObject({ code: 'didit-unavailable' })
    stage.emulator.control.faults({})
    expect((await stage.call('POST', '/sessions', { body: {} })).status).toBe(201)
  })

  test('asks for patience when Didit is too busy', async () => {
    stage = await setStage()
    stage.emulator.control.faults({ api: { status: 429, retryAfterSeconds: 42 } })
    const response = await stage.call('POST', '/sessions', { body: {} })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('42')
    expect(await response.json()).toMatchObject({ code: 'didit-rate-limited' })
  })

  test('refuses to count a Session of another environment', async () => {
    stage = await setStage({ emulator: { environment: 'sandbox' } })
    const { session, ticket } = await start()
    stage.pass(30)
    stage.emulator.control.finish(session.sessionId, 'Approved')
    await stage.settle()
    const refresh = await stage.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })
    expect(await refresh.json()).toMatchObject({ code: 'didit-answer-invalid' })
    expect(await stage.didit.getStatus('user-ada')).toMatchObject({ verified: false })
    expect(JSON.stringify(stage.logged)).toContain('set the option environment')
  })
})

describe('owed reads', () => {
  test('are tried again until Didit answers, ever more slowly', async () => {
    stage = await setStage()
    const { session } = await start()
    stage.pass(30)
    stage.emulator.control.faults({ api: { status: 500, retryAfterSeconds: 10 } })
    stage.emulator.control.finish(session.sessionId, 'Approved')
    await stage.settle()
    const first = await stored(session.sessionId)
    expect(first).toMatchObject({ status: 'Approved', owesRead: true, readFailures: 1 })
    expect(await stage.didit.getStatus('user-ada')).toMatchObject({ verified: false, settled: false })
    // Not before its time …
    await stage.didit.tick()
    expect((await stored(session.sessionId))?.readFailures).toBe(1)
    stage.pass(11)
    await stage.didit.tick()
    expect((await stored(session.sessionId))?.readFailures).toBe(2)
    // … and then with success.
    stage.emulator.control.faults({})
    stage.pass(60)
    await stage.didit.tick()
    expect(await stored(session.sessionId)).toMatchObject({ owesRead: false, readFailures: 0, readDueAt: null })
    expect(await stage.didit.getStatus('user-ada')).toMatchObject({ verified: true, settled: true })
  })

  test('are put off for a day at most, and never made at once, when Didit asks for what no timer can wait', async () => {
    stage = await setStage()
    const { session } = await start()
    stage.pass(30)
    await stage.restart({
      didit: {
        baseUrl: stage.emulator.url,
        // A moment, where seconds belong.
        fetch: async () => Response.json({}, { status: 503, headers: { 'retry-after': '1764000000' } }),
      },
    })
    stage.emulator.control.finish(session.sessionId, 'Approved')
    const timers = vi.spyOn(globalThis, 'setTimeout')
    await stage.settle()
    const longest = Math.max(...timers.mock.calls.map(([, ms = 0]) => ms))
    timers.mockRestore()
    expect(longest).toBe(86_400_000)
    const record = await stored(session.sessionId)
    expect(record).toMatchObject({ owesRead: true, readFailures: 1 })
    expect((record?.readDueAt ?? 0) - stage.now()).toBe(86_400_000)
  })

  test('fail once, however many asked for them at the same time', async () => {
    stage = await setStage()
    const { session } = await start()
    stage.pass(30)
    stage.emulator.control.faults({ api: { status: 500, retryAfterSeconds: 10 } })
    stage.emulator.control.finish(session.sessionId, 'Approved')
    await stage.emulator.control.idle()
    await Promise.all([stage.didit.tick(), stage.didit.tick(), stage.settle()])
    expect(await stored(session.sessionId)).toMatchObject({ owesRead: true, readFailures: 1 })
  })

  test('are forgiven when Didit no longer knows the Session', async () => {
    stage = await setStage()
    const { session, ticket } = await start()
    stage.pass(30)
    stage.emulator.control.faults({ drop: true })
    stage.emulator.control.finish(session.sessionId, 'Declined')
    const delivered = stage.emulator.control.deliveries()[0]?.body ?? ''
    stage.emulator.control.reset()
    await stage.didit.fetch(delivery(delivered))
    for (let round = 0; round < 4; round += 1) {
      await stage.settle()
      stage.pass(60)
    }
    expect(await stored(session.sessionId)).toMatchObject({ status: 'Declined', owesRead: false })
    const ticketAnswer = await stage.call('POST', `/sessions/${session.sessionId}/ticket`)
    const fresh = (await ticketAnswer.json()) as StartAnswer
    expect(fresh.ticket).not.toBe(ticket)
    const gone = await stage.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket: fresh.ticket })
    expect(gone.status).toBe(404)
    expect(await gone.json()).toMatchObject({ code: 'didit-not-found' })
  })

  test('are left to the environment that owes them', async () => {
    stage = await setStage()
    const { session } = await start()
    stage.pass(30)
    stage.emulator.control.faults({ api: { status: 503, retryAfterSeconds: 10 } })
    stage.emulator.control.finish(session.sessionId, 'Approved')
    await stage.settle()
    expect(await stored(session.sessionId)).toMatchObject({ status: 'Approved', owesRead: true })
    // A second server, on the same storage, whose key belongs to the sandbox: Didit knows no such Session there.
    let calls = 0
    await stage.restart({
      environment: 'sandbox',
      didit: {
        baseUrl: stage.emulator.url,
        fetch: async () => {
          calls += 1
          return Response.json({ detail: 'Not found.' }, { status: 404 })
        },
      },
    })
    const seconds = Math.floor(stage.now() / 1000)
    const misdirected = { session_id: session.sessionId, webhook_type: 'status.updated', status: 'Approved' }
    for (let round = 0; round < 5; round += 1) {
      stage.pass(600)
      const timestamp = seconds + 600 * (round + 1)
      await stage.didit.fetch(delivery({ ...misdirected, environment: 'live', timestamp }))
      await stage.settle()
    }
    expect(calls).toBe(0)
    await stage.restart()
    expect(await stage.didit.getStatus('user-ada')).toMatchObject({ verified: false, settled: false })
  })

  test('outlive a restart in the middle', async () => {
    stage = await setStage()
    const { session, ticket } = await start()
    stage.pass(30)
    stage.emulator.control.faults({ api: { status: 500, retryAfterSeconds: 10 } })
    stage.emulator.control.finish(session.sessionId, 'Approved')
    await stage.settle()
    await stage.restart()
    const path = `/sessions/${session.sessionId}`
    expect(await (await stage.call('GET', path, { ticket })).json()).toMatchObject({
      status: 'Approved',
      settled: false,
    })
    stage.emulator.control.faults({})
    stage.pass(60)
    await stage.didit.start()
    await stage.settle()
    expect(await (await stage.call('GET', path, { ticket })).json()).toMatchObject({
      status: 'Approved',
      settled: true,
    })
  })

  test('outlive a restart on a database file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'didit-verify-contract-'))
    const path = join(folder, 'test.db')
    stage = await setStage({ storage: sqliteStorage({ path }) })
    const { session, ticket } = await start()
    stage.pass(30)
    stage.emulator.control.faults({ api: { status: 500, retryAfterSeconds: 10 } })
    stage.emulator.control.finish(session.sessionId, 'Approved')
    await stage.settle()
    await stage.restart({ storage: sqliteStorage({ path }) })
    stage.emulator.control.faults({})
    stage.pass(60)
    await stage.didit.tick()
    const read = await stage.call('GET', `/sessions/${session.sessionId}`, { ticket })
    expect(await read.json()).toMatchObject({ status: 'Approved', settled: true, source: 'webhook' })
    await stage.didit.close({ graceMs: 0 })
    // What is on the disk is all there is of the person: nothing.
    const bytes = readFileSync(path, 'latin1')
    expect(bytes).toContain(session.sessionId)
    const { first_name, document_number } = JSON.parse(stage.emulator.control.deliveries()[0]?.body ?? '').decision
      .id_verifications[0]
    for (const value of [first_name, document_number]) expect(bytes.includes(value)).toBe(false)
    rmSync(folder, { recursive: true, force: true })
  })

  test('are repeated when a webhook comes in between', async () => {
    stage = await setStage()
    const { session, ticket } = await start()
    stage.pass(30)
    // The answer of the read is held back until the webhook of a newer status has been stored.
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let reads = 0
    await stage.restart({
      didit: {
        baseUrl: stage.emulator.url,
        fetch: async (input, init) => {
          const answer = await stage.emulator.fetch(new Request(input as string, init))
          reads += 1
          if (reads === 1) await held
          return answer
        },
      },
    })
    const refresh = stage.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })
    while (reads === 0) await new Promise((resolve) => setImmediate(resolve))
    stage.emulator.control.finish(session.sessionId, 'In Progress')
    await stage.emulator.control.idle()
    stage.pass(10)
    release()
    expect(await (await refresh).json()).toMatchObject({ status: 'In Progress', settled: true })
    expect(reads).toBe(2)
  })
})

test('asks Didit only so often for one Session, whichever route makes it ask', async () => {
  stage = await setStage()
  const { session, ticket } = await start()
  const { emulator } = stage
  let calls = 0
  await stage.restart({
    didit: {
      baseUrl: emulator.url,
      fetch: async () => {
        calls += 1
        return Response.json({ detail: 'Not found.' }, { status: 404 })
      },
    },
  })
  stage.pass(20)
  const seconds = Math.floor(stage.now() / 1000)
  const facts = {
    session_id: session.sessionId,
    webhook_type: 'status.updated',
    timestamp: seconds,
    environment: 'live',
  }
  await stage.didit.fetch(delivery({ ...facts, status: 'In Progress' }))
  await stage.didit.fetch(delivery({ ...facts, status: 'Declined', timestamp: seconds + 5 }))
  for (let click = 0; click < 30; click += 1) {
    await stage.call('GET', `/sessions/${session.sessionId}/decision`, { ticket })
  }
  expect(calls).toBe(6)
  expect((await stage.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })).status).toBe(429)
})

describe('shutting down', () => {
  test('stays closed', async () => {
    stage = await setStage()
    const unused = stage.didit
    await Promise.all([unused.close(), unused.close()])
    await expect(unused.start()).rejects.toMatchObject({ code: 'shutting-down' })
    await expect(unused.getStatus('user-ada')).rejects.toMatchObject({ code: 'shutting-down' })
    await unused.tick()
    await expect(stage.storage.check()).rejects.toMatchObject({ code: 'storage-unavailable' })
    expect(JSON.stringify(stage.logged)).not.toContain('a request failed')
  })

  test('says goodbye to streams, refuses new work and asks for webhooks again', async () => {
    stage = await setStage()
    const { session, ticket } = await start()
    const events = await stage.call('GET', `/sessions/${session.sessionId}/events`, { ticket })
    const text = events.text()
    const live = await stage.call('GET', '/health/live')
    expect(await live.json()).toEqual({ status: 'live' })
    expect((await stage.call('GET', '/health/ready')).status).toBe(200)
    const closed = stage.didit.close({ graceMs: 1_000 })
    const refused = await stage.call('POST', '/sessions', { body: {} })
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ code: 'shutting-down' })
    expect((await stage.call('GET', '/health/live')).status).toBe(200)
    expect((await stage.call('GET', '/health/ready')).status).toBe(503)

    stage.pass(30)
    stage.emulator.control.finish(session.sessionId, 'Approved')
    await stage.emulator.control.idle()
    expect(stage.emulator.control.deliveries()[0]).toMatchObject({ state: 'retrying', attempts: [{ status: 503 }] })
    await closed
    expect(await text).toMatch(/event: snapshot[\s\S]*event: bye\nretry: \d+\ndata: \{"reason":"shutdown"\}\n\n$/)

    // The delivery that was refused comes again, to the server that took over.
    await stage.restart()
    await stage.emulator.control.clock({ advanceSeconds: 61 })
    stage.pass(61)
    await stage.settle()
    expect(await stage.didit.getStatus('user-ada')).toMatchObject({ phase: 'approved' })
  })

  test('does not wait for ever for a fetch that ignores being given up', async () => {
    stage = await setStage()
    const { session, ticket } = await start()
    let isAsked = false
    await stage.restart({
      didit: {
        baseUrl: stage.emulator.url,
        fetch: () => {
          isAsked = true
          return new Promise(() => {})
        },
      },
    })
    void stage.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })
    await vi.waitFor(() => expect(isAsked).toBe(true))
    await stage.didit.close({ graceMs: 10 })
    await expect(stage.storage.check()).rejects.toMatchObject({ code: 'storage-unavailable' })
  })

  test('waits for a creation under way', async () => {
    stage = await setStage()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await stage.restart({
      didit: {
        baseUrl: stage.emulator.url,
        fetch: async (input, init) => {
          await held
          return stage.emulator.fetch(new Request(input as string, init))
        },
      },
    })
    const creation = stage.call('POST', '/sessions', { body: {} })
    await new Promise((resolve) => setImmediate(resolve))
    const closed = stage.didit.close({ graceMs: 5_000 })
    release()
    expect((await creation).status).toBe(201)
    await closed
  })
})
