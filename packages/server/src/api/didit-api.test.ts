import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  apiKey,
  failure,
  fixture,
  fixtureNames,
  json,
  scripted,
  sessionId,
  setUp,
} from '../../testing/scripted-fetch.ts'
import { createApiClient, createDiditApi, type DiditApi, type DiditApiOptions } from './didit-api.ts'

const workflow_id = 'c2a1d6de-51f3-4f0e-8a3c-9c1e4ab7d9f0'
const decision = fixture('decision.approved.json')
const created = fixture('create-session.response.kyc.json')
const date = { date: 'Mon, 26 Oct 2026 04:40:00 GMT' }

describe('a call', () => {
  test('creates a Session with the key, JSON and a slash at the end', async () => {
    const { api, calls } = setUp([json(created, { status: 201 })])
    await expect(api.sessions.create({ workflow_id, vendor_data: 'customer-1042' })).resolves.toEqual(created)
    expect(calls[0]?.url).toBe('https://verification.didit.me/v3/session/')
    expect(calls[0]?.init).toMatchObject({
      method: 'POST',
      redirect: 'manual',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json', accept: 'application/json' },
    })
    expect(JSON.parse(calls[0]?.init.body as string)).toEqual({ workflow_id, vendor_data: 'customer-1042' })
  })

  test('reads a Decision under the id in lower case, whatever base URL', async () => {
    const { api, calls } = setUp([json(decision)], { baseUrl: 'http://127.0.0.1:4100/didit//' })
    await expect(api.sessions.retrieveDecision(sessionId.toUpperCase())).resolves.toEqual(decision)
    expect(calls[0]?.url).toBe(`http://127.0.0.1:4100/didit/v3/session/${sessionId}/decision/`)
    expect(calls[0]?.init).not.toHaveProperty('body')
  })

  test('takes ids that are no RFC UUIDs, as the vendor’s own examples are', async () => {
    const { api } = setUp([json(decision)])
    await expect(api.sessions.retrieveDecision('99999999-2222-3333-4444-555555555555')).resolves.toEqual(decision)
  })

  test.each([
    '',
    'undefined',
    '../../v3/sessions',
    `${sessionId}/`,
    `${sessionId} `,
    sessionId.replaceAll('-', ''),
    `{${sessionId}}`,
  ])('does not go out for the id %j', async (id) => {
    const { api, calls } = setUp([])
    const refused = { name: 'RequestError', code: 'request-invalid', status: 0 }
    await expect(api.sessions.retrieveDecision(id)).rejects.toMatchObject({
      ...refused,
      issues: [{ path: 'sessionId' }],
    })
    await expect(api.sessions.create({ workflow_id: id })).rejects.toMatchObject({
      ...refused,
      issues: [{ path: 'workflow_id' }],
    })
    expect(calls).toEqual([])
  })

  test('rejects, and is not repeated, when its body cannot be written as JSON', async () => {
    const { api, calls } = setUp([])
    await expect(api.sessions.create({ workflow_id, vendor_data: 'u', metadata: 1n })).rejects.toMatchObject({
      code: 'request-invalid',
      issues: [{ path: 'metadata' }],
    })
    await expect(api.sessions.create({ workflow_id, vendor_data: 'u', tomorrow: 1n })).rejects.toMatchObject({
      code: 'request-invalid',
      issues: [{ path: '' }],
    })
    expect(calls).toEqual([])
  })
})

