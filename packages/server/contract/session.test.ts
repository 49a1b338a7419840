import { isSnapshot, isStartAnswer, type Problem, type StartAnswer } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test } from 'vitest'
import {
  apiKey,
  type CallOptions,
  createTestServer,
  origin,
  readFrames,
  type TestServer,
  workflowId,
} from '../testing/test-server.ts'

let testServer: TestServer
afterEach(() => testServer.close())

async function start(options: CallOptions = {}): Promise<StartAnswer & { httpStatus: number }> {
  const response = await testServer.call('POST', '/sessions', { body: {}, ...options })
  const answer = (await response.json()) as StartAnswer
  if (!isStartAnswer(answer)) throw new Error(`No start answer: ${JSON.stringify(answer)}`)
  return { ...answer, httpStatus: response.status }
}

/** Hears what the server asks Didit to create. */
async function spy(): Promise<Record<string, unknown>[]> {
  const bodies: Record<string, unknown>[] = []
  const { emulator } = testServer
  await testServer.restart({
    didit: {
      baseUrl: emulator.url,
      fetch: async (input, init) => {
        if (init?.method === 'POST') bodies.push(JSON.parse(String(init.body)))
        return emulator.fetch(new Request(input as string, init))
      },
    },
  })
  return bodies
}

async function refused(response: Response | Promise<Response>): Promise<Problem> {
  const answer = await response
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const problem = (await answer.json()) as Problem
  expect(problem.status).toBe(answer.status)
  return problem
}

async function finish(
  sessionId: string,
  status: Parameters<TestServer['emulator']['control']['finish']>[1],
): Promise<void> {
  testServer.pass(20)
  testServer.emulator.control.finish(sessionId, status)
  await testServer.settle()
}

