import { afterEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../index.ts'

const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

async function setUp(environment: 'live' | 'sandbox' = 'sandbox', body: Record<string, unknown> = {}) {
  const events: Record<string, unknown>[] = []
  const emulator = createEmulator({
    apiKey: 'k',
    seed: 1,
    environment,
    webhookUrl: 'http://receiver.test/',
    fetch: async (request) => {
      events.push(await request.json())
      return new Response()
    },
  })
  running.push(emulator)
  const call = (path: string, init: RequestInit = {}) => emulator.fetch(new Request(emulator.url + path, init))
  const create = async (more: Record<string, unknown> = {}) => {
    const answer = await call('/v3/session/', {
      method: 'POST',
      headers: { 'x-api-key': 'k', 'content-type': 'application/json' },
      body: JSON.stringify({ workflow_id: '11111111-2222-3333-4444-55555555555c', ...body, ...more }),
    })
    return answer.json()
  }
  const { session_id, session_token } = await create()
  const arm = (input: unknown, token: string | null = session_token, id = session_id) =>
    call(`/v3/session/${id}/sandbox/arm/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { 'session-token': token }) },
      body: typeof input === 'string' ? input : JSON.stringify(input),
    })
  const decision = async () =>
    (await call(`/v3/session/${session_id}/decision/`, { headers: { 'x-api-key': 'k' } })).json()
  return { emulator, events, call, create, arm, decision, session_id, session_token }
}

test('sets the scenario of a Session that has not begun, any number of times', async () => {
  const { arm, session_id, emulator, events, decision } = await setUp()
  expect((await arm({ scenario: 'decline_aml_hit' })).status).toBe(200)
  const answer = await arm({ scenario: 'decline_liveness_attack' })
  expect(await answer.json()).toEqual({ session_id, scenario: 'decline_liveness_attack', status: 'Not Started' })
  emulator.control.finish(session_id, 'Declined')
  await emulator.control.idle()
  expect(events).toMatchObject([{ status: 'Declined', sandbox_scenario: 'decline_liveness_attack' }])
  expect((await decision()).liveness_checks[0].warnings).toMatchObject([{ risk: 'LIVENESS_FACE_ATTACK' }])
})

test('a scenario set later replaces the one from the creation', async () => {
  const { arm, session_id, emulator, decision } = await setUp('sandbox', { sandbox_scenario: 'decline_aml_hit' })
  await arm({ scenario: 'decline_document_expired' })
  emulator.control.finish(session_id, 'Declined')
  const { aml_screenings, id_verifications } = await decision()
  expect([id_verifications[0].status, aml_screenings[0].status]).toEqual(['Declined', 'Approved'])
})

test.each([
  [{}, { scenario: ['This field is required.'] }],
  [{ scenario: 'no_such' }, { scenario: ['"no_such" is not a valid choice.'] }],
  [{ scenario: 7 }, { scenario: ['"7" is not a valid choice.'] }],
  ['no json', { detail: 'JSON parse error' }],
])('refuses %j by name', async (input, expected) => {
  const answer = await (await setUp()).arm(input)
  expect([answer.status, await answer.json()]).toEqual([400, expected])
})

test('refuses a Session that has begun', async () => {
  const { arm, session_id, emulator } = await setUp()
  emulator.control.finish(session_id, 'In Progress')
  const answer = await arm({ scenario: 'approve' })
  expect([answer.status, await answer.json()]).toEqual([400, ['Session already started.']])
})

test('accepts only the token of the Session', async () => {
  const { arm, create } = await setUp()
  const other = await create()
  expect((await arm({ scenario: 'approve' }, null)).status).toBe(403)
  expect((await arm({ scenario: 'approve' }, 'no-such')).status).toBe(404)
  expect((await arm({ scenario: 'approve' }, other.session_token)).status).toBe(404)
  expect((await arm({ scenario: 'approve' }, other.session_token, other.session_id.toUpperCase())).status).toBe(200)
  expect((await arm({ scenario: 'approve' }, other.session_token, '12')).headers.get('content-type')).toContain('html')
})

test('a live application has no scenarios', async () => {
  const { arm, call } = await setUp('live')
  expect((await arm({ scenario: 'approve' })).status).toBe(404)
  expect((await call('/v1/sandbox/scenarios/', { headers: { 'x-api-key': 'k' } })).status).toBe(404)
})

test('a page of any origin may call it', async () => {
  const { call, session_id, arm } = await setUp()
  const preflight = await call(`/v3/session/${session_id}/sandbox/arm/`, { method: 'OPTIONS' })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type, session-token')
  expect((await arm({ scenario: 'approve' })).headers.get('access-control-allow-origin')).toBe('*')
})

test('lists the scenarios to a key or to the token of a Session', async () => {
  const { call, session_token } = await setUp()
  const list = async (headers: Record<string, string>) => call('/v1/sandbox/scenarios/', { headers })
  const { scenarios } = await (await list({ 'x-api-key': 'k' })).json()
  expect(scenarios).toHaveLength(16)
  expect(scenarios).toContainEqual({
    slug: 'decline_aml_hit',
    title: 'A watch list has the person',
    expected_status: 'Declined',
    features: ['AML'],
  })
  expect(await (await list({ 'session-token': session_token })).json()).toEqual({ scenarios })
  expect((await list({})).status).toBe(403)
  expect((await list({ 'x-api-key': 'wrong' })).status).toBe(401)
})

describe('each scenario', () => {
  test('changes exactly the check that it concerns', async () => {
    const { call, create, emulator } = await setUp()
    const { scenarios } = await (await call('/v1/sandbox/scenarios/', { headers: { 'x-api-key': 'k' } })).json()
    for (const { slug, expected_status, features } of scenarios) {
      const isOfCompany = features[0] === 'KYB_REGISTRY'
      const workflow_id = `11111111-2222-3333-4444-55555555555${isOfCompany ? 'b' : 'c'}`
      const { session_id } = await create({ sandbox_scenario: slug, workflow_id })
      emulator.control.finish(session_id, expected_status)
      const answer = await call(`/v3/session/${session_id}/decision/`, { headers: { 'x-api-key': 'k' } })
      const decision: Record<string, unknown> = await answer.json()
      const checks = Object.values(decision).flatMap((value) => (Array.isArray(value) ? value : []))
      const failed = checks.filter((check) => check.warnings?.length > 0)
      expect([slug, failed.map(({ status }) => status)]).toEqual([slug, features.length > 0 ? [expected_status] : []])
    }
  })
})
