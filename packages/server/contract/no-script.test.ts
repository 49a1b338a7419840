import { afterEach, describe, expect, test } from 'vitest'
import { anonymousAuth } from '../src/node.ts'
import { apiKey, createTestServer, origin, type TestServer, workflowId } from '../testing/test-server.ts'

let testServer: TestServer
afterEach(() => testServer.close())

interface Post {
  readonly user?: string | null
  readonly body?: string
  readonly headers?: Record<string, string | null>
}

/** Sends a form as a browser without JavaScript does. A header that is null is left out. */
function post(fields: Record<string, string>, { user = 'user-ada', body, headers = {} }: Post = {}): Promise<Response> {
  const all = {
    origin,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/x-www-form-urlencoded',
    'x-test-user': user,
    ...headers,
  }
  return testServer.didit.fetch(
    new Request(`${origin}/api/didit/start`, {
      method: 'POST',
      headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
      body: body ?? new URLSearchParams(fields).toString(),
    }),
  )
}

/** The visible parts of a page: status, language, words and the target of its link. */
async function read(response: Response | Promise<Response>) {
  const answer = await response
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('set-cookie')).toBeNull()
  const html = await answer.text()
  return {
    status: answer.status,
    language: /<html lang="(\w+)"/.exec(html)?.[1],
    text: /<p>([^<]+)<\/p>/.exec(html)?.[1] ?? '',
    link: /<a href="([^"]*)"/.exec(html)?.[1],
    refresh: /http-equiv="refresh" content="([^"]*)"/.exec(html)?.[1],
    html,
  }
}

const comeBack = (query = '', user: string | null = 'user-ada', headers: Record<string, string> = {}) =>
  read(testServer.call('GET', `/return${query}`, { user, headers }))

const isHosted = /^http:\/\/localhost:4100\/.*session\//

describe('the form', () => {
  test('leads to the hosted page, and from there back to where it was sent from', async () => {
    testServer = await createTestServer()
    const response = await post({ workflow: 'default', language: 'es', returnTo: '/onboarding?step=2' })
    expect(response.status).toBe(303)
    const url = response.headers.get('location') as string
    expect(url).toMatch(isHosted)
    const [session] = testServer.emulator.control.sessions()
    const atDidit = await testServer.emulator.fetch(
      new Request(`${testServer.emulator.url}/v3/session/${session?.session_id}/decision/`, {
        headers: { 'x-api-key': apiKey },
      }),
    )
    expect(await atDidit.json()).toMatchObject({ callback: `${origin}/api/didit/return` })
    expect(await comeBack()).toMatchObject({
      status: 200,
      link: `${origin}/onboarding?step=2`,
      refresh: `0; url=${origin}/onboarding?step=2`,
    })
  })

  test('takes the page it was on for the way back when it names none', async () => {
    testServer = await createTestServer()
    const referer = `${origin}/verify?from=mail`
    expect((await post({ workflow: '', returnTo: '' }, { headers: { referer } })).status).toBe(303)
    expect(await comeBack()).toMatchObject({ link: referer })
    for (const foreign of ['https://evil.example/x', 'not an address', `${origin.replace('//', '//user:pass@')}/x`]) {
      await post({}, { headers: { referer: foreign } })
      expect((await comeBack()).link).toBeUndefined()
    }
  })

  test('goes back at once when there is nothing to do', async () => {
    testServer = await createTestServer()
    await post({ returnTo: '/a' })
    testServer.pass(20)
    testServer.emulator.control.finish(String(testServer.emulator.control.sessions()[0]?.session_id), 'Approved')
    await testServer.settle()
    expect((await post({ returnTo: '/b' })).headers.get('location')).toBe(`${origin}/b`)
    expect((await post({})).headers.get('location')).toBe(`${origin}/api/didit/return`)
    expect(testServer.emulator.control.sessions()).toHaveLength(1)
  })

  test('may hold what a framework adds to every form', async () => {
    testServer = await createTestServer()
    expect((await post({ authenticity_token: 'x', commit: 'Verify' })).status).toBe(303)
  })

  test('begins a user who has none yet with a cookie, and the way back finds them by it', async () => {
    testServer = await createTestServer({ server: { authenticate: anonymousAuth() } })
    const response = await post({ returnTo: '/a' }, { user: null })
    const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';')
    expect(cookie).toMatch(/^didit_anonymous=/)
    expect(await comeBack('', null, { cookie })).toMatchObject({ link: `${origin}/a` })
    expect((await comeBack('', null)).link).toBeUndefined()
  })

  test('is taken from a page that sends no referrers, and so the origin "null"', async () => {
    testServer = await createTestServer()
    expect((await post({}, { headers: { origin: 'null' } })).status).toBe(303)
    const sandboxed = { origin: 'null', 'sec-fetch-site': 'cross-site' }
    expect((await post({}, { headers: sandboxed })).status).toBe(403)
    expect((await post({}, { headers: { origin: 'null', 'sec-fetch-site': null } })).status).toBe(403)
  })
})

