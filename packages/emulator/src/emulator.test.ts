import { createdSessionSchema, decisionSchema, webhookEventSchema } from '@didit-verify/core/schemas'
import { afterEach, expect, test } from 'vitest'
import { createEmulator, type Emulator, type EmulatorOptions } from './index.ts'

const start = Date.UTC(2026, 9, 26, 8, 0, 0, 250)
const kyc = '11111111-2222-3333-4444-555555555555'
const workflowEnding = (digits: string) => `${kyc.slice(0, 33)}${digits}`

const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

function setUp(options: EmulatorOptions = {}) {
  const emulator = createEmulator({ apiKey: 'k', now: () => start, seed: 1, ...options })
  running.push(emulator)
  const call = (path: string, init?: RequestInit) => emulator.fetch(new Request(`${emulator.url}${path}`, init))
  const post = (body: unknown, headers: Record<string, string> = { 'x-api-key': 'k' }) =>
    call('/v3/session/', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const create = async (body: Record<string, unknown> = {}) => {
    const answer = await post({ workflow_id: kyc, ...body })
    expect(answer.status).toBe(201)
    return createdSessionSchema.parse(await answer.json())
  }
  const decision = async (id: string, headers: Record<string, string> = { 'x-api-key': 'k' }) => {
    const answer = await call(`/v3/session/${id}/decision/`, { headers })
    return { status: answer.status, body: await answer.json() }
  }
  return { emulator, call, post, create, decision }
}

test('answers a creation with all ten fields', async () => {
  const { create } = setUp()
  const session = await create({ vendor_data: 'person-1', metadata: { plan: 'gold' }, language: 'es' })
  expect(session).toEqual({
    session_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    session_number: 1001,
    session_token: expect.stringMatching(/^[A-Za-z0-9_-]{12}$/),
    url: `http://localhost:4100/es/session/${session.session_token}`,
    vendor_data: 'person-1',
    metadata: { plan: 'gold' },
    status: 'Not Started',
    callback: null,
    workflow_id: kyc,
    workflow_version: 1,
  })
})

test('returns metadata with the numbers unchanged', async () => {
  const { post } = setUp()
  const answer = await post(`{"workflow_id":"${kyc}","metadata":{"id":12345678901234567890,"__proto__":1}}`)
  expect(await answer.text()).toContain('"metadata":{"id":12345678901234567890,"__proto__":1}')
})

test('returns the unfinished session of the same user, updated by the second call', async () => {
  const { emulator, create } = setUp()
  const first = await create({ vendor_data: 'person-1', callback: 'https://shop.example.com/a', metadata: 1 })
  emulator.control.finish(first.session_id, 'In Progress')
  const second = await create({ vendor_data: 'person-1', callback: 'https://shop.example.com/b' })
  expect(second).toEqual({ ...first, status: 'In Progress', callback: 'https://shop.example.com/b', metadata: null })

  emulator.control.finish(first.session_id, 'Declined')
  expect((await create({ vendor_data: 'person-1' })).session_id).not.toBe(first.session_id)
  expect((await create({ vendor_data: 'person-2' })).session_id).not.toBe(first.session_id)
})

test('creates a new session without vendor_data, and for another workflow', async () => {
  const { create } = setUp()
  const ids = [
    await create(),
    await create(),
    await create({ vendor_data: 'p' }),
    await create({ vendor_data: 'p', workflow_id: workflowEnding('556') }),
  ].map(({ session_id }) => session_id)
  expect(new Set(ids).size).toBe(4)
})

test.each([
  [{}, { workflow_id: ['This field is required.'] }],
  [{ workflow_id: 'nope' }, { workflow_id: ['Must be a valid UUID.'] }],
  [{ workflow_id: '11111111-2222-3333-4444-000000000000' }, { workflow_id: 'Invalid workflow_id.' }],
  [{ workflow_id: kyc, language: 'xx' }, { language: ['"xx" is not a valid choice.'] }],
  [{ workflow_id: kyc, vendor_data: 7 }, { vendor_data: ['Not a valid string.'] }],
  [{ workflow_id: kyc, callback: 'javascript:alert(1)' }, { callback: ['Enter a valid URL.'] }],
  [
    { workflow_id: kyc, contact_details: { email: 'x' } },
    { contact_details: { email: ['Enter a valid email address.'] } },
  ],
  [
    { workflow_id: kyc, expected_details: { address: '1 Nowhere Lane' } },
    { expected_details: { address: ['Name a country with the address: country, id_country or poa_country.'] } },
  ],
  [
    { workflow_id: kyc, expected_details: { date_of_birth: '27.03.1991' } },
    {
      expected_details: {
        date_of_birth: ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.'],
      },
    },
  ],
  [{ workflow_id: workflowEnding('557') }, { portrait_image: 'No stored face for this user.' }],
  [{ workflow_id: kyc, portrait_image: 'A'.repeat(3_000_000) }, { portrait_image: ['Image size exceeds 2MB.'] }],
  [{ workflow_id: kyc, sandbox_scenario: 'approve' }, { sandbox_scenario: ['Only for sandbox applications.'] }],
  [[], { non_field_errors: ['Invalid data. Expected a dictionary.'] }],
])('refuses a creation with the vendor’s text: %#', async (body, errors) => {
  const { post } = setUp()
  const answer = await post(body)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toEqual(errors)
})

test('refuses a body that is not JSON', async () => {
  const { post } = setUp()
  expect((await post('{')).status).toBe(400)
  expect((await post('{}', { 'x-api-key': 'k', 'content-type': 'text/plain' })).status).toBe(415)
})

test('needs no portrait for a user with a stored face', async () => {
  const { emulator, create } = setUp()
  const { session_id } = await create({ vendor_data: 'person-1' })
  emulator.control.finish(session_id, 'Approved')
  await create({ vendor_data: 'person-1', workflow_id: workflowEnding('557') })
})

test.each([
  ['late-2026', 403, 401],
  ['2026-07', 403, 403],
] as const)('refuses keys as the generation %s does', async (generation, withoutKey, withWrongKey) => {
  const { post, decision, create } = setUp({ generation })
  expect((await post({ workflow_id: kyc }, {})).status).toBe(withoutKey)
  expect((await post({ workflow_id: kyc }, { 'x-api-key': 'wrong' })).status).toBe(withWrongKey)
  const { session_id } = await create()
  expect(await decision(session_id, {})).toEqual({
    status: 403,
    body: { detail: 'Authentication credentials were not provided or are invalid.' },
  })
  // The session is looked up before the key is checked.
  expect(await decision('00000000-0000-4000-8000-000000000000', {})).toEqual({
    status: 404,
    body: { detail: 'Not found.' },
  })
})

test('keeps the sessions of two applications apart', async () => {
  const { post, decision, create } = setUp()
  const ours = await create({ vendor_data: 'person-1' })
  const theirs = await (await post({ workflow_id: kyc, vendor_data: 'person-1' }, { 'x-api-key': 'k-partner' })).json()
  expect(theirs.session_id).not.toBe(ours.session_id)
  expect(await decision(theirs.session_id)).toEqual({ status: 404, body: { detail: 'Session not found.' } })
  expect((await decision(theirs.session_id, { 'x-api-key': 'k-partner' })).status).toBe(200)
})

test('redirects a path without its slash, and shows a page for a malformed id', async () => {
  const { call } = setUp()
  const bare = await call('/v3/session?x=1', { method: 'POST' })
  expect([bare.status, bare.headers.get('location')]).toEqual([301, '/v3/session/?x=1'])
  expect((await call('/v3/session/123/decision')).status).toBe(301)
  const malformed = await call('/v3/session/123/decision/', { headers: { 'x-api-key': 'k' } })
  expect([malformed.status, malformed.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
  expect((await call('/v3/session/')).status).toBe(405)
})

test('dates every response by its own clock', async () => {
  const { emulator, call } = setUp()
  expect((await call('/v3/session/')).headers.get('date')).toBe('Mon, 26 Oct 2026 08:00:00 GMT')
  await emulator.control.clock({ advanceSeconds: 90 })
  expect((await call('/')).headers.get('date')).toBe('Mon, 26 Oct 2026 08:01:30 GMT')
})

test('the blocks of a decision are null, not empty, until the person has done something', async () => {
  const { create, decision } = setUp({ environment: 'sandbox' })
  const { session_id, url } = await create({ expected_details: { first_name: 'Ida' } })
  const { body } = await decision(session_id)
  expect(decisionSchema.parse(body)).toMatchObject({
    session_id,
    session_url: url,
    status: 'Not Started',
    environment: 'sandbox',
    features: ['ID_VERIFICATION', 'LIVENESS', 'FACE_MATCH', 'AML', 'IP_ANALYSIS'],
    expected_details: { first_name: 'Ida' },
    contact_details: null,
    id_verifications: null,
    aml_screenings: null,
    reviews: [],
    created_at: '2026-10-26T08:00:00.250000Z',
    expires_at: '2026-11-02T08:00:00.250000Z',
  })
})

test('a declined decision has a reason for the person and one that must not be disclosed', async () => {
  const { emulator, create, decision } = setUp()
  const { session_id } = await create()
  emulator.control.finish(session_id, 'Declined')
  const { body } = await decision(session_id)
  expect(body.id_verifications[0]).toMatchObject({
    status: 'Declined',
    full_name: 'Ada Exemplar',
    issuing_state: 'UTO',
  })
  expect(body.id_verifications[0].warnings).toMatchObject([{ risk: 'DOCUMENT_EXPIRED', log_type: 'error' }])
  expect(body.aml_screenings[0].warnings).toMatchObject([{ feature: 'AML', risk: 'POSSIBLE_MATCH_FOUND' }])
})

test.each([
  ['556', 'Declined', 'liveness_checks', 'AGE_BELOW_MINIMUM'],
  ['557', 'Declined', 'face_matches', 'LOW_FACE_MATCH_SIMILARITY'],
  ['558', 'Declined', 'poa_verifications', 'POA_DOCUMENT_EXPIRED'],
  ['559', 'In Review', 'questionnaire_responses', undefined],
] as const)('workflow …%s fails by its own check', async (digits, status, block, risk) => {
  const { emulator, create, decision } = setUp()
  const { session_id } = await create({ workflow_id: workflowEnding(digits), portrait_image: 'AAAA' })
  emulator.control.finish(session_id, status)
  const { body } = await decision(session_id)
  expect(body[block][0].status).toBe(status)
  expect(body[block][0].warnings?.[0]?.risk).toBe(risk)
  expect(body.id_verifications).toBeNull()
})

test('the same seed gives the same ids', async () => {
  const [one, two, other] = [setUp({ seed: 5 }), setUp({ seed: 5 }), setUp({ seed: 6 })]
  const first = await one.create()
  expect(await two.create()).toEqual(first)
  expect((await other.create()).session_id).not.toBe(first.session_id)
})

test('applies the API faults: errors, delays and rate limits', async () => {
  const { emulator, post, decision, create } = setUp({ now: () => Date.now() })
  const { session_id } = await create()
  emulator.control.faults({ api: { status: 503, count: 2, retryAfterSeconds: 3 } })
  const failed = await post({ workflow_id: kyc })
  expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '3'])
  expect((await decision(session_id)).status).toBe(503)
  expect((await decision(session_id)).status).toBe(200)

  emulator.control.faults({ api: { status: 429, retryAfterSeconds: 42 } })
  const limited = await post({ workflow_id: kyc })
  expect(limited.status).toBe(429)
  expect(limited.headers.get('retry-after')).toBe('42')
  expect(limited.headers.get('x-ratelimit-remaining')).toBe('0')

  emulator.control.faults({ api: { delayMs: 30_000 } })
  let answered = false
  const slow = decision(session_id).then((answer) => {
    answered = true
    return answer.status
  })
  await emulator.control.clock({ advanceSeconds: 29 })
  expect(answered).toBe(false)
  await emulator.control.clock({ advanceSeconds: 1 })
  expect(await slow).toBe(200)
})

test.each([
  [{ url: 'localhost:4100' }],
  [{ webhookUrl: 'not an address' }],
  [{ generation: '2025' as never }],
  [{ environment: 'test' as never }],
])('refuses an invalid option: %j', (options) => {
  expect(() => createEmulator(options)).toThrow(expect.objectContaining({ code: 'config-invalid' }))
})

test('its webhooks and responses have the shape that core expects', async () => {
  const bodies: unknown[] = []
  const { emulator, create, decision } = setUp({
    webhookUrl: 'http://receiver.test/hook',
    fetch: async (request) => {
      bodies.push(await request.json())
      return new Response()
    },
  })
  const statuses = ['In Progress', 'In Review', 'Resubmitted', 'Approved', 'Kyc Expired', 'Abandoned'] as const
  const { session_id } = await create({ vendor_data: 'person-1', metadata: 'text' })
  for (const status of statuses) {
    emulator.control.finish(session_id, status)
    expect(decisionSchema.parse((await decision(session_id)).body).status).toBe(status)
  }
  await emulator.control.idle()
  const events = bodies.map((body) => webhookEventSchema.parse(body))
  expect(events.map(({ status }) => status)).toEqual(statuses)
  expect(events.map((event) => event.decision !== undefined)).toEqual([false, true, false, true, false, true])
  expect(events[2]?.resubmit_info?.nodes_to_resubmit).toHaveLength(1)
})