describe('a delete', () => {
  const sample = fixture('delete-session.response.late-2026.json')
  const nothingSaid = {
    session_id: sessionId,
    session_number: null,
    face_retention_outcome: null,
    biometric_template_uuid: null,
    biometric_template_expires_at: null,
    deleted_child_verifications: null,
  }

  test.each([
    ['204 and nothing', new Response(null, { status: 204 }), nothingSaid],
    ['200 and nothing', new Response('', { status: 200 }), nothingSaid],
    ['200 and all of it', json(sample), sample],
    ['200 and a field of tomorrow', json({ ...sample, erased_at: 1 }), { ...sample, erased_at: 1 }],
    [
      '200 and odd fields',
      json({ session_id: 7, session_number: '7311', face_retention_outcome: null }),
      { ...nothingSaid, session_id: sessionId },
    ],
  ])('comes back in one form after %s', async (_, reply, expected) => {
    const { api, calls } = setUp([reply])
    await expect(api.sessions.delete(sessionId.toUpperCase())).resolves.toEqual(expected)
    expect(calls[0]?.url).toBe(`https://verification.didit.me/v3/session/${sessionId}/delete/`)
    expect(calls[0]?.init).toMatchObject({ method: 'DELETE', redirect: 'manual', headers: { 'x-api-key': apiKey } })
    expect(calls[0]?.init).not.toHaveProperty('body')
  })

  test('says what shall become of the face, where the caller does', async () => {
    const { api, calls } = setUp([json(sample)])
    const body = fixture('delete-session.request.late-2026.json')
    await api.sessions.delete(sessionId, body)
    expect(JSON.parse(calls[0]?.init.body as string)).toEqual(body)
    expect(calls[0]?.init).toMatchObject({ headers: { 'content-type': 'application/json' } })
  })

  test('is made again after a fault, and not after a refusal', async () => {
    const faulty = setUp([json({}, { status: 503 }), new TypeError('fetch failed'), json(sample)])
    await expect(faulty.api.sessions.delete(sessionId)).resolves.toEqual(sample)
    for (const status of [400, 401, 404, 409, 429]) {
      const refused = setUp([json({ detail: 'No.' }, { status }), json(sample)])
      await expect(refused.api.sessions.delete(sessionId)).rejects.toMatchObject({ status })
      expect(refused.calls).toHaveLength(1)
    }
  })

  test.each([
    ['a page', new Response('<html>Deleted</html>')],
    ['a list', json([])],
  ])('is not believed when the answer is %s', async (_, reply) => {
    const { api } = setUp([reply])
    await expect(api.sessions.delete(sessionId)).rejects.toMatchObject({ code: 'didit-answer-invalid' })
  })

  test('is not sent for an invalid id', async () => {
    const { api, calls } = setUp([])
    await expect(api.sessions.delete('../sessions')).rejects.toMatchObject({
      code: 'request-invalid',
      issues: [{ path: 'sessionId' }],
    })
    expect(calls).toEqual([])
  })
})

describe('the moment of an answer', () => {
  test('is the Date header and the time until the head of the answer came', async () => {
    let clock = 1_793_000_000_000
    const { options } = setUp([], { now: () => clock })
    const fetch = (async () => {
      clock += 1_250
      return json(decision, { headers: date })
    }) as typeof globalThis.fetch
    const { data, meta } = await createApiClient({ ...options, fetch }).calls.sessions.retrieveDecision(sessionId)
    expect(data).toEqual(decision)
    expect(meta).toEqual({
      dateSeconds: Date.parse(date.date) / 1000,
      clock: 'vendor',
      startedAt: expect.any(Number),
      elapsedMs: 1_250,
    })
  })

  test('counts the try that was answered, not those before it', async () => {
    let clock = 0
    const { options } = setUp([], {
      now: () => clock,
      sleep: async (ms) => {
        clock += ms
      },
    })
    let tries = 0
    const fetch = (async () => {
      tries += 1
      clock += tries === 1 ? 9_000 : 40
      return tries === 1 ? json({}, { status: 503 }) : json(decision, { headers: date })
    }) as typeof globalThis.fetch
    const { meta } = await createApiClient({ ...options, fetch }).calls.sessions.retrieveDecision(sessionId)
    expect(meta.elapsedMs).toBe(40)
  })

  test.each([[{}], [{ date: 'yesterday' }]])('is our own clock, and says so, with the headers %j', async (headers) => {
    const { options } = setUp([json(decision, { headers })], { now: () => 1_793_000_000_900 })
    const { meta } = await createApiClient(options).calls.sessions.retrieveDecision(sessionId)
    expect(meta).toEqual({ dateSeconds: 1_793_000_000, clock: 'local', startedAt: expect.any(Number), elapsedMs: 0 })
  })
})

