import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import {
  createTestEmulator,
  kyc,
  mainId,
  partnerId,
  start,
  unknownId,
  workflowEnding,
} from '../../testing/test-emulator.ts'

function setUp(options: Parameters<typeof createTestEmulator>[0] = {}) {
  const testEmulator = createTestEmulator(options)
  const share = (id: string, body: unknown = { for_application_id: partnerId }, key = 'k') =>
    testEmulator.call('POST', `/v3/session/${id}/share/`, { body, key })
  const take = (token: string, more: Record<string, unknown> = {}, key = 'k-partner') =>
    testEmulator.call('POST', '/v3/session/import-shared/', {
      body: { share_token: token, workflow_id: kyc, trust_review: true, ...more },
      key,
    })
  const tokenOf = async (id: string) => (await share(id)).body.share_token as string
  return { ...testEmulator, share, take, tokenOf }
}

describe.each([
  ['2026-07', {}],
  ['late-2026', { session_kind: 'user' }],
] as const)('sharing in the generation %s', (generation, more) => {
  test.each(['Approved', 'Declined', 'In Review'] as const)(
    'issues a token for a session that is %s',
    async (status) => {
      const { create, share } = setUp({ generation })
      const id = await create({}, status)
      const answer = await share(id, { for_application_id: partnerId, ttl_in_seconds: 7200 })
      expect([answer.status, answer.body]).toEqual([
        200,
        { share_token: expect.any(String), for_application_id: partnerId, session_kind: 'user' },
      ])
      expect(decodeProtectedHeader(answer.body.share_token)).toEqual({ alg: 'HS256', typ: 'JWT' })
      expect(decodeJwt(answer.body.share_token)).toEqual({
        session_id: id,
        from_application_id: mainId,
        for_application_id: partnerId,
        iat: start / 1000,
        exp: start / 1000 + 7200,
        ...more,
      })
    },
  )
})

test('a token is valid for an hour by default', async () => {
  const { create, tokenOf } = setUp()
  const { iat = 0, exp } = decodeJwt(await tokenOf(await create({}, 'Approved')))
  expect(exp).toBe(iat + 3600)
})

test.each(['Not Started', 'In Progress', 'Resubmitted', 'Abandoned', 'Expired', 'Kyc Expired'] as const)(
  'what is %s cannot be shared',
  async (status) => {
    const { create, share } = setUp()
    const answer = await share(await create({}, status === 'Not Started' ? undefined : status))
    expect([answer.status, answer.body]).toEqual([400, { detail: ['Only finished sessions can be shared.'] }])
  },
)

test.each([
  [{}, { for_application_id: ['This field is required.'] }],
  [{ for_application_id: 'partner' }, { for_application_id: ['Must be a valid UUID.'] }],
  [{ for_application_id: mainId }, { for_application_id: ['Target must be another application.'] }],
  [{ for_application_id: unknownId }, { for_application_id: ['There is no such application.'] }],
  [
    { for_application_id: partnerId, ttl_in_seconds: 59 },
    { ttl_in_seconds: ['Ensure this value is greater than or equal to 60.'] },
  ],
  [
    { for_application_id: partnerId, ttl_in_seconds: 86_401 },
    { ttl_in_seconds: ['Ensure this value is less than or equal to 86400.'] },
  ],
  [{ for_application_id: partnerId, ttl_in_seconds: '3600' }, { ttl_in_seconds: ['A valid integer is required.'] }],
  [[], { non_field_errors: ['Invalid data. Expected a dictionary.'] }],
])('a share of %j is refused by naming the field', async (body, errors) => {
  const { create, share } = setUp()
  const answer = await share(await create({}, 'Approved'), body)
  expect([answer.status, answer.body]).toEqual([400, errors])
})