describe('starting', () => {
  test('creates a Session and pushes the verdict of the webhook to the stream', async () => {
    testServer = await createTestServer()
    const { httpStatus, session, url, ticket } = await start({ body: { workflow: 'default', language: 'en-GB' } })
    expect(httpStatus).toBe(201)
    expect(session).toMatchObject({ status: 'Not Started', phase: 'active', settled: true, source: 'created' })
    expect(url).toMatch(/^http:\/\/localhost:4100\/.*session\//)

    const path = `/sessions/${session.sessionId}/events`
    const events = await testServer.call('GET', path, { user: null, ticket })
    expect(events.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const frames = readFrames(events)
    expect(await frames.next()).toMatchObject({ event: 'snapshot', data: { status: 'Not Started' } })

    await finish(session.sessionId, 'Approved')
    const verdict = await frames.next()
    expect(verdict).toMatchObject({ event: 'snapshot', data: { status: 'Approved', source: 'webhook' } })
    expect(isSnapshot(verdict?.data)).toBe(true)
    // Not Started → Approved is no move that Didit documents, so it was read once more, and is settled now.
    const now = await testServer.call('GET', `/sessions/${session.sessionId}`, { user: null, ticket })
    expect(await now.json()).toMatchObject({ status: 'Approved', phase: 'approved', settled: true, source: 'webhook' })
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({
      verified: true,
      settled: true,
      phase: 'approved',
    })
    expect(await testServer.didit.getStatus('user-bob')).toEqual({
      verified: false,
      phase: 'none',
      settled: true,
      sessionId: null,
      decidedAt: null,
    })
    await frames.cancel()
  })

  test('resumes the unfinished Session instead of creating a second one', async () => {
    testServer = await createTestServer()
    const first = await start()
    testServer.pass(60)
    const second = await start()
    expect(second.httpStatus).toBe(200)
    expect(second.url).toBe(first.url)
    expect(second.session.sessionId).toBe(first.session.sessionId)
    expect(testServer.emulator.control.sessions()).toHaveLength(1)
  })

  test('asks Didit before it sends anybody to an address of yesterday', async () => {
    testServer = await createTestServer()
    const first = await start()
    // The webhook of the end is lost, and with it the only news that the address is dead.
    testServer.emulator.control.faults({ drop: true })
    testServer.emulator.control.finish(first.session.sessionId, 'Expired')
    testServer.pass(60)
    expect((await start()).url).toBe(first.url)
    testServer.pass(86_400)
    const second = await start()
    expect(second.httpStatus).toBe(201)
    expect(second.session.sessionId).not.toBe(first.session.sessionId)
    // One that Didit no longer knows at all gives way to a new one, too.
    testServer.emulator.control.reset()
    testServer.pass(2 * 86_400)
    expect((await start()).httpStatus).toBe(201)
    expect(testServer.emulator.control.sessions()).toHaveLength(1)
  })

  test('makes one Session of many clicks at once', async () => {
    testServer = await createTestServer()
    const calls = await spy()
    const answers = await Promise.all(Array.from({ length: 5 }, () => start()))
    expect(new Set(answers.map(({ session }) => session.sessionId)).size).toBe(1)
    // Not only by Didit's grace: it was asked once.
    expect(calls).toHaveLength(1)
  })

  test('has nothing to do for an approval that counts, nor during a review', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    await finish(session.sessionId, 'In Review')
    const during = await start()
    expect(during).toMatchObject({ httpStatus: 200, session: { phase: 'review' } })
    expect(during.url).toBeUndefined()
    await finish(session.sessionId, 'Approved')
    expect((await start()).url).toBeUndefined()
    expect(testServer.emulator.control.sessions()).toHaveLength(1)
  })

  test('asks again once an approval is older than the workflow allows', async () => {
    testServer = await createTestServer({ server: { workflows: { default: { id: workflowId, maxAgeDays: 365 } } } })
    const { session } = await start()
    await finish(session.sessionId, 'Approved')
    testServer.pass(364 * 86_400)
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: true })
    testServer.pass(2 * 86_400)
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false })
    expect((await start()).session.sessionId).not.toBe(session.sessionId)
  })

  test('lets a declined person try again as often as the workflow allows, and no more', async () => {
    testServer = await createTestServer({ server: { workflows: { default: { id: workflowId, maxAttempts: 2 } } } })
    const first = await start()
    const canRetry = async ({ session, ticket }: StartAnswer) => {
      const path = `/sessions/${session.sessionId}`
      const answers = await Promise.all([path, `${path}/decision`].map((it) => testServer.call('GET', it, { ticket })))
      return Promise.all(answers.map(async (answer) => (await answer.json()).canRetry))
    }
    // While it can be gone on with, there is nothing to try again.
    expect(await canRetry(first)).toEqual([false, false])
    await finish(first.session.sessionId, 'In Review')
    expect(await canRetry(first)).toEqual([false, false])
    await finish(first.session.sessionId, 'Declined')
    expect(await canRetry(first)).toEqual([true, true])
    const second = await start()
    expect(second).toMatchObject({ httpStatus: 201, session: { canRetry: false } })
    await finish(second.session.sessionId, 'Declined')
    expect(await canRetry(second)).toEqual([false, false])
    expect(await refused(testServer.call('POST', '/sessions', { body: {} }))).toMatchObject({
      status: 409,
      code: 'attempts-exhausted',
    })
    expect(testServer.emulator.control.sessions()).toHaveLength(2)
  })

  test('tells Didit the way back only when there is one, and keeps it on the own pages', async () => {
    testServer = await createTestServer()
    const bodies = await spy()
    await start()
    expect(bodies[0]).toEqual({ workflow_id: workflowId, vendor_data: 'user-ada' })
    await start({ user: 'user-bob', body: { returnTo: '/onboarding?step=3', language: 'de-AT' } })
    expect(bodies[1]).toMatchObject({
      callback: `${origin}/api/didit/return`,
      callback_method: 'both',
      language: 'de',
    })
    for (const returnTo of [
      'https://elsewhere.example/x',
      '//elsewhere.example',
      'javascript:alert(1)',
      '/\\elsewhere',
      `blob:${origin}/11111111-2222-4333-8444-555555555555`,
    ]) {
      const problem = await refused(testServer.call('POST', '/sessions', { user: 'user-cy', body: { returnTo } }))
      expect(problem).toMatchObject({ code: 'request-invalid', issues: [{ path: 'returnTo' }] })
    }
    expect(bodies).toHaveLength(2)
  })

  test('tells Didit when the way back changes, and goes on in the same Session', async () => {
    testServer = await createTestServer()
    const bodies = await spy()
    const first = await start({ body: { returnTo: '/a' } })
    await start({ body: { returnTo: '/a' } })
    expect(bodies).toHaveLength(1)
    // In a frame now: a callback would navigate it away.
    const second = await start()
    expect(bodies).toHaveLength(2)
    expect(bodies[1]).not.toHaveProperty('callback')
    expect(second).toMatchObject({ httpStatus: 200, url: first.url, session: { sessionId: first.session.sessionId } })
  })

  test('remembers another way back on the same site by itself, though Didit has the Session already', async () => {
    testServer = await createTestServer({ server: { allowedOrigins: [origin, 'https://bank.example'] } })
    const bodies = await spy()
    const { session } = await start({ body: { returnTo: '/a' } })
    const stored = async () => (await testServer.storage.application('default').getSession(session.sessionId))?.returnTo
    await start({ body: { returnTo: '/b?step=2' } })
    expect([await stored(), bodies.length]).toEqual([`${origin}/b?step=2`, 1])
    // On another site another page of ours leads back.
    await start({ body: { returnTo: 'https://bank.example/c' }, headers: { origin: 'https://bank.example' } })
    expect([await stored(), bodies.length]).toEqual(['https://bank.example/c', 2])
    await start()
    expect([await stored(), bodies.length]).toEqual([null, 3])
  })

  test('keeps the way back of a Session that may not be asked for once more', async () => {
    testServer = await createTestServer({ server: { workflows: { default: { id: workflowId, maxAttempts: 1 } } } })
    const { session, url } = await start()
    expect(await start({ body: { returnTo: '/a' } })).toMatchObject({ httpStatus: 200, url })
    const record = await testServer.storage.application('default').getSession(session.sessionId)
    expect(record?.returnTo).toBe(`${origin}/a`)
  })

  test('tells Didit each way back of two tabs that start at once', async () => {
    testServer = await createTestServer()
    const bodies = await spy()
    const [frame, page, again] = await Promise.all([start(), start({ body: { returnTo: '/done' } }), start()])
    expect(bodies.map(({ callback }) => callback)).toEqual([undefined, `${origin}/api/didit/return`, undefined])
    expect(new Set([frame, page, again].map(({ session }) => session.sessionId)).size).toBe(1)
    expect(testServer.emulator.control.sessions()).toHaveLength(1)
  })

  test('gives no second user the Session of the first, whatever vendorData says', async () => {
    testServer = await createTestServer({ server: { vendorData: () => 'one-company' } })
    const { session } = await start({ user: 'user-ada' })
    const problem = await refused(testServer.call('POST', '/sessions', { user: 'user-bob', body: {} }))
    expect(problem).toMatchObject({ status: 409, code: 'session-foreign' })
    expect(JSON.stringify(problem)).not.toContain(session.sessionId)
    const application = testServer.storage.application('default')
    expect(await application.listSessions({ userId: 'user-bob' })).toEqual([])
    expect((await application.getSession(session.sessionId))?.userId).toBe('user-ada')
  })

  test.each(['', ' ', 'undefined', 'null'])('never sends the vendor_data %o, which many would share', async (value) => {
    testServer = await createTestServer({ server: { vendorData: () => value } })
    expect(await refused(testServer.call('POST', '/sessions', { body: {} }))).toMatchObject({
      code: 'internal',
      status: 500,
    })
    expect(testServer.emulator.control.sessions()).toHaveLength(0)
    expect(JSON.stringify(testServer.logged)).toContain('vendorData')
  })

  test('limits how many Sessions one user can create in a minute', async () => {
    testServer = await createTestServer({ server: { limits: { createsPerMinute: 2 } } })
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { session } = await start()
      testServer.emulator.control.finish(session.sessionId, 'Declined')
      await testServer.settle()
    }
    const response = await testServer.call('POST', '/sessions', { body: {} })
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused(response)).toMatchObject({ status: 429, code: 'rate-limited' })
  })
})