describe('a refusal', () => {
  const codes: Record<string, string> = {
    'error.401.invalid-key.late-2026.json': 'didit-credentials',
    'error.403.credentials.json': 'didit-credentials',
    'error.403.no-key.json': 'didit-credentials',
  }
  const codeByStatus: Record<string, string> = {
    400: 'didit-rejected',
    401: 'didit-credentials',
    403: 'didit-rejected',
    404: 'didit-not-found',
    409: 'didit-rejected',
    429: 'didit-rate-limited',
    500: 'didit-unavailable',
  }
  const files = fixtureNames('error.')

  test('is known in every form that Didit documents', () => {
    expect(files.length).toBeGreaterThanOrEqual(40)
  })

  test.each(files)('of the form %s becomes one kind of error', async (file) => {
    const { status, headers, body } = fixture(file)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const { api, calls } = setUp([new Response(text, { status, headers })], { longestWaitMs: 0 })
    const error = await failure(api.sessions.create({ workflow_id }))
    const retryAfter = headers['Retry-After']
    expect(error).toMatchObject({
      name: 'RequestError',
      code: codes[file] ?? codeByStatus[status],
      status,
      raw: body,
      retryAfterSeconds: retryAfter === undefined ? undefined : Number(retryAfter),
    })
    expect((error.issues as unknown[]).length).toBe(typeof body === 'string' ? 0 : Object.keys(body).length)
    expect(calls).toHaveLength(1)
  })

  test.each([
    [403, { error: 'You do not have enough credits.' }, 'didit-rejected'],
    [403, { detail: 'The report is not available for this status.' }, 'didit-rejected'],
    [403, { portrait_image: 'You have no permission to use this.' }, 'didit-rejected'],
    [409, { code: 'in_filed_report' }, 'didit-rejected'],
    [422, '', 'didit-rejected'],
    [401, '', 'didit-credentials'],
    [404, '', 'didit-not-found'],
  ])('%i with %j is %s', async (status, body, code) => {
    const { api } = setUp([new Response(JSON.stringify(body), { status })])
    await expect(api.sessions.retrieveDecision(sessionId)).rejects.toMatchObject({ code, status })
  })

  test.each([
    ['7', 7],
    [' 0 ', 0],
    ['Mon, 26 Oct 2026 04:40:30 GMT', 30],
    ['Mon, 26 Oct 2026 04:39:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1764000000', 86_400], // a moment, where seconds belong
    ['9'.repeat(310), 86_400],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400],
  ])('with Retry-After %j asks to wait %s seconds', async (value, seconds) => {
    const { api } = setUp([json({ detail: 'Slow down.' }, { status: 429, headers: { 'retry-after': value } })], {
      now: () => Date.parse(date.date),
    })
    await expect(api.sessions.create({ workflow_id })).rejects.toMatchObject({ retryAfterSeconds: seconds })
  })

  test('shows neither key nor body nor id in what a logger prints', async () => {
    const replies = [
      json({ first_name: ['Ilse Varga is unknown.'] }, { status: 500 }),
      new Response('<html>Ilse Varga</html>', { status: 404 }),
      new Response('{"session_id": "Ilse Varga', { status: 200 }),
      json({ session_id: 'Ilse Varga', status: 7 }),
      new TypeError('fetch failed'),
    ]
    for (const reply of replies) {
      const again = reply instanceof Error ? reply : async () => reply.clone()
      const { api } = setUp([again, again, again])
      const error = await failure(api.sessions.retrieveDecision(sessionId))
      const { issues: _, ...fields } = {
        issues: [],
        ...error,
        message: error.message,
        stack: error.stack,
        cause: String(error.cause),
      }
      expect(JSON.stringify(fields)).not.toContain('Ilse')
      expect(JSON.stringify(error)).not.toContain('<html>')
      expect(JSON.stringify([fields, error.issues])).not.toContain(apiKey)
      expect(error.message).not.toContain(sessionId)
      expect(error.status).toBe(reply instanceof Error ? 0 : reply.status)
    }
  })
})

