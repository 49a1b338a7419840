import { afterEach, expect, test } from 'vitest'
import type { DiditServerOptions, SessionHook } from '../src/index.ts'
import { createTestServer, type TestServer } from '../testing/test-server.ts'

let testServer: TestServer
afterEach(() => testServer.close())

interface Setting {
  readonly bodies: Record<string, unknown>[]
  readonly asked: { userId: string; workflow: string; path: string }[]
}

/** A stage whose host answers as `hook` does, heard from both sides. */
async function set(hook: SessionHook<{ userId: string }>, options: Partial<DiditServerOptions> = {}): Promise<Setting> {
  const setting: Setting = { bodies: [], asked: [] }
  testServer = await createTestServer()
  const { emulator } = testServer
  await testServer.restart({
    ...options,
    session: (question) => {
      const { user, workflow, request } = question
      setting.asked.push({ userId: user.userId, workflow, path: new URL(request.url).pathname })
      return hook(question)
    },
    didit: {
      baseUrl: emulator.url,
      fetch: async (input, init) => {
        if (init?.method === 'POST') setting.bodies.push(JSON.parse(String(init.body)))
        return emulator.fetch(new Request(input as string, init))
      },
    },
  })
  return setting
}

const start = (body: object = {}) => testServer.call('POST', '/sessions', { body })

const details = {
  expected_details: { first_name: 'Augusta', date_of_birth: '1992-02-29', nationality: 'GBR' },
  contact_details: { email: 'augusta@example.com' },
  metadata: { plan: 'gold' },
}

test('sends the details of the person to Didit only', async () => {
  const { bodies, asked } = await set(async () => details)
  const response = await start()
  const text = await response.text()
  expect(response.status).toBe(201)
  expect(bodies[0]).toMatchObject({ vendor_data: 'user-ada', ...details })
  expect(asked).toEqual([{ userId: 'user-ada', workflow: 'default', path: '/api/didit/sessions' }])
  const { session } = JSON.parse(text)
  const record = await testServer.storage.application('default').getSession(session.sessionId)
  expect(`${text} ${JSON.stringify(testServer.logged)} ${JSON.stringify(record)}`).not.toMatch(
    /augusta|1992-02|GBR|gold/i,
  )
})

test('asks the host only when Didit is asked', async () => {
  const { bodies, asked } = await set(() => null, { limits: { createsPerMinute: 1 } })
  await start()
  await start()
  expect([bodies.length, asked.length]).toEqual([1, 1])
  // Refused for its number before anybody is asked.
  testServer.emulator.control.finish((await (await start()).json()).session.sessionId, 'Declined')
  await testServer.settle()
  expect((await start()).status).toBe(429)
  expect([bodies.length, asked.length]).toEqual([1, 1])
})

test.each<[string, RegExp, SessionHook<{ userId: string }>]>([
  ['is wrong', /expected_details\.date_of_birth/, () => ({ expected_details: { date_of_birth: 'May 1992' } })],
  ['is of an unknown field', /vendor_data/, () => ({ vendor_data: 'augusta' }) as object],
  [
    'is an error',
    /session threw/,
    async () => {
      throw new Error('No row for augusta@example.com')
    },
  ],
])('creates nothing when the answer %s', async (_, named, hook) => {
  const { bodies } = await set(hook, { limits: { createsPerMinute: 1 } })
  const response = await start()
  const text = await response.text()
  expect([response.status, JSON.parse(text).code]).toEqual([500, 'internal'])
  expect(bodies).toEqual([])
  expect(JSON.stringify(testServer.logged)).toMatch(named)
  expect(`${text} ${JSON.stringify(testServer.logged)}`).not.toMatch(/augusta|May 1992/)
  // The failed start is not counted, so the next one is not refused as too frequent.
  expect((await start()).status).toBe(500)
})
