import { expect, test, vi } from 'vitest'
import { json, problem, snapshotOf } from '../testing/fake-companion.ts'
import { setUp } from '../testing/set-up.ts'
import { createDiditClient } from './client.ts'
import type { RequestError } from './error.ts'

/** The error of a load, as its caller gets it. */
async function failureOf(answer: () => Response | Promise<Response>): Promise<RequestError> {
  const { store, companion } = setUp()
  companion.answer = answer
  return store.load().then(
    () => expect.fail('It went well.'),
    (error: RequestError) => error,
  )
}

test('a problem document becomes an error with its code, help, issues and pause', async () => {
  const issues = [{ path: 'workflow', message: 'Unknown.' }]
  const more = { detail: 'There is no Workflow "kyx".', help: 'Use one of: default.', issues }
  const error = await failureOf(() => problem(429, 'unknown-workflow', { 'retry-after': '12' }, more))
  expect(error).toMatchObject({
    name: 'RequestError',
    code: 'unknown-workflow',
    message: more.detail,
    help: more.help,
    issues,
    status: 429,
    retryAfterSeconds: 12,
  })
})

test('a pause given as a date counts from now', async () => {
  const when = new Date(1_793_000_000_000 + 90_000).toUTCString()
  const error = await failureOf(() => problem(429, 'rate-limited', { 'retry-after': when }))
  expect(error.retryAfterSeconds).toBe(90)
})

test.each(['', 'soon', '-5', 'Thu, 01 Jan 1970 00:00:00 GMT'])('a pause of %j is ignored', async (value) => {
  const error = await failureOf(() => problem(429, 'rate-limited', { 'retry-after': value }))
  expect(error.retryAfterSeconds ?? 0).toBe(0)
})

test.each([
  [401, 'unauthenticated'],
  [404, 'route-not-found'],
  [413, 'body-too-large'],
  [429, 'rate-limited'],
  [418, 'request-invalid'],
  [502, 'internal'],
])('an answer %i that is not ours is %s', async (status, code) => {
  const error = await failureOf(() => new Response('<h1>A proxy</h1>', { status }))
  expect(error).toMatchObject({ code, status, issues: [] })
  expect(error.message).not.toContain('proxy')
})

test('issues that are no list are dropped', async () => {
  const error = await failureOf(() => problem(400, 'request-invalid', {}, { issues: 'none' }))
  expect(error.issues).toEqual([])
})

test.each(['', 'null', '{', '[]', '{"sessionId":1}', '"text"'])('an answer of %j breaks the contract', async (body) => {
  const error = await failureOf(() => new Response(body))
  expect(error).toMatchObject({ name: 'ContractError', code: 'answer-invalid' })
})

test('without a network the code is network, and the cause is kept', async () => {
  const cause = new TypeError('fetch failed')
  const error = await failureOf(() => Promise.reject(cause))
  expect(error).toMatchObject({ code: 'network', status: 0, cause })
})

test('a fetch that throws at once is met like one that rejects', async () => {
  const client = createDiditClient({
    fetch: () => {
      throw new TypeError('Invalid URL')
    },
  })
  await expect(client.getSession()).rejects.toMatchObject({ code: 'network' })
})

test('a fetch that never answers is left after the time limit, even when it ignores its signal', async () => {
  const { store, companion, clock } = setUp({ timeoutMs: 3_000 })
  companion.answer = () => new Promise<Response>(() => {})
  const loading = store.load().catch((error: RequestError) => error)
  await clock.advance(3_000)
  expect(await loading).toMatchObject({ code: 'timeout' })
  expect(companion.calls[0]?.signal.aborted).toBe(true)
  expect(clock.pending()).toBe(0)
})

test('the time limit covers a body that stops halfway', async () => {
  const { store, companion, clock } = setUp()
  companion.answer = () => new Response(new ReadableStream())
  const loading = store.load().catch((error: RequestError) => error)
  await clock.advance(15_000)
  expect(await loading).toMatchObject({ code: 'timeout' })
})

test("the application's headers go along, created for each request", async () => {
  let turn = 0
  const headers = async () => {
    turn += 1
    return { authorization: `Bearer app-${turn}` }
  }
  const { store, companion } = setUp({ headers })
  await store.load()
  await store.start()
  await store.refresh()
  expect(companion.calls.map((call) => call.headers.get('authorization'))).toEqual([
    'Bearer app-1',
    'Bearer app-2',
    'Bearer ticket-1',
  ])
})

test('headers that cannot be made are a network error, not a crash', async () => {
  const { store } = setUp({
    headers: () => {
      throw new Error('No token.')
    },
  })
  await expect(store.load()).rejects.toMatchObject({ code: 'network', cause: new Error('No token.') })
})

test('cookies go along on the same origin, and elsewhere when asked to', async () => {
  const fetch = vi.fn(async () => problem(404, 'session-not-found'))
  await createDiditClient({ fetch }).getSession()
  await createDiditClient({ fetch, credentials: 'include' }).getSession({ workflow: 'a b&c' })
  expect(fetch.mock.calls.map(([url, init]: unknown[]) => [url, (init as RequestInit).credentials])).toEqual([
    ['/api/didit/sessions/current', 'same-origin'],
    ['/api/didit/sessions/current?workflow=a%20b%26c', 'include'],
  ])
})

test('an id cannot leave its place in the path', async () => {
  const { client, companion } = setUp()
  await client.getSession({ sessionId: '../staff/x?y#z' }).catch(() => {})
  expect(companion.names()).toEqual(['POST /sessions/..%2Fstaff%2Fx%3Fy%23z/ticket'])
})

test('a ticket is in no error, whatever quotes it', async () => {
  const ticket = 'eyJ-fictional-ticket'
  const { store, companion } = setUp()
  const answers = [
    () => Promise.reject(new TypeError(`Header "Bearer ${ticket}" is invalid`)),
    () => problem(400, 'request-invalid', {}, { detail: `Bad: ${ticket}`, help: `Not ${ticket}.` }),
    () => new Response(`{"ticket":"${ticket}`, { status: 200 }),
    () => json({ ticket }),
  ]
  companion.answer = () => json({ session: snapshotOf(), ticket, ticketExpiresAt: 1 })
  await store.start()
  for (const answer of answers) {
    companion.answer = answer
    const error = await store.refresh().catch((thrown: RequestError) => thrown)
    expect(error).toHaveProperty('code')
    const shown = Object.getOwnPropertyNames(error).map((name) => String(Reflect.get(error, name)))
    expect(shown.join('\n')).not.toContain(ticket)
  }
})