describe('an answer that was not agreed on', () => {
  test.each([
    ['no JSON', new Response('OK', { status: 200 })],
    ['nothing', new Response(null, { status: 204 })],
    ['a Decision without a status', json({ session_id: sessionId })],
    ['a list', json([])],
  ])('is refused when it is %s', async (_, reply) => {
    const { api, calls } = setUp([reply])
    await expect(api.sessions.retrieveDecision(sessionId)).rejects.toMatchObject({ code: 'didit-answer-invalid' })
    expect(calls).toHaveLength(1)
  })

  test('names what is wrong with it', async () => {
    const { api } = setUp([json({ ...created, session_id: 7, url: null }, { status: 201 })])
    await expect(api.sessions.create({ workflow_id })).rejects.toMatchObject({
      code: 'didit-answer-invalid',
      status: 201,
      issues: [{ path: 'session_id' }],
    })
  })
})

describe('another try', () => {
  const broken = () => json({ detail: 'Server error.' }, { status: 502 })
  const unreachable = () => new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })
  const limited = (seconds: string) =>
    json({ detail: 'Slow down.' }, { status: 429, headers: { 'retry-after': seconds } })
  const vendor = { workflow_id, vendor_data: 'customer-1042' }

  test('is made for a read after a fault, twice at most, each after a longer and spread pause', async () => {
    const { api, calls, waits } = setUp([broken(), unreachable(), json(decision)])
    await expect(api.sessions.retrieveDecision(sessionId)).resolves.toEqual(decision)
    expect(calls).toHaveLength(3)
    expect(waits).toEqual([375, 750])

    const hopeless = setUp([broken(), broken(), broken()])
    await expect(hopeless.api.sessions.retrieveDecision(sessionId)).rejects.toMatchObject({
      code: 'didit-unavailable',
      status: 502,
    })
    expect(hopeless.calls).toHaveLength(3)
  })

  test('spreads the pauses between half and whole', async () => {
    for (const [random, waits] of [
      [0, [250, 500]],
      [0.999, [500, 1000]],
    ] as const) {
      const spread = setUp([broken(), broken(), json(decision)], { random: () => random })
      await spread.api.sessions.retrieveDecision(sessionId)
      expect(spread.waits.map(Math.round)).toEqual(waits)
    }
  })

  test('comes no sooner than Retry-After asks, and not at all where that is too long', async () => {
    const short = setUp([limited('3'), json(decision)])
    await expect(short.api.sessions.retrieveDecision(sessionId)).resolves.toEqual(decision)
    expect(short.waits[0]).toBeGreaterThanOrEqual(3000)
    const long = setUp([limited('42'), json(decision)], { longestWaitMs: 5_000 })
    await expect(long.api.sessions.retrieveDecision(sessionId)).rejects.toMatchObject({ retryAfterSeconds: 42 })
    expect(long.waits).toEqual([])
  })

  test('is made for a creation only with vendor_data, which makes it safe', async () => {
    for (const fault of [broken, unreachable]) {
      const safe = setUp([fault(), json(created, { status: 201 })])
      await expect(safe.api.sessions.create(vendor)).resolves.toEqual(created)
      for (const body of [{ workflow_id }, { workflow_id, vendor_data: '' }]) {
        const unsafe = setUp([fault(), json(created, { status: 201 })])
        await expect(unsafe.api.sessions.create(body)).rejects.toMatchObject({ code: 'didit-unavailable' })
        expect(unsafe.calls).toHaveLength(1)
      }
    }
  })

  test('is not made for a creation that a quota stopped, nor after a refusal', async () => {
    for (const reply of [
      () => limited('1'),
      () => json({ detail: 'No.' }, { status: 400 }),
      () => json({}, { status: 404 }),
    ]) {
      const { api, calls } = setUp([reply(), json(created, { status: 201 })])
      await expect(api.sessions.create(vendor)).rejects.toMatchObject({ name: 'RequestError' })
      expect(calls).toHaveLength(1)
    }
  })

  test('is given up at once when the caller aborts while it is awaited', async () => {
    const controller = new AbortController()
    const { fetch, calls } = scripted(broken(), json(decision))
    const api = createDiditApi({ apiKey, fetch })
    const call = failure(api.sessions.retrieveDecision(sessionId, { signal: controller.signal }))
    await vi.waitFor(() => expect(calls).toHaveLength(1))
    controller.abort(new Error('gone'))
    expect(await call).toMatchObject({ code: 'aborted', status: 0 })
    expect(calls).toHaveLength(1)
  })
})