test('refuses to share a session of another application', async () => {
  const { create, share } = setUp()
  const id = await create({}, 'Approved')
  for (const [wanted, key] of [
    [unknownId, 'k'],
    [id, 'k-partner'],
  ] as const) {
    expect((await share(wanted, { for_application_id: partnerId }, key)).status).toBe(404)
  }
  expect((await share('7')).headers.get('content-type')).toBe('text/html; charset=utf-8')
})

describe('importing', () => {
  test('creates a session of the receiver with the checks of the original', async () => {
    const { create, decision, tokenOf, take, call, events, control } = setUp()
    const expected_details = { first_name: 'Ilse', last_name: 'Varga' }
    const id = await create({ vendor_data: 'customer-1', expected_details, metadata: { plan: 'gold' } }, 'Approved')
    const original = await decision(id)
    const answer = await take(await tokenOf(id), { vendor_data: 'partner-user-5' })
    expect(answer.status).toBe(201)
    const { session_id: cloneId } = answer.body
    expect(cloneId).not.toBe(id)
    expect(answer.body).toMatchObject({
      session_kind: 'user',
      session_number: 1001,
      session_url: null,
      status: 'Approved',
      workflow_id: kyc,
      features: original.features,
      vendor_data: 'partner-user-5',
      metadata: null,
      callback: null,
      expected_details: null,
      contact_details: null,
      reviews: [],
      shared_from_session: id,
    })
    expect(answer.body.id_verifications[0]).toMatchObject({ status: 'Approved', full_name: 'Ilse Varga' })
    expect((await call('GET', `/v3/session/${cloneId}/decision/`, { key: 'k-partner' })).body).toEqual(answer.body)
    expect((await call('GET', `/v3/session/${cloneId}/decision/`)).status).toBe(404)
    await control.idle()
    expect(events.map(({ session_id }) => session_id)).toEqual([id])
  })

  test('keeps the vendor_data of the original when none is given', async () => {
    const { create, tokenOf, take } = setUp()
    const token = await tokenOf(await create({ vendor_data: 'customer-1' }, 'Approved'))
    expect((await take(token)).body.vendor_data).toBe('customer-1')
  })

  test('is In Review if the receiver does not trust the review, with the results of the checks', async () => {
    const { create, decision, tokenOf, take, call } = setUp()
    const id = await create({}, 'Declined')
    const statuses = (made: { id_verifications: { status: string }[]; aml_screenings: { status: string }[] }) =>
      [...made.id_verifications, ...made.aml_screenings].map(({ status }) => status)
    const { body } = await take(await tokenOf(id), { trust_review: false })
    expect(body.status).toBe('In Review')
    expect(statuses(body)).toEqual(statuses(await decision(id)))
    const path = `/v3/session/${body.session_id}/update-status/`
    expect((await call('PATCH', path, { body: { new_status: 'Approved' }, key: 'k-partner' })).status).toBe(200)
    expect((await decision(body.session_id, 'k-partner')).status).toBe('Approved')
    expect((await decision(id)).status).toBe('Declined')
  })

  test('works once for each receiver, also after the copy was deleted', async () => {
    const { create, tokenOf, take, call } = setUp()
    const id = await create({}, 'Approved')
    const { body } = await take(await tokenOf(id))
    await call('DELETE', `/v3/session/${body.session_id}/delete/`, { key: 'k-partner' })
    const again = await take(await tokenOf(id))
    expect([again.status, again.body]).toEqual([403, { detail: 'Already imported into this application.' }])
  })

  test.each([
    ['an expired token', 'Share token has expired.'],
    ['a token of another application', 'Share token is for another application.'],
    ['a token of something deleted', 'The shared session is gone.'],
    ['a token with other claims', 'Share token is invalid.'],
    ['a text', 'Share token is invalid.'],
  ])('refuses %s', async (what, message) => {
    const { create, tokenOf, take, control, call } = setUp()
    const id = await create({}, 'Approved')
    let token = await tokenOf(id)
    let key = 'k-partner'
    if (what === 'an expired token') await control.clock({ advanceSeconds: 3600 })
    if (what === 'a token of another application') key = 'k'
    if (what === 'a token of something deleted') await call('DELETE', `/v3/session/${id}/delete/`)
    if (what === 'a text') token = 'token'
    if (what === 'a token with other claims') {
      const [header, , signature] = token.split('.')
      const forged = { ...decodeJwt(token), for_application_id: mainId }
      token = [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.')
      key = 'k'
    }
    const answer = await take(token, {}, key)
    expect([answer.status, answer.body]).toEqual([400, { share_token: [message] }])
  })

  test('refuses a workflow that is not the receiver’s', async () => {
    const { create, tokenOf, take } = setUp()
    const answer = await take(await tokenOf(await create({}, 'Approved')), { workflow_id: unknownId })
    expect([answer.status, answer.body]).toEqual([404, { detail: 'Unknown workflow for this application.' }])
  })

  test.each([
    [{ share_token: undefined }, { share_token: ['This field is required.'] }],
    [{ share_token: 7 }, { share_token: ['Not a valid string.'] }],
    [{ workflow_id: 'kyc' }, { workflow_id: ['Must be a valid UUID.'] }],
    [{ trust_review: 'yes' }, { trust_review: ['Must be a valid boolean.'] }],
    [{ vendor_data: 7 }, { vendor_data: ['Not a valid string.'] }],
  ])('of %j is refused by naming the field', async (more, errors) => {
    const { take } = setUp()
    const answer = await take('token', more)
    expect([answer.status, answer.body]).toEqual([400, errors])
  })

  test('requires trust_review in 2026-07, but not in late 2026', async () => {
    for (const [generation, status] of [
      ['2026-07', 400],
      ['late-2026', 201],
    ] as const) {
      const { create, tokenOf, take } = setUp({ generation })
      const answer = await take(await tokenOf(await create({}, 'Approved')), { trust_review: undefined })
      expect(answer.status).toBe(status)
      if (status === 400) expect(answer.body).toEqual({ trust_review: ['This field is required.'] })
      else expect(answer.body.status).toBe('In Review')
    }
  })

  test('has the current shape for a company in 2026-07, because companies have no older one', async () => {
    const { create, tokenOf, take } = setUp({ generation: '2026-07' })
    const { status, body } = await take(await tokenOf(await create({ workflow_id: workflowEnding('55b') }, 'Approved')))
    expect(status).toBe(201)
    expect(body).toMatchObject({ session_kind: 'business', registry_checks: [{}], key_people_checks: [{}] })
  })

  test('answers in the older shape in 2026-07', async () => {
    const { create, tokenOf, take } = setUp({ generation: '2026-07' })
    const { status, body } = await take(await tokenOf(await create({}, 'Declined')))
    expect(status).toBe(201)
    expect(Object.keys(body)).toEqual([
      'session_id',
      'session_number',
      'session_url',
      'status',
      'workflow_id',
      'features',
      'vendor_data',
      'metadata',
      'callback',
      'id_verification',
      'liveness',
      'face_match',
      'aml',
      'ip_analysis',
      'reviews',
      'created_at',
      'expires_at',
    ])
    expect(body.session_url).toBeNull()
    expect(body.id_verification).not.toHaveProperty('node_id')
    const [warning] = [...body.id_verification.warnings, ...body.aml.warnings]
    expect(warning).toHaveProperty('risk')
    expect(warning).not.toHaveProperty('feature')
    expect(warning).not.toHaveProperty('node_id')
  })

  test('keeps the checks that were made, with any workflow of the receiver', async () => {
    const { create, tokenOf, take } = setUp()
    const token = await tokenOf(await create({}, 'Approved'))
    const { body } = await take(token, { workflow_id: workflowEnding('558') })
    expect(body.workflow_id).toBe(workflowEnding('558'))
    expect(body.id_verifications).toHaveLength(1)
  })
})
