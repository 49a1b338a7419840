import { expect, test } from 'vitest'
import { apiKey, failure, sessionId, setUp } from '../../testing/scripted-fetch.ts'
import { createDiditApi } from './didit-api.ts'

const deleted = () => new Response(null, { status: 204 })
const strictFetch = (refuse: (field: string) => never) => {
  const seen: string[][] = []
  const known = ['method', 'headers', 'body', 'redirect', 'signal', 'duplex']
  const fetch = (async (_: unknown, init: object) => {
    seen.push(Object.keys(init))
    for (const field of Object.keys(init)) if (!known.includes(field)) refuse(field)
    return deleted()
  }) as unknown as typeof globalThis.fetch
  return { fetch, seen }
}

test('asks that no answer is kept, on each call', async () => {
  const { api, calls } = setUp([deleted(), Response.json({ session_id: sessionId }), new Error('x'), new Error('x')])
  await api.sessions.delete(sessionId)
  await failure(api.sessions.create({ workflow_id: sessionId, vendor_data: 'a' })).catch(() => {})
  await failure(api.phone.check({ phone_number: '+34600111222', code: '123456' }))
  expect(calls.length).toBeGreaterThan(2)
  for (const { init } of calls) expect(init.cache).toBe('no-store')
})

test.each([
  ['names it', (field: string) => `The '${field}' field on 'RequestInitializerDict' is not implemented.`],
  ['names its value', () => 'Unsupported cache mode: no-store'],
  ['names no field', () => 'unrecognized option'],
])('works with a fetch that refuses an option it does not know and %s', async (_, message) => {
  const { fetch, seen } = strictFetch((field) => {
    throw new TypeError(message(field))
  })
  const api = createDiditApi({ apiKey, fetch, sleep: async () => {} })
  await expect(api.sessions.delete(sessionId)).resolves.toMatchObject({ session_id: sessionId })
  await api.sessions.delete(sessionId)
  expect(seen.map((fields) => fields.includes('cache'))).toEqual([true, false, false])
})

test('sends a call that costs money once, whatever the fault says, unless the option itself was refused', async () => {
  for (const fault of [new TypeError('fetch failed'), new Error('unexpected field of the answer')]) {
    const { api, calls } = setUp([fault])
    expect(await failure(api.phone.check({ phone_number: '+34600111222', code: '123456' }))).toMatchObject({
      code: 'didit-unavailable',
    })
    expect(calls).toHaveLength(1)
  }
})

test('hands the errors by which a framework steers on as they are, and does not try again', async () => {
  const signal = Object.assign(new Error('Dynamic server usage: no-store fetch'), { digest: 'DYNAMIC_SERVER_USAGE' })
  const { api, calls } = setUp([signal])
  expect(await failure(api.sessions.retrieveDecision(sessionId))).toBe(signal)
  expect(calls).toHaveLength(1)

  const body = new ReadableStream({
    pull(controller) {
      controller.error(signal)
    },
  })
  const late = setUp([new Response(body)])
  expect(await failure(late.api.sessions.retrieveDecision(sessionId))).toBe(signal)
})