describe('a call that the limit turned away', () => {
  const usedUp = (seconds: string) =>
    json(
      { detail: 'Limit reached.' },
      { status: 429, headers: { 'retry-after': seconds, 'x-ratelimit-limit': '600', 'x-ratelimit-remaining': '0' } },
    )
  const quota = () => json({ detail: 'Quota.' }, { status: 429, headers: { 'retry-after': '2' } })

  test.each<[string, (api: DiditApi) => Promise<unknown>, unknown]>([
    ['a read', (api) => api.sessions.retrieveDecision(sessionId), decision],
    ['a creation', (api) => api.sessions.create({ workflow_id }), created],
    ['a code', (api) => api.phone.send({ phone_number: '+447700900142' }), { status: 'Success' }],
  ])('goes out again when Retry-After has passed, as often as it takes: %s', async (_, call, answer) => {
    let clock = 1_000_000
    const waits: number[] = []
    const sleep = async (ms: number) => {
      waits.push(Math.floor(ms / 1000))
      clock += ms
    }
    const replies = [usedUp('42'), usedUp('7'), usedUp('1'), usedUp('60'), json(answer)]
    const { api, calls } = setUp(replies, { now: () => clock, sleep })
    await expect(call(api)).resolves.toMatchObject({ status: expect.any(String) })
    expect([calls.length, waits]).toEqual([5, [42, 7, 1, 60]])
  })

  test('holds back those behind it, too, and none is lost', async () => {
    const { api, calls } = setUp([usedUp('3'), json(decision), json(decision)])
    const both = await Promise.all([api.sessions.retrieveDecision(sessionId), api.sessions.retrieveDecision(sessionId)])
    expect([both.length, calls.length]).toEqual([2, 3])
  })

  test('is told so when the wait would be longer than the caller wants', async () => {
    const { api, calls, waits } = setUp([usedUp('42')], { longestWaitMs: 5_000, now: () => 1_000_000 })
    await expect(api.sessions.retrieveDecision(sessionId)).rejects.toMatchObject({ status: 429, retryAfterSeconds: 42 })
    // The client knows without a request that the next call would fail.
    await expect(api.sessions.list()).rejects.toMatchObject({
      code: 'didit-rate-limited',
      status: 0,
      retryAfterSeconds: 43,
    })
    expect([calls.length, waits]).toEqual([1, []])
  })

  test('does not go out again where the limit is not that of the budget', async () => {
    for (const call of [
      (api: ReturnType<typeof setUp>['api']) => api.sessions.create({ workflow_id, vendor_data: 'customer-1042' }),
      (api: ReturnType<typeof setUp>['api']) => api.phone.check({ phone_number: '+447700900142', code: '123456' }),
    ]) {
      const { api, calls } = setUp([quota()])
      await expect(call(api)).rejects.toMatchObject({ status: 429, retryAfterSeconds: 2 })
      expect(calls).toHaveLength(1)
    }
  })

  test('is dropped at once when the caller aborts while it waits', async () => {
    const controller = new AbortController()
    const { fetch, calls } = scripted(usedUp('30'))
    const api = createDiditApi({ apiKey, fetch })
    const call = failure(api.sessions.retrieveDecision(sessionId, { signal: controller.signal }))
    await vi.waitFor(() => expect(calls).toHaveLength(1))
    controller.abort()
    expect(await call).toMatchObject({ code: 'aborted', status: 0 })
  })
})

