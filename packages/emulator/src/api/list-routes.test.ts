import { describe, expect, test } from 'vitest'
import { createTestEmulator, kyc, unknownId, workflowEnding } from '../../testing/test-emulator.ts'

const day = 86_400

/** Creates five Sessions of different people on different days, and a helper that lists them. */
async function setList(options: Parameters<typeof createTestEmulator>[0] = {}) {
  const testEmulator = createTestEmulator(options)
  const { create, control, call } = testEmulator
  const named = (first_name: string, last_name: string) => ({ first_name, last_name })
  const ids: Record<string, string> = {}
  ids.ilse = await create(
    {
      vendor_data: 'customer-1042',
      expected_details: named('Ilse', 'Norgård'),
      contact_details: { phone: '+447700900142' },
    },
    'Approved',
  )
  await control.clock({ advanceSeconds: day })
  ids.declined = await create({ vendor_data: 'customer-7' }, 'Declined')
  ids.age = await create({ workflow_id: workflowEnding('556'), vendor_data: 'customer-1042' }, 'In Review')
  await control.clock({ advanceSeconds: day })
  ids.fresh = await create({ contact_details: { email: 'Odo@example.com' } })
  ids.address = await create({ workflow_id: workflowEnding('558') }, 'Approved')
  await create({ vendor_data: 'of-the-partner' }, 'Approved', 'k-partner')
  const nameOf = (id: string) => Object.entries(ids).find(([, known]) => known === id)?.[0]
  const list = async (query = '', key = 'k') => {
    const { status, body } = await call('GET', `/v3/sessions/${query}`, { key })
    expect(status).toBe(200)
    return body
  }
  const names = async (query: string) =>
    (await list(query)).results.map(({ session_id }: { session_id: string }) => nameOf(session_id))
  return { ...testEmulator, ids, list, names }
}

test('lists the sessions of the caller’s application, newest first', async () => {
  const { list, names } = await setList()
  expect(await names('')).toEqual(['address', 'fresh', 'age', 'declined', 'ilse'])
  expect(await list()).toMatchObject({ count: 5, next: null, previous: null })
  expect(await list('', 'k-partner')).toMatchObject({ count: 1, results: [{ vendor_data: 'of-the-partner' }] })
})

