import { describe, expect, test } from 'vitest'
import { createTestEmulator, kyc, mainId, start, unknownId, workflowEnding } from '../../testing/test-emulator.ts'
import { createEmulator } from '../index.ts'

const scopedKeys = [
  { key: 'no-media', media: false },
  { key: 'reads', sessions: 'read' },
  { key: 'nothing', sessions: 'none', workflows: 'none' },
  { key: 'ages', onlyWorkflows: [workflowEnding('556')] },
  { key: 'approved', onlyStatuses: ['Approved'] },
  { key: 'office', addresses: ['192.0.2.7'] },
  { key: 'old', expiresAt: new Date(start + 60_000).toISOString() },
  { key: 'partners', application: 'partner' },
] as const

describe.each([
  ['2026-07', 403],
  ['late-2026', 401],
] as const)('in the generation %s', (generation, wrongKey) => {
  const own = 'Authentication credentials were not provided or are invalid.'
  const general = 'You do not have permission to perform this action.'
  test.each([
    ['POST', '/v3/session/', general, 403],
    ['GET', '/v3/session/:id/decision/', own, 403],
    ['GET', '/v3/session/:id/generate-pdf/', own, 403],
    ['DELETE', '/v3/session/:id/delete/', own, 403],
    ['PATCH', '/v3/session/:id/update-status/', own, 403],
    ['POST', '/v3/session/:id/share/', own, 401],
    ['POST', '/v3/session/import-shared/', general, 403],
    ['GET', '/v3/sessions/', general, 403],
    ['GET', '/v3/sessions/:id/reviews/', general, 403],
    ['POST', '/v3/sessions/:id/reviews/', general, 403],
    ['GET', '/v3/blocklist/', general, 403],
    ['POST', '/v3/blocklist/add/', general, 403],
    ['POST', '/v3/blocklist/remove/', general, 403],
  ])('%s %s has its own text for callers without a valid key', async (method, path, detail, noKey) => {
    const { call, create } = createTestEmulator({ generation })
    const at = path.replace(':id', await create({}, 'Approved'))
    const more = method === 'GET' || method === 'DELETE' ? {} : { body: {} }
    const without = await call(method, at, { ...more, key: null })
    expect([without.status, without.body]).toEqual([noKey, { detail }])
    const wrong = await call(method, at, { ...more, key: 'wrong' })
    expect(wrong.status).toBe(noKey === 401 ? 401 : wrongKey)
    expect(wrong.body).toEqual({ detail: wrong.status === 401 ? own : detail })
  })
})

test('a key without media reads no link to a picture, and gets no PDF', async () => {
  const { call, create, decision } = createTestEmulator({ scopedKeys })
  const id = await create({}, 'Approved')
  const whole = JSON.stringify(await decision(id))
  const hidden = await decision(id, 'no-media')
  expect(whole).toContain('X-Amz-Signature=')
  expect(JSON.stringify(hidden)).not.toContain('X-Amz-Signature=')
  expect(hidden.id_verifications[0].portrait_image).toBeNull()
  expect(hidden.session_url).toEqual(expect.any(String))
  const { body: page } = await call('GET', '/v3/sessions/', { key: 'no-media' })
  expect(page.results[0].portrait_image).toBeNull()
  const pdf = await call('GET', `/v3/session/${id}/generate-pdf/`, { key: 'no-media' })
  expect([pdf.status, pdf.body]).toEqual([403, { detail: 'You do not have permission to perform this action.' }])
})

test('a key that only reads gets no hosted page URL and cannot change anything', async () => {
  const { call, create, decision } = createTestEmulator({ scopedKeys })
  const id = await create({}, 'In Review')
  expect((await decision(id, 'reads')).session_url).toBeNull()
  expect((await call('GET', '/v3/sessions/', { key: 'reads' })).body.results[0].session_url).toBeNull()
  for (const [method, path, body] of [
    ['POST', '/v3/session/', { workflow_id: kyc }],
    ['PATCH', `/v3/session/${id}/update-status/`, { new_status: 'Approved' }],
    ['DELETE', `/v3/session/${id}/delete/`, undefined],
    ['POST', `/v3/session/${id}/share/`, { for_application_id: mainId }],
    ['POST', `/v3/sessions/${id}/reviews/`, {}],
  ] as const) {
    const refused = await call(method, path, { body, key: 'reads' })
    expect([path, refused.status]).toEqual([path, 403])
  }
  expect((await decision(id)).status).toBe('In Review')
})

test('a key without rights can do nothing, and the blocklist needs its own right', async () => {
  const { call, create } = createTestEmulator({ scopedKeys: [...scopedKeys, { key: 'lists', workflows: 'read' }] })
  const id = await create({}, 'Approved')
  for (const path of [`/v3/session/${id}/decision/`, '/v3/sessions/', '/v3/blocklist/']) {
    expect((await call('GET', path, { key: 'nothing' })).status).toBe(403)
  }
  const add = { body: { session_id: id, blocklist_face: true } }
  expect((await call('GET', '/v3/blocklist/', { key: 'lists' })).status).toBe(200)
  expect((await call('POST', '/v3/blocklist/add/', { ...add, key: 'lists' })).status).toBe(403)
})

test('a session outside the workflows or statuses of a key is not found with it', async () => {
  const { call, create } = createTestEmulator({ scopedKeys })
  const kycId = await create({}, 'In Review')
  const ageId = await create({ workflow_id: workflowEnding('556') }, 'Approved')
  const sees = async (key: string) => {
    const listed = (await call('GET', '/v3/sessions/', { key })).body.results
    const read = [kycId, ageId].map((id) => call('GET', `/v3/session/${id}/decision/`, { key }))
    return [listed.map((row: { session_id: string }) => row.session_id), (await Promise.all(read)).map((a) => a.status)]
  }
  expect(await sees('ages')).toEqual([[ageId], [404, 200]])
  expect(await sees('approved')).toEqual([[ageId], [404, 200]])
})

test('a key works only from its addresses, until it expires, and in its own application', async () => {
  const { call, control, create } = createTestEmulator({ scopedKeys })
  const id = await create({}, 'Approved')
  const read = async (key: string, address = '127.0.0.1') =>
    (await call('GET', `/v3/session/${id}/decision/`, { key, address })).status
  expect([await read('office'), await read('office', '192.0.2.7'), await read('office', '::ffff:192.0.2.7')]).toEqual([
    403, 200, 200,
  ])
  expect(await read('old')).toBe(200)
  await control.clock({ advanceSeconds: 60 })
  expect(await read('old')).toBe(401)
  expect(await read('partners')).toBe(404)
})

test('an unknown id is 404 before the key is checked, on the routes where Didit does so', async () => {
  const { call } = createTestEmulator()
  const statuses = []
  for (const path of ['decision', 'generate-pdf']) {
    statuses.push((await call('GET', `/v3/session/${unknownId}/${path}/`, { key: null })).status)
  }
  expect(statuses).toEqual([404, 404])
})

test.each([
  [[{ key: '' }], 'empty or used twice'],
  [[{ key: 'k' }], 'empty or used twice'],
  [[{ key: 'x' }, { key: 'x' }], 'empty or used twice'],
  [[{ key: 'x', expiresAt: 'soon' }], 'is not a valid time'],
])('is not created with the keys %j', (keys, message) => {
  expect(() => createEmulator({ apiKey: 'k', scopedKeys: keys })).toThrow(
    expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining(message) }),
  )
})
