import { afterEach, expect, test } from 'vitest'
import type { DiditServerOptions } from '../src/index.ts'
import { createTestServer, origin, type TestServer, webhookSecret } from '../testing/test-server.ts'

let testServer: TestServer
afterEach(() => testServer.close())

/** A server whose Didit answers each creation with this address. */
async function createLyingServer(url: string, options: Partial<DiditServerOptions> = {}, hostedOrigins?: string[]) {
  testServer = await createTestServer()
  const { emulator } = testServer
  await testServer.restart({
    webhookSecrets: [webhookSecret],
    ...options,
    didit: {
      baseUrl: 'https://verification.didit.me',
      ...(hostedOrigins ? { hostedOrigins } : {}),
      fetch: async (input, init) => {
        const { pathname, search } = new URL(String(input))
        const answer = await emulator.fetch(new Request(`${emulator.url}${pathname}${search}`, init))
        if (pathname !== '/v3/session/' || init?.method !== 'POST') return answer
        return Response.json({ ...(await answer.json()), url }, { status: answer.status, headers: answer.headers })
      },
    },
  })
}

const json = () => testServer.call('POST', '/sessions', { body: {} })
const form = () =>
  testServer.call('POST', '/start', {
    body: 'returnTo=',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

test.each([
  'javascript:alert(1)',
  'JavaScript:alert(1)//https://verify.didit.me/',
  'data:text/html,<script>alert(1)</script>',
  'blob:https://verify.didit.me/x',
  'file:///etc/passwd',
  'http://evil.example/session/x',
  'http://verify.didit.me/session/x',
  'https://evil.example/session/x',
  'https://verify.didit.me.evil.example/session/x',
  'https://evil-didit.me/session/x',
  'https://verify.didit.me:8443/session/x',
  'https://user:pass@verify.didit.me/session/x',
  'https://verify.didit.me@evil.example/session/x',
  '//evil.example/session/x',
  '/session/x',
  'intent://verify.didit.me/x',
])('sends nobody to %s, and binds nothing', async (url) => {
  await createLyingServer(url)
  for (const start of [json, form]) {
    const response = await start()
    expect(response.status).toBe(502)
    expect(response.headers.get('location')).toBeNull()
    expect(await response.text()).not.toContain(url)
  }
  const { storage } = testServer
  expect(await storage.application('default').listSessions({ userId: 'user-ada' })).toEqual([])
})

test.each([
  ['https://verify.didit.me/es/session/x', undefined],
  ['https://eu.verify.didit.me/session/x', undefined],
  ['https://id.bank.example/session/x', ['https://id.bank.example']],
  ['http://localhost:4100/session/x', ['http://localhost:4100']],
])('sends a person to %s, with the own origins %j', async (url, hostedOrigins) => {
  await createLyingServer(url, {}, hostedOrigins)
  const response = await form()
  expect([response.status, response.headers.get('location')]).toEqual([303, url])
})

test('takes the list of own origins for all that is allowed', async () => {
  await createLyingServer('https://verify.didit.me/session/x', {}, ['https://id.bank.example'])
  expect((await json()).status).toBe(502)
})

test('asks Didit again for an address that an older version has stored', async () => {
  testServer = await createTestServer()
  const { session, url } = await (await json()).json()
  await testServer.storage
    .application('default')
    .bind(session.sessionId, { userId: 'user-ada', workflow: 'default' }, (record) => {
      if (record === null) throw new Error('There is no record.')
      return { ...record, url: 'javascript:alert(1)' }
    })
  const again = await json()
  expect(await again.json()).toMatchObject({ url, session: { sessionId: session.sessionId } })
  expect((await form()).headers.get('location')).toBe(url)
})

test('lets the pages of an app start, with its own way back and no foreign one', async () => {
  testServer = await createTestServer({ server: { allowedOrigins: ['capacitor://localhost', origin] } })
  const start = (returnTo: string, from = 'capacitor://localhost') =>
    testServer.call('POST', '/sessions', { body: { returnTo }, headers: { origin: from } })
  const response = await start('/done?step=2')
  expect(response.status).toBe(201)
  expect(response.headers.get('access-control-allow-origin')).toBe('capacitor://localhost')
  const { session } = await response.json()
  const record = await testServer.storage.application('default').getSession(session.sessionId)
  expect(record?.returnTo).toBe('capacitor://localhost/done?step=2')
  for (const foreign of [
    'tauri://localhost/',
    'javascript://localhost/%0aalert(1)',
    'capacitor://localhost.evil.example/',
  ]) {
    expect((await start(foreign)).status).toBe(400)
  }
  expect((await start('/x', 'tauri://localhost')).status).toBe(403)
  expect((await start('/x', 'capacitor://localhost.evil.example')).status).toBe(403)
})