describe('who may read what', () => {
  test('needs a sign-in to start, and to ask for the current Session', async () => {
    testServer = await createTestServer()
    expect(await refused(testServer.call('POST', '/sessions', { user: null, body: {} }))).toMatchObject({
      code: 'unauthenticated',
    })
    expect(await refused(testServer.call('GET', '/sessions/current', { user: null }))).toMatchObject({ status: 401 })
    expect(await refused(testServer.call('GET', '/sessions/current'))).toMatchObject({ code: 'session-not-found' })
  })

  test('needs the ticket of the very Session, unexpired, for everything else', async () => {
    testServer = await createTestServer()
    const mine = await start()
    const other = await start({ user: 'user-bob' })
    const path = `/sessions/${mine.session.sessionId}`
    for (const [method, suffix] of [
      ['GET', ''],
      ['GET', '/events'],
      ['GET', '/decision'],
      ['POST', '/refresh'],
    ] as const) {
      const bare = await refused(testServer.call(method, `${path}${suffix}`))
      expect(bare, suffix).toMatchObject({ status: 401, code: 'ticket-invalid' })
      const foreign = await refused(testServer.call(method, `${path}${suffix}`, { ticket: other.ticket }))
      expect(foreign, suffix).toMatchObject({ status: 401, code: 'ticket-invalid' })
    }
    const altered = `${mine.ticket.slice(0, -2)}${mine.ticket.endsWith('A') ? 'B' : 'A'}A`
    expect(await refused(testServer.call('GET', path, { ticket: altered }))).toMatchObject({ code: 'ticket-invalid' })
    testServer.pass(15 * 60)
    expect(await refused(testServer.call('GET', path, { ticket: mine.ticket }))).toMatchObject({
      code: 'ticket-expired',
    })
  })

  test('gives a fresh ticket to the owner only', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    const path = `/sessions/${session.sessionId}/ticket`
    expect(await refused(testServer.call('POST', path, { user: 'user-bob' }))).toMatchObject({
      code: 'session-not-found',
    })
    const fresh = await testServer.call('POST', path)
    const { ticket, ticketExpiresAt } = (await fresh.json()) as StartAnswer
    expect(ticketExpiresAt - testServer.now()).toBeLessThanOrEqual(15 * 60_000)
    const read = await testServer.call('GET', `/sessions/${session.sessionId}`, { user: null, ticket })
    expect(read.status).toBe(200)
  })

  test('holds the user id and every secret back from tickets and answers', async () => {
    testServer = await createTestServer()
    const { ticket, url, ...rest } = await start({ user: 'ada@example.com' })
    const [, payload = ''] = ticket.split('.')
    expect(Object.keys(JSON.parse(atob(payload))).sort()).toEqual(['aud', 'chn', 'exp', 'iat', 'iss', 'sid'])
    expect(JSON.stringify(rest)).not.toMatch(/ada|token|secret/i)
    const token = url?.split('/').at(-1) as string
    expect(JSON.stringify(testServer.logged)).not.toMatch(new RegExp(`ada@|${apiKey}|${token}`))
  })

  test('answers pages of allowed origins only, and none of them by accident', async () => {
    testServer = await createTestServer()
    const evil = { origin: 'https://evil.example' }
    expect(await refused(testServer.call('POST', '/sessions', { body: {}, headers: evil }))).toMatchObject({
      status: 403,
      code: 'forbidden-origin',
    })
    const silent = new Request(`${origin}/api/didit/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-test-user': 'user-ada', 'sec-fetch-site': 'cross-site' },
      body: '{}',
    })
    expect(await refused(testServer.didit.fetch(silent))).toMatchObject({ code: 'forbidden-origin' })
    expect(testServer.emulator.control.sessions()).toHaveLength(0)

    const preflight = (from: string) =>
      testServer.didit.fetch(
        new Request(`${origin}/api/didit/sessions`, {
          method: 'OPTIONS',
          headers: { origin: from, 'access-control-request-method': 'POST' },
        }),
      )
    const good = await preflight(origin)
    expect(good.status).toBe(204)
    expect(good.headers.get('access-control-allow-origin')).toBe(origin)
    expect(good.headers.get('access-control-allow-credentials')).toBe('true')
    expect(good.headers.get('access-control-allow-headers')).toMatch(/Authorization,.*Last-Event-ID/)
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    // Problems can be read by an allowed page, too.
    const problem = await testServer.call('POST', '/sessions', { user: null, body: {} })
    expect(problem.headers.get('access-control-allow-origin')).toBe(origin)
  })

  test.each([
    ['no JSON', '{', 'request-invalid', ''],
    ['a list', '[]', 'request-invalid', ''],
    ['an unknown field', '{"vendor_data":"user-bob"}', 'request-invalid', 'vendor_data'],
    ['a number as workflow', '{"workflow":7}', 'request-invalid', 'workflow'],
    ['an alias that is not offered', '{"workflow":"transfer"}', 'unknown-workflow', 'workflow'],
    ['the id of the workflow', `{"workflow":"${workflowId}"}`, 'unknown-workflow', 'workflow'],
    ['far too much', JSON.stringify({ language: 'x'.repeat(20_000) }), 'body-too-large', undefined],
  ])('refuses a body of %s', async (_, body, code, path) => {
    testServer = await createTestServer()
    const problem = await refused(testServer.call('POST', '/sessions', { body }))
    expect(problem.code).toBe(code)
    expect(problem.issues?.[0]?.path).toBe(path)
    expect(testServer.emulator.control.sessions()).toHaveLength(0)
  })

  test('refuses a form, which any website could send', async () => {
    testServer = await createTestServer()
    const response = testServer.call('POST', '/sessions', { body: '{}', headers: { 'content-type': 'text/plain' } })
    expect(await refused(response)).toMatchObject({ code: 'request-invalid' })
  })

  test('keeps Sessions of the other environment out, though they share the storage', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    await finish(session.sessionId, 'Approved')
    await testServer.restart({ environment: 'sandbox' })
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false, sessionId: null })
    expect(await refused(testServer.call('GET', `/sessions/${session.sessionId}`, { ticket }))).toMatchObject({
      code: 'ticket-invalid',
    })
    expect(await refused(testServer.call('GET', '/sessions/current'))).toMatchObject({ code: 'session-not-found' })
    expect(await start()).toMatchObject({ httpStatus: 201, session: { status: 'Not Started' } })
  })
})

describe('reading', () => {
  test('answers 304 while nothing has changed', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    const path = `/sessions/${session.sessionId}`
    const first = await testServer.call('GET', path, { ticket })
    const etag = first.headers.get('etag') as string
    expect(etag).toBe(`"${session.sessionId}-${session.revision}"`)
    const again = await testServer.call('GET', path, { ticket, headers: { 'if-none-match': `"1", W/${etag}` } })
    expect(again.status).toBe(304)
    await finish(session.sessionId, 'In Review')
    expect((await testServer.call('GET', path, { ticket, headers: { 'if-none-match': etag } })).status).toBe(200)
  })

  test('answers 200 for another Session with the same revision', async () => {
    testServer = await createTestServer()
    const { session } = await start()
    const current = (etag: string) =>
      testServer.call('GET', '/sessions/current', { headers: { 'if-none-match': etag } })
    const etag = (await current('')).headers.get('etag') as string
    expect((await current(etag)).status).toBe(304)
    for (const other of [
      `"${session.revision}"`,
      etag.replace(session.sessionId, '11111111-2222-4333-8444-555555555555'),
    ]) {
      expect((await current(other)).status).toBe(200)
    }
  })

  test('shows of a Decision what the person can act on, and no more', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    const path = `/sessions/${session.sessionId}/decision`
    expect(await (await testServer.call('GET', path, { ticket })).json()).toMatchObject({ decidedAt: null, checks: [] })
    await finish(session.sessionId, 'Declined')
    const text = await (await testServer.call('GET', path, { ticket })).text()
    const decision = JSON.parse(text)
    expect(Object.keys(decision).sort()).toEqual(['canRetry', 'checks', 'decidedAt', 'sessionId', 'status'])
    expect(decision.checks.map(({ kind }: { kind: string }) => kind)).toEqual(['document', 'liveness', 'face'])
    expect(text).not.toMatch(/name|creation|aml|ip_|score|image/i)
    // The stored Decision has the same few fields.
    const record = await testServer.storage.application('default').getSession(session.sessionId)
    expect(record?.decision?.checks).toEqual(decision.checks)
    expect(record?.url).toBeNull()
  })

  test('keeps a stream open for ten minutes, renews its ticket in time and ends with a bye frame', async () => {
    testServer = await createTestServer()
    const { session, ticket, ticketExpiresAt } = await start()
    const frames = readFrames(await testServer.call('GET', `/sessions/${session.sessionId}/events`, { ticket }))
    expect(await frames.next()).toMatchObject({ event: 'snapshot' })
    testServer.pass(9 * 60 + 1)
    const first = frames.next()
    await testServer.didit.tick()
    const expected = { event: 'ticket', data: { ticketExpiresAt: ticketExpiresAt + (9 * 60 + 1) * 1000 } }
    // The look for a lost webhook has found when the Session expires.
    expect(await first).toMatchObject({ event: 'snapshot', data: { expiresAt: expect.any(Number) } })
    expect(await frames.next()).toMatchObject(expected)
    testServer.pass(60)
    const bye = frames.next()
    await testServer.didit.tick()
    expect(await bye).toEqual({ event: 'bye', data: { reason: 'age' } })
    expect(await frames.next()).toBeNull()
  })

  test('does not repeat what the reader has seen, and always sends what it has not', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    const path = `/sessions/${session.sessionId}/events`
    const seen = { 'last-event-id': String(session.revision) }
    const frames = readFrames(await testServer.call('GET', path, { ticket, headers: seen }))
    const next = frames.next()
    await finish(session.sessionId, 'In Review')
    expect(await next).toMatchObject({ data: { status: 'In Review' } })
    await frames.cancel()
    const stale = readFrames(await testServer.call('GET', path, { ticket, headers: seen }))
    expect(await stale.next()).toMatchObject({ data: { status: 'In Review' } })
    await stale.cancel()
  })

  test('reads Didit on demand where no webhook arrives, a few times a minute', async () => {
    testServer = await createTestServer()
    const { session, ticket } = await start()
    testServer.emulator.control.faults({ drop: true })
    await finish(session.sessionId, 'Approved')
    const path = `/sessions/${session.sessionId}`
    expect(await (await testServer.call('GET', path, { ticket })).json()).toMatchObject({ status: 'Not Started' })
    const fresh = await (await testServer.call('POST', `${path}/refresh`, { ticket })).json()
    // The webhook in between is missing, too: a second read, some seconds later, makes sure that no replica lags.
    expect(fresh).toMatchObject({ status: 'Approved', settled: false, source: 'api' })
    testServer.pass(6)
    const sure = await (await testServer.call('POST', `${path}/refresh`, { ticket })).json()
    expect(sure).toMatchObject({ status: 'Approved', settled: true, source: 'api' })
    // Six seconds give back less than one of the six calls.
    for (let call = 0; call < 4; call += 1)
      expect((await testServer.call('POST', `${path}/refresh`, { ticket })).status).toBe(200)
    const limited = await testServer.call('POST', `${path}/refresh`, { ticket })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused(limited)).toMatchObject({ code: 'rate-limited' })
  })
})

test('lets no Session of one workflow count for another, whatever Didit hands back', async () => {
  const other = '11111111-2222-3333-4444-555555555558'
  testServer = await createTestServer({ server: { workflows: { default: workflowId, transfer: other } } })
  const { session } = await start()
  const { emulator } = testServer
  // Didit answers every creation with the first workflow's Session.
  await testServer.restart({
    workflows: { default: workflowId, transfer: other },
    didit: {
      baseUrl: emulator.url,
      fetch: async (input, init) => {
        const body = init?.body === undefined ? {} : { body: String(init.body).replace(other, workflowId) }
        return emulator.fetch(new Request(input as string, { ...init, ...body }))
      },
    },
  })
  const problem = await refused(testServer.call('POST', '/sessions', { body: { workflow: 'transfer' } }))
  expect(problem).toMatchObject({ code: 'session-foreign' })
  expect(await testServer.storage.application('default').getSession(session.sessionId)).toMatchObject({
    workflow: 'default',
  })
  // A workflow that was given another name is still the same.
  await testServer.restart({ workflows: { kyc: workflowId } })
  expect(await start({ body: { workflow: 'kyc' } })).toMatchObject({ httpStatus: 200, session: { workflow: 'kyc' } })
})
