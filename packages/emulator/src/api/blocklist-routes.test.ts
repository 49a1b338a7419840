import { describe, expect, test } from 'vitest'
import { createTestEmulator, kyc, unknownId, workflowEnding } from '../../testing/test-emulator.ts'

const contact = { contact_details: { phone: '+447700900142', email: 'Ilse.Varga@example.com' } }
const ilse = {
  expected_details: {
    first_name: 'Ilse',
    last_name: 'Varga',
    date_of_birth: '1991-03-27',
    identification_number: 'X0000042',
  },
  ...contact,
}
const odo = {
  expected_details: {
    first_name: 'Odo',
    last_name: 'Muster',
    date_of_birth: '1980-12-01',
    identification_number: 'X0000007',
  },
}

function setUp(options: Parameters<typeof createTestEmulator>[0] = {}) {
  const testEmulator = createTestEmulator(options)
  const add = (id: string, ...types: string[]) =>
    testEmulator.call('POST', '/v3/blocklist/add/', {
      body: { session_id: id, ...Object.fromEntries(types.map((type) => [`blocklist_${type}`, true])) },
    })
  const remove = (id: string, ...types: string[]) =>
    testEmulator.call('POST', '/v3/blocklist/remove/', {
      body: { session_id: id, ...Object.fromEntries(types.map((type) => [`unblock_${type}`, true])) },
    })
  const list = async (query = '') => (await testEmulator.call('GET', `/v3/blocklist/${query}`)).body
  return { ...testEmulator, add, remove, list }
}

test('lists what was added, newest first, with nulls for what does not apply', async () => {
  const { create, add, list, control } = setUp()
  const id = await create(ilse, 'Declined')
  for (const type of ['face', 'document', 'phone', 'email']) {
    const answer = await add(id, type)
    expect([answer.status, answer.body]).toEqual([200, { message: 'Successfully updated blocklist.' }])
    await control.clock({ advanceSeconds: 1 })
  }
  const blank = {
    session_id: id,
    session_number: 1001,
    face_image: null,
    document_type: null,
    document_number: null,
    front_image: null,
    phone_number: null,
    country_code: null,
    email: null,
  }
  const media = expect.stringContaining('X-Amz-Signature=')
  const at = (second: number) => `2026-10-26T08:00:0${second}.000000Z`
  expect(await list()).toEqual({
    count: 4,
    next: null,
    previous: null,
    results: [
      { ...blank, type: 'email', blocklisted_at: at(3), email: 'ilse.varga@example.com' },
      { ...blank, type: 'phone', blocklisted_at: at(2), phone_number: '+447700900142' },
      {
        ...blank,
        type: 'document',
        blocklisted_at: at(1),
        document_type: expect.any(String),
        document_number: 'X0000042',
        front_image: media,
      },
      { ...blank, type: 'face', blocklisted_at: at(0), face_image: media },
    ],
  })
  expect((await list('?item_type=phone')).results).toHaveLength(1)
  const page = await list('?limit=2')
  expect([page.results.length, page.next]).toEqual([2, 'http://localhost:4100/v3/blocklist/?limit=2&offset=2'])
})

test('adds an item only once, and nothing when no type is named', async () => {
  const { create, add, list } = setUp()
  const id = await create(ilse, 'Declined')
  await add(id, 'face')
  await add(id, 'face')
  expect((await add(id)).status).toBe(200)
  expect((await list()).count).toBe(1)
})

describe.each([
  ['face', 'FACE_IN_BLOCKLIST'],
  ['document', 'ID_DOCUMENT_IN_BLOCKLIST'],
  ['phone', 'PHONE_NUMBER_IN_BLOCKLIST'],
  ['email', 'EMAIL_IN_BLOCKLIST'],
])('a %s on the blocklist', (type) => {
  test('declines the next session that would be approved, and no session of another user', async () => {
    const { create, add, control, statusOf } = setUp()
    await add(await create({ ...ilse, vendor_data: 'customer-1' }, 'Declined'), type)
    const next = await create({ ...ilse, vendor_data: 'customer-2' })
    expect(control.finish(next, 'Approved').status).toBe('Declined')
    expect(statusOf(await create(odo, 'Approved'))).toBe('Approved')
    expect(statusOf(await create(ilse, 'Approved', 'k-partner'))).toBe('Approved')
  })

  test('no longer declines after it was removed', async () => {
    const { create, add, remove, list, statusOf } = setUp()
    const id = await create(ilse, 'Declined')
    await add(id, type)
    const answer = await remove(id, type)
    expect([answer.status, answer.body]).toEqual([200, { message: 'Successfully removed from blocklist.' }])
    expect((await list()).count).toBe(0)
    expect(statusOf(await create(ilse, 'Approved'))).toBe('Approved')
  })
})