describe('the form is refused', () => {
  test.each([
    ['of a foreign origin', { origin: 'https://evil.example' }],
    ['of a foreign origin, though the browser calls it same-site', { origin: 'https://evil.example.com' }],
    ['without an origin, from another site', { origin: null, 'sec-fetch-site': 'cross-site' }],
    ['without an origin, from another host of the site', { origin: null, 'sec-fetch-site': 'same-site' }],
  ])('%s', async (_, headers) => {
    testServer = await createTestServer()
    expect(await read(post({ returnTo: '/a' }, { headers }))).toMatchObject({ status: 403, language: 'en' })
    expect(testServer.emulator.control.sessions()).toHaveLength(0)
  })

  test.each<[string, number, Parameters<typeof post>]>([
    ['of nobody', 401, [{}, { user: null }]],
    ['for a workflow that is not offered', 400, [{ workflow: 'nonesuch' }]],
    ['that leads elsewhere', 400, [{ returnTo: 'https://evil.example/' }]],
    ['that leads elsewhere by two slashes', 400, [{ returnTo: '//evil.example/' }]],
    ['that runs something', 400, [{ returnTo: 'javascript:alert(1)' }]],
    ['that says a thing twice', 400, [{}, { body: 'workflow=default&workflow=other' }]],
    ['that is JSON', 400, [{}, { body: '{}', headers: { 'content-type': 'application/json' } }]],
    ['that is plain text', 400, [{}, { headers: { 'content-type': 'text/plain' } }]],
    ['that is no text', 400, [{ workflow: 'x'.repeat(101) }]],
    ['that is too large', 413, [{ filler: 'x'.repeat(20_000) }]],
  ])('%s', async (_, status, input) => {
    testServer = await createTestServer()
    const [fields, options] = input
    const referer = `${origin}/verify`
    const page = await read(post(fields, { ...options, headers: { referer, ...options?.headers } }))
    expect(page).toMatchObject({ status, link: referer, refresh: undefined })
    expect(page.html).not.toMatch(/evil|javascript:|nonesuch/)
    expect(testServer.emulator.control.sessions()).toHaveLength(0)
  })

  test('in the language of the person, with the time to wait and no word of the log', async () => {
    testServer = await createTestServer({ server: { workflows: { default: { id: workflowId, maxAttempts: 1 } } } })
    testServer.emulator.control.faults({ api: { status: 503, retryAfterSeconds: 7 } })
    const response = await post({ returnTo: '/a' }, { headers: { 'accept-language': 'es-ES' } })
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await read(response)).toMatchObject({ status: 503, language: 'es', link: `${origin}/a` })
    expect((await read(testServer.call('GET', '/start'))).status).toBe(404)
    await testServer.didit.close({ graceMs: 0 })
    expect(await read(post({}))).toMatchObject({ status: 503, language: 'en' })
  })
})