describe('a log', () => {
  test('is told of every try, without key, body, query and id', async () => {
    const notes: unknown[] = []
    let clock = 1_000_000
    const options = {
      now: () => clock,
      onRequest: (note: unknown) => void notes.push(['request', note]),
      onResponse: (note: unknown) => void notes.push(['response', note]),
    }
    const slow = async () => {
      clock += 40
      return json({ detail: 'No.' }, { status: 503 })
    }
    const { api } = setUp(
      [slow, new TypeError('fetch failed'), json(decision), json({ count: 0, results: [] })],
      options,
    )
    await api.sessions.retrieveDecision(sessionId)
    await api.sessions.list({ search: 'Ilse Varga' })
    const { requestId } = (notes[0] as [string, { requestId: string }])[1]
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
    const seen = { requestId, method: 'GET', path: '/v3/session/:id/decision/', waitedMs: 0 }
    expect(notes.slice(0, 6)).toEqual([
      ['request', { ...seen, attempt: 1 }],
      ['response', { ...seen, attempt: 1, status: 503, elapsedMs: 40, code: 'didit-unavailable' }],
      ['request', { ...seen, attempt: 2 }],
      ['response', { ...seen, attempt: 2, status: 0, elapsedMs: 0, code: 'didit-unavailable' }],
      ['request', { ...seen, attempt: 3 }],
      ['response', { ...seen, attempt: 3, status: 200, elapsedMs: 0 }],
    ])
    expect(notes).toHaveLength(8)
    expect(notes[6]).toMatchObject(['request', { path: '/v3/sessions/', attempt: 1 }])
    expect((notes[6] as [string, { requestId: string }])[1].requestId).not.toBe(requestId)
    for (const secret of [apiKey, sessionId, 'Ilse']) expect(JSON.stringify(notes)).not.toContain(secret)
  })

  test('that fails disturbs no call', async () => {
    const broken = {
      onRequest: () => {
        throw new Error('The disk is full.')
      },
      onResponse: () => Promise.reject(new Error('The disk is full.')),
    }
    const { api } = setUp([json(decision)], broken)
    await expect(api.sessions.retrieveDecision(sessionId)).resolves.toEqual(decision)
  })
})

