import { describe, expect, test } from 'vitest'
import { createTestEmulator, kyc, start, unknownId } from '../../testing/test-emulator.ts'
import { createEmulator } from '../index.ts'

const reset = String(start / 1000 + 60)
const headersOf = (headers: Headers) =>
  ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after'].map((name) => headers.get(name))
const create = { body: { workflow_id: kyc } }

test.each([
  ['GET', `/v3/session/${unknownId}/decision/`, 600],
  ['GET', `/v3/session/${unknownId}/generate-pdf/`, 50],
  ['POST', '/v3/session/', 600],
  ['DELETE', `/v3/session/${unknownId}/delete/`, 300],
  ['PATCH', `/v3/session/${unknownId}/update-status/`, 300],
  ['POST', '/v3/blocklist/add/', 300],
])('%s %s says how many of %i calls are left', async (method, path, limit) => {
  const { call } = createTestEmulator()
  const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} }
  expect(headersOf((await call(method, path, body)).headers)).toEqual([String(limit), String(limit - 1), reset, null])
  expect((await call(method, path, body)).headers.get('x-ratelimit-remaining')).toBe(String(limit - 2))
})

test.each([
  ['create', 'POST', '/v3/session/', 'Session creation limit: 2 per minute.'],
  ['read', 'GET', `/v3/session/${unknownId}/decision/`, 'GET limit: 2 per minute.'],
  ['write', 'DELETE', `/v3/session/${unknownId}/delete/`, 'Write limit: 2 per minute.'],
  ['pdf', 'GET', `/v3/session/${unknownId}/generate-pdf/`, 'PDF limit: 2 per minute.'],
])('refuses calls beyond the limit %s until its minute is over', async (name, method, path, detail) => {
  const { call, control } = createTestEmulator({ rateLimits: { [name]: 2 } })
  const again = () => call(method, path, method === 'POST' ? create : {})
  const first = await again()
  await control.clock({ advanceSeconds: 20 })
  expect((await again()).status).toBe(first.status)
  const refused = await again()
  expect([refused.status, refused.body]).toEqual([429, { detail }])
  expect(headersOf(refused.headers)).toEqual(['2', '0', reset, '40'])
  await control.clock({ advanceSeconds: 40 })
  expect((await again()).status).toBe(first.status)
})

test('counts each key separately, callers without a key by address, and not the pages and controls', async () => {
  const { call } = createTestEmulator({ rateLimits: { read: 1 } })
  const path = `/v3/session/${unknownId}/decision/`
  const statuses = []
  for (const more of [
    {},
    { key: 'k-partner' },
    { key: null },
    { key: null, address: '192.0.2.7' },
    {},
    { key: null },
  ]) {
    statuses.push((await call('GET', path, more)).status)
  }
  expect(statuses).toEqual([404, 404, 404, 404, 429, 429])
  for (let i = 0; i < 3; i += 1) expect((await call('GET', '/_emulator/sessions')).status).toBe(200)
})

test('counts creations apart from other writing', async () => {
  const { call } = createTestEmulator({ rateLimits: { write: 1, create: 2 } })
  expect((await call('POST', '/v3/session/', create)).status).toBe(201)
  expect((await call('DELETE', `/v3/session/${unknownId}/delete/`)).status).toBe(404)
  expect((await call('POST', '/v3/session/', create)).status).toBe(201)
  expect((await call('DELETE', `/v3/session/${unknownId}/delete/`)).status).toBe(429)
})

test('has no limits when they are off, and other limits while a fault sets them', async () => {
  const { call, control } = createTestEmulator({ rateLimits: false })
  const read = () => call('GET', `/v3/session/${unknownId}/decision/`)
  expect(headersOf((await read()).headers)).toEqual([null, null, null, null])
  control.faults({ rateLimits: { read: 1 } })
  expect([(await read()).status, (await read()).status]).toEqual([404, 429])
  control.faults({ rateLimits: false })
  expect((await read()).status).toBe(404)
  expect(() => control.faults({ rateLimits: { read: 0 } })).toThrow(/rateLimits.read: Expected a whole number/)
  expect(() => control.faults({ rateLimits: true as never })).toThrow(/rateLimits: Expected false, or whole numbers/)
})

describe('a sandbox', () => {
  test('has a daily quota of new sessions, and reports only when it is reset', async () => {
    const { call, control } = createTestEmulator({ environment: 'sandbox', rateLimits: { sandboxPerDay: 1 } })
    const body = { workflow_id: kyc, vendor_data: 'person-1' }
    expect((await call('POST', '/v3/session/', { body })).status).toBe(201)
    // An unfinished Session is returned, so nothing is counted.
    expect((await call('POST', '/v3/session/', { body })).status).toBe(201)
    const refused = await call('POST', '/v3/session/', create)
    expect([refused.status, refused.body.detail]).toEqual([
      429,
      'Sandbox quota of 1 sessions per 24 h used up; available in 86400 s.',
    ])
    expect(headersOf(refused.headers)).toEqual([null, null, null, '86400'])
    expect((await call('POST', '/v3/session/', { ...create, key: 'k-partner' })).status).toBe(201)
    await control.clock({ advanceSeconds: 86_400 })
    expect((await call('POST', '/v3/session/', create)).status).toBe(201)
  })
})

test('forgets what it counted when the emulator is reset', async () => {
  const { call, control } = createTestEmulator({ rateLimits: { read: 1 } })
  const read = async () => (await call('GET', `/v3/session/${unknownId}/decision/`)).status
  expect([await read(), await read()]).toEqual([404, 429])
  control.reset()
  expect(await read()).toBe(404)
})

test.each([
  [{ read: 0 }, 'read'],
  [{ write: 1.5 }, 'write'],
  [{ reads: 5 }, 'reads'],
])('is not created with the limits %j', (rateLimits, name) => {
  expect(() => createEmulator({ rateLimits: rateLimits as never })).toThrow(
    expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining(`rateLimits.${name}`) }),
  )
})