test('writes a finished session as a row with all sixteen fields', async () => {
  const { list, ids } = await setList()
  const { results } = await list('?vendor_data=customer-1042&status=Approved')
  expect(results).toEqual([
    {
      session_id: ids.ilse,
      session_kind: 'user',
      session_number: 1001,
      session_url: expect.stringMatching(/\/session\//),
      portrait_image: expect.stringContaining('X-Amz-Signature='),
      document_type: expect.any(String),
      full_name: 'Ilse Norgård',
      country: 'UTO',
      status: 'Approved',
      vendor_data: 'customer-1042',
      didit_internal_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
      created_at: '2026-10-26T08:00:00.000000Z',
      features: ['ID_VERIFICATION', 'LIVENESS', 'FACE_MATCH', 'AML', 'IP_ANALYSIS'].map((feature) => ({
        feature,
        status: 'Approved',
      })),
      phone_number: { number: '+447700900142', is_verified: false },
      email_address: null,
      additional_details: expect.objectContaining({
        aml: expect.objectContaining({ total_hits: 0, entity_type: 'person', is_adverse_media_fetched: false }),
        liveness: { method: 'PASSIVE', score: expect.any(Number) },
      }),
    },
  ])
})

test('writes a session that was never opened with nulls for unknown fields', async () => {
  const { list } = await setList()
  const { results } = await list('?status=Not Started')
  expect(results[0]).toMatchObject({
    portrait_image: null,
    document_type: null,
    full_name: null,
    country: null,
    vendor_data: null,
    didit_internal_id: null,
    phone_number: null,
    email_address: { email: 'Odo@example.com', is_verified: false },
    additional_details: null,
  })
  expect(new Set(results[0].features.map(({ status }: { status: string }) => status))).toEqual(
    new Set(['Not Finished']),
  )
})

test('gives all sessions of a user one Didit id, and a different one in another application', async () => {
  const { list, create } = await setList()
  await create({ vendor_data: 'customer-1042' }, undefined, 'k-partner')
  const idsOf = async (query: string, key = 'k') =>
    (await list(query, key)).results.map((row: { didit_internal_id: string }) => row.didit_internal_id)
  const [one, other] = await idsOf('?vendor_data=customer-1042')
  expect(one).toBe(other)
  expect((await list(`?didit_internal_id=${one.toUpperCase()}`)).count).toBe(2)
  expect(await idsOf('?vendor_data=customer-1042', 'k-partner')).not.toContain(one)
})

test.each([
  ['?status=Approved', ['address', 'ilse']],
  ['?status=Approved,In Review', ['address', 'age', 'ilse']],
  ['?status=approved', []],
  ['?status=', ['address', 'fresh', 'age', 'declined', 'ilse']],
  ['?vendor_data=customer-1042', ['age', 'ilse']],
  ['?vendor_data=customer', []],
  [`?workflow_id=${workflowEnding('556')},nonsense`, ['age']],
  ['?workflow_id=nonsense', []],
  ['?date_from=2026-10-27', ['address', 'fresh', 'age', 'declined']],
  ['?date_to=2026-10-26', ['ilse']],
  ['?date_from=2026-10-27&date_to=2026-10-27', ['age', 'declined']],
  ['?country=UTO,DNK', ['declined', 'ilse']],
  ['?country=DNK', []],
  ['?document_type=HIC', []],
  ['?warning=DOCUMENT_EXPIRED', ['declined']],
  ['?warning=NOBODY_RAISED_THIS', []],
  ['?status_initialized_as_in_review=true', ['age']],
  ['?session_type=HOSTED', ['address', 'fresh', 'age', 'declined', 'ilse']],
  ['?session_type=API,MIGRATED', []],
  ['?session_type=ALL', ['address', 'fresh', 'age', 'declined', 'ilse']],
  ['?api_service=AML', []],
  [`?euuid=${unknownId}`, []],
  ['?screened_full_name=norgard', ['ilse']],
  ['?search=norgard', ['ilse']],
  ['?search=CUSTOMER-7', ['declined']],
  ['?search=1003', ['age']],
  ['?search=4477', ['ilse']],
  ['?search=odo@', ['fresh']],
  ['?search=@example.com', []],
  ['?search=nobody', []],
  ['?status=Approved&vendor_data=customer-1042&search=ilse', ['ilse']],
  ['?constructor=1&__proto__=2', ['address', 'fresh', 'age', 'declined', 'ilse']],
  ['?no_such_filter=1', ['address', 'fresh', 'age', 'declined', 'ilse']],
])('with %s finds the matching sessions', async (query, expected) => {
  const { names } = await setList()
  expect(await names(query)).toEqual(expected)
})

test('finds a session by its whole id', async () => {
  const { names, ids } = await setList()
  expect(await names(`?search=${ids.age?.toUpperCase()}`)).toEqual(['age'])
  expect(await names(`?search=${ids.age?.slice(0, 8)}`)).toEqual([])
})

describe('in pages', () => {
  test('links to the next and the previous page with absolute URLs', async () => {
    const { list, call } = await setList()
    const first = await list('?limit=2&status=Approved,In Review,Declined')
    expect(first.next).toBe(
      'http://localhost:4100/v3/sessions/?limit=2&offset=2&status=Approved%2CIn+Review%2CDeclined',
    )
    expect([first.count, first.previous, first.results.length]).toEqual([4, null, 2])
    const { body: second } = await call('GET', first.next)
    expect(second).toMatchObject({ count: 4, next: null, previous: first.next.replace('&offset=2', '') })
    const numbers = [...first.results, ...second.results].map((row: { session_number: number }) => row.session_number)
    expect(numbers).toEqual([1005, 1003, 1002, 1001])
    expect((await call('GET', second.previous)).body).toEqual(first)
  })

  test('have fifty items, and an invalid limit is ignored', async () => {
    const { create, call } = createTestEmulator()
    for (let i = 0; i < 51; i += 1) await create()
    for (const query of ['', '?limit=0', '?limit=-1', '?limit=many&offset=x']) {
      expect((await call('GET', `/v3/sessions/${query}`)).body.results).toHaveLength(50)
    }
    expect((await call('GET', '/v3/sessions/?offset=50')).body.results).toHaveLength(1)
    expect((await call('GET', '/v3/sessions/?offset=500')).body).toMatchObject({ count: 51, next: null, results: [] })
  })

  test('may be numbered, as older clients do', async () => {
    const { list } = await setList()
    const second = await list('?page=2&page_size=2')
    expect(second.results.map((row: { session_number: number }) => row.session_number)).toEqual([1003, 1002])
    expect(second.next).toBe('http://localhost:4100/v3/sessions/?page=3&page_size=2')
    expect(second.previous).toBe('http://localhost:4100/v3/sessions/?page=1&page_size=2')
  })
})

test('accepts kinds of sessions in any letter case, and finds no companies here', async () => {
  const { list } = await setList()
  expect((await list('?session_kind=ALL')).count).toBe(5)
  expect(await list('?session_kind=business')).toEqual({ count: 0, next: null, previous: null, results: [] })
})

test.each([
  ['session_kind=person', { session_kind: 'Use user, business or all.' }],
  ['date_from=26.10.2026', { date_from: ['Enter a valid date.'] }],
  ['date_to=2026-02-30', { date_to: ['Enter a valid date.'] }],
  ['didit_internal_id=7', { didit_internal_id: ['Enter a valid UUID.'] }],
  ['euuid=7', { euuid: ['Enter a valid UUID.'] }],
  ['api_service=FOO', { api_service: ['Select a valid choice. FOO is not one of the available choices.'] }],
])('refuses %s by naming the field', async (query, errors) => {
  const { call } = createTestEmulator()
  const { status, body } = await call('GET', `/v3/sessions/?${query}`)
  expect([status, body]).toEqual([400, errors])
})

test('redirects to the path with the slash, and refuses other methods', async () => {
  const { call } = createTestEmulator()
  const moved = await call('GET', '/v3/sessions?limit=2')
  expect([moved.status, moved.headers.get('location')]).toEqual([301, '/v3/sessions/?limit=2'])
  expect((await call('PUT', '/v3/sessions/')).status).toBe(405)
})

test('omits deleted sessions', async () => {
  const { call, create } = createTestEmulator()
  const id = await create({ workflow_id: kyc }, 'Approved')
  await call('DELETE', `/v3/session/${id}/delete/`)
  expect((await call('GET', '/v3/sessions/')).body.count).toBe(0)
})