describe('against a real server', () => {
  const open: { close(): void; closeAllConnections(): void }[] = []
  afterEach(() => {
    for (const server of open.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
  })
  async function listen(listener: RequestListener): Promise<string> {
    const server = createServer(listener)
    open.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test('reads a Decision over the wire', async () => {
    const baseUrl = await listen((request, response) => {
      const isRight = request.headers['x-api-key'] === apiKey && request.url === `/v3/session/${sessionId}/decision/`
      response.writeHead(isRight ? 200 : 403, { 'content-type': 'application/json' })
      response.end(JSON.stringify(decision))
    })
    const { data, meta } = await createApiClient({ apiKey, baseUrl }).calls.sessions.retrieveDecision(sessionId)
    expect(data).toEqual(decision)
    expect(meta.clock).toBe('vendor')
    expect(Math.abs(meta.dateSeconds - Date.now() / 1000)).toBeLessThan(5)
  })

  test.each([301, 302, 307, 308])('never carries the key along a redirect (%i)', async (status) => {
    const seen: unknown[] = []
    const elsewhere = await listen((request, response) => {
      seen.push(request.headers)
      response.end(JSON.stringify(created))
    })
    const baseUrl = await listen((_, response) => {
      response.writeHead(status, { location: `${elsewhere}/v3/session/` }).end()
    })
    const api = createDiditApi({ apiKey, baseUrl })
    const body = { workflow_id, vendor_data: 'customer-1042' }
    await expect(api.sessions.create(body)).rejects.toMatchObject({ code: 'didit-answer-invalid', status })
    await expect(api.sessions.retrieveDecision(sessionId)).rejects.toMatchObject({
      code: 'didit-answer-invalid',
      status,
    })
    expect(seen).toEqual([])
  })

  test('gives up on an answer that does not come, or stops half-way', async () => {
    for (const begin of [false, true]) {
      const baseUrl = await listen((_, response) => {
        if (begin) response.writeHead(200, { 'content-type': 'application/json' }).write('{"session_id":')
      })
      const api = createDiditApi({ apiKey, baseUrl, timeoutMs: 60 })
      const error = await failure(api.sessions.create({ workflow_id }))
      expect(error).toMatchObject({ code: 'didit-unavailable', status: 0 })
      expect(error.message).toContain('60 ms')
    }
  })

  test('stops when the caller aborts, before or while it waits', async () => {
    let arrived = 0
    const baseUrl = await listen(() => {
      arrived += 1
    })
    const api = createDiditApi({ apiKey, baseUrl })
    const early = AbortSignal.abort(new Error('too late'))
    expect(await failure(api.sessions.retrieveDecision(sessionId, { signal: early }))).toMatchObject({
      code: 'aborted',
    })
    expect(arrived).toBe(0)

    const controller = new AbortController()
    const call = failure(api.sessions.retrieveDecision(sessionId, { signal: controller.signal }))
    await vi.waitFor(() => expect(arrived).toBe(1))
    controller.abort()
    expect(await call).toMatchObject({ code: 'aborted', status: 0 })
    expect(arrived).toBe(1)
  })

  test('reports an address at which no server listens', async () => {
    const baseUrl = await listen(() => {})
    open.splice(0).forEach((server) => {
      server.close()
    })
    const api = createDiditApi({ apiKey, baseUrl, sleep: async () => {} })
    await expect(api.sessions.retrieveDecision(sessionId)).rejects.toMatchObject({
      code: 'didit-unavailable',
      status: 0,
    })
  })
})

describe('a configuration is refused', () => {
  const config = { name: 'ConfigError', code: 'config-invalid' }
  const creating = (options: Partial<DiditApiOptions>) => {
    try {
      createDiditApi({ apiKey, ...options })
    } catch (error) {
      return error
    }
  }

  test.each(['', ' ', 'k3y with blanks', 'k3y-0123\n', '“k3y-0123”', undefined])(
    'with the API key %j, without repeating it',
    (key) => {
      const error = creating({ apiKey: key as string })
      expect(error).toMatchObject(config)
      if (key?.trim()) expect(String(error)).not.toContain(key.trim())
    },
  )

  test.each([
    ...[
      '',
      'verification.didit.me',
      'ftp://didit.example',
      'http://verification.didit.me',
      'http://127.0.0.1.example.com',
    ],
    ...[
      'http://localhost.example.com',
      'https://user:pass@didit.example',
      'https://didit.example/?a=b',
      'https://didit.example/#x',
    ],
    ...['http://10.0.0.1', 'http://[::2]', 'javascript:alert(1)'],
  ])('with the base URL %j', (baseUrl) => {
    expect(creating({ baseUrl })).toMatchObject(config)
  })

  test.each([0, -1, 0.5, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY])('with the timeout %d', (timeoutMs) => {
    expect(creating({ timeoutMs })).toMatchObject(config)
    expect(creating({ slowTimeoutMs: timeoutMs })).toMatchObject(config)
  })

  test.each([-1, 0.5, Number.NaN, 2 ** 31])('with the longest wait %d', (longestWaitMs) => {
    expect(creating({ longestWaitMs })).toMatchObject(config)
  })

  test('with an invalid budget', () => {
    expect(creating({ budgets: { get: 0 } })).toMatchObject(config)
  })

  test.each([
    'https://didit.example',
    'http://localhost:4100',
    'http://127.0.0.1:4100/',
    'http://[::1]:4100',
    'https://proxy.example/didit',
  ])('but not with %j', (baseUrl) => {
    expect(creating({ baseUrl })).toBeUndefined()
  })
})