describe('the return', () => {
  test('believes no parameter, and shows none', async () => {
    testServer = await createTestServer()
    await post({ returnTo: '/a' })
    const [session] = testServer.emulator.control.sessions()
    const before = await testServer.storage.application('default').getSession(String(session?.session_id))
    const hostile = [
      '?verificationSessionId=11111111-2222-4333-8444-555555555555&status=Approved',
      `?verificationSessionId=${session?.session_id}&status=Approved`,
      '?returnTo=https://evil.example/&url=https://evil.example/',
      '?status=%3Cscript%3Ealert(1)%3C/script%3E%22%3E',
      '?__proto__[returnTo]=https://evil.example/',
    ]
    const plain = await comeBack()
    for (const query of hostile) {
      expect(await comeBack(query)).toEqual(plain)
      const stranger = await comeBack(query, null)
      expect(stranger).toMatchObject({ status: 200, link: undefined, refresh: undefined })
      expect(stranger.html).not.toMatch(/Approved|evil|alert/)
    }
    // Neither moved nor bound to anybody.
    expect(await testServer.storage.application('default').getSession(String(session?.session_id))).toEqual(before)
    expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ verified: false })
    expect(await testServer.storage.application('default').listSessions({ userId: 'user-bob' })).toEqual([])
  })

  test("leads to the newest way back of the user's own, and to no one else's", async () => {
    const other = '11111111-2222-3333-4444-555555555558'
    testServer = await createTestServer({ server: { workflows: { default: workflowId, transfer: other } } })
    await post({ returnTo: '/first' })
    testServer.pass(5)
    await post({ returnTo: '/second', workflow: 'transfer' })
    expect(await comeBack()).toMatchObject({ link: `${origin}/second` })
    expect((await comeBack('', 'user-bob')).link).toBeUndefined()
    expect((await comeBack('', null)).text).toBe('You can close this page and go on where you began.')
    expect((await comeBack('', null, { 'accept-language': 'es' })).text).toMatch(/cerrar esta página/)
    // An address that the host no longer allows is not used.
    await testServer.restart({ allowedOrigins: ['https://elsewhere.example'] })
    expect((await comeBack()).link).toBeUndefined()
  })

  test('keeps no query of a decided Session, and nothing of it once it was used', async () => {
    testServer = await createTestServer()
    await post({ returnTo: '/welcome?email=ada@example.com&invite=7#top' })
    const id = String(testServer.emulator.control.sessions()[0]?.session_id)
    const stored = async () => (await testServer.storage.application('default').getSession(id))?.returnTo
    expect(await comeBack()).toMatchObject({ link: `${origin}/welcome?email=ada@example.com&amp;invite=7#top` })
    expect(await stored()).toContain('email=')
    testServer.pass(20)
    testServer.emulator.control.finish(id, 'Approved')
    await testServer.settle()
    expect(await stored()).toBe(`${origin}/welcome`)
    // The person comes back after the decision, and may reload; only this process's memory still knows the query.
    for (const _ of [1, 2]) {
      expect(await comeBack()).toMatchObject({ link: `${origin}/welcome?email=ada@example.com&amp;invite=7#top` })
    }
    expect(await stored()).toBeNull()
    testServer.pass(3 * 60 * 60)
    expect((await comeBack()).link).toBeUndefined()
  })

  test('finds the page without its query when the server was restarted meanwhile, once', async () => {
    testServer = await createTestServer()
    await post({ returnTo: '/welcome?invite=7' })
    testServer.pass(20)
    testServer.emulator.control.finish(String(testServer.emulator.control.sessions()[0]?.session_id), 'Declined')
    await testServer.settle()
    await testServer.restart()
    expect(await comeBack()).toMatchObject({ link: `${origin}/welcome` })
    expect((await comeBack()).link).toBeUndefined()
  })

  test('leads nowhere once the user was erased', async () => {
    testServer = await createTestServer()
    await post({ returnTo: '/welcome?invite=7' })
    await testServer.didit.erase('user-ada')
    expect((await comeBack()).link).toBeUndefined()
  })

  test('does not lead to itself, over and over', async () => {
    testServer = await createTestServer()
    for (const returnTo of ['/api/didit/return', '/api/didit/return/?again#and-again']) {
      expect((await post({ returnTo })).status).toBe(303)
      expect(await comeBack()).toMatchObject({ status: 200, link: undefined, refresh: undefined })
    }
    await post({ returnTo: '/api/didit/returned' })
    expect(await comeBack()).toMatchObject({ link: `${origin}/api/didit/returned` })
  })

  test('is there even when the sign-in is not', async () => {
    testServer = await createTestServer({
      server: {
        authenticate: () => {
          throw new Error('The sign-in is down.')
        },
      },
    })
    expect(await comeBack()).toMatchObject({ status: 200, link: undefined })
    expect(JSON.stringify(testServer.logged)).toContain('a way back could not be looked up')
  })
})