test('a face is recognised in another workflow of the same user, but not of another user', async () => {
  const { create, add, statusOf } = setUp()
  await add(await create({ ...ilse, vendor_data: 'customer-1' }, 'Declined'), 'face')
  const age = { workflow_id: workflowEnding('556') }
  expect(statusOf(await create({ ...age, vendor_data: 'customer-1' }, 'Approved'))).toBe('Declined')
  expect(statusOf(await create({ ...age, vendor_data: 'customer-2' }, 'Approved'))).toBe('Approved')
  expect(statusOf(await create(age, 'Approved'))).toBe('Approved')
})

test('a reviewer can approve a blocklisted session by hand', async () => {
  const { create, add, call, statusOf } = setUp()
  await add(await create(ilse, 'Declined'), 'face')
  const next = await create(ilse, 'Approved')
  expect(statusOf(next)).toBe('Declined')
  await call('PATCH', `/v3/session/${next}/update-status/`, { body: { new_status: 'Approved' } })
  expect(statusOf(next)).toBe('Approved')
})

test('an entry of a deleted session still declines but is not listed', async () => {
  const { create, add, call, list, statusOf } = setUp()
  const id = await create(ilse, 'Declined')
  await add(id, 'face')
  await call('DELETE', `/v3/session/${id}/delete/`)
  expect(await list()).toMatchObject({ count: 0, results: [] })
  expect(statusOf(await create(ilse, 'Approved'))).toBe('Declined')
})

test('refuses to add what the session does not have', async () => {
  const { create, add } = setUp()
  const address = await create({ workflow_id: workflowEnding('558') }, 'Approved')
  const answer = await add(address, 'face', 'document')
  expect([answer.status, answer.body]).toEqual([
    400,
    { blocklist_face: ['This session has no face.'], blocklist_document: ['This session has no document.'] },
  ])
  expect((await add(await create({ workflow_id: kyc }), 'face')).status).toBe(400)
})

test.each([
  ['add', {}, { session_id: ['This field is required.'] }],
  ['add', { session_id: '7' }, { session_id: ['Must be a valid UUID.'] }],
  ['add', { session_id: unknownId, blocklist_face: 'yes' }, { blocklist_face: ['Must be a valid boolean.'] }],
  ['remove', { session_id: unknownId }, { non_field_errors: ['Set at least one of the unblock fields to true.'] }],
  ['remove', { session_id: unknownId, unblock_email: 1 }, { unblock_email: ['Must be a valid boolean.'] }],
  ['remove', [], { non_field_errors: ['Invalid data. Expected a dictionary.'] }],
])('%s of %j is refused by naming the field', async (verb, body, errors) => {
  const { call } = setUp()
  const answer = await call('POST', `/v3/blocklist/${verb}/`, { body })
  expect([answer.status, answer.body]).toEqual([400, errors])
})

test('refuses a session of another application and an unknown type', async () => {
  const { create, add, remove, call } = setUp()
  const foreign = await create(ilse, 'Declined', 'k-partner')
  for (const answer of [await add(foreign, 'face'), await remove(foreign, 'face'), await add(unknownId, 'face')]) {
    expect([answer.status, answer.body]).toEqual([404, { detail: 'Session not found.' }])
  }
  const answer = await call('GET', '/v3/blocklist/?item_type=ip')
  expect([answer.status, answer.body]).toEqual([400, { item_type: ['"ip" is not a valid choice.'] }])
})

test('adds nothing when the session lacks one of the requested types', async () => {
  const { create, add, list } = setUp()
  const id = await create({}, 'Declined')
  const answer = await add(id, 'face', 'document', 'phone')
  expect([answer.status, Object.keys(answer.body)]).toEqual([400, ['blocklist_phone']])
  expect((await list()).count).toBe(0)
})
