import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator, type EmulatorOptions } from '../index.ts'

const kyc = '11111111-2222-3333-4444-555555555555'
const unknown = '00000000-0000-4000-8000-000000000000'
const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../core/fixtures/${name}.json`, import.meta.url), 'utf8'))

const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

async function setUp(options: EmulatorOptions = {}, workflow_id = kyc) {
  const emulator = createEmulator({ apiKey: 'k', seed: 1, now: () => Date.UTC(2026, 9, 26, 8), ...options })
  running.push(emulator)
  const call = (path: string, init: RequestInit = {}) =>
    emulator.fetch(
      new Request(new URL(path, emulator.url), { ...init, headers: { 'x-api-key': 'k', ...init.headers } }),
    )
  const create = async (body: object = {}) => {
    const answer = await call('/v3/session/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ workflow_id, ...body }),
    })
    return (await answer.json()) as { session_id: string; session_number: number; url: string }
  }
  const remove = (id: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(`/v3/session/${id}/delete/`, {
      method: 'DELETE',
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return { emulator, call, create, remove }
}

describe.each([
  ['2026-07', 204],
  ['late-2026', 200],
] as const)('deleting in the generation %s', (generation, status) => {
  test('has the response of the generation, and the session is gone afterwards', async () => {
    const { emulator, call, create, remove } = await setUp({ generation })
    const { session_id, session_number, url } = await create({ vendor_data: 'person-1' })
    const answer = await remove(session_id)
    expect(answer.status).toBe(status)
    const text = await answer.text()
    if (status === 204) expect(text).toBe('')
    else {
      const sample = fixture('delete-session.response.late-2026')
      expect(JSON.parse(text)).toEqual({ ...sample, session_id, session_number, face_retention_outcome: 'none' })
    }
    const decision = await call(`/v3/session/${session_id}/decision/`)
    expect([decision.status, await decision.json()]).toEqual([404, { detail: 'Not found.' }])
    const page = await call(new URL(url).pathname)
    expect(page.status).toBe(404)
    expect(await page.text()).toContain('This link is not known')
    expect(emulator.control.sessions()).toEqual([])
    expect([(await remove(session_id)).status, (await remove(session_id.toUpperCase())).status]).toEqual([404, 404])

    const next = await create({ vendor_data: 'person-1' })
    expect(next.session_id).not.toBe(session_id)
    expect(next.session_number).toBe(session_number + 1)
  })

  test('refuses keys, unknown ids and other methods', async () => {
    const { create, remove, call } = await setUp({ generation })
    const { session_id } = await create()
    const wording = fixture('error.403.credentials').body
    const wrong = await remove(session_id, undefined, { 'x-api-key': 'wrong' })
    expect([wrong.status, await wrong.json()]).toEqual([generation === 'late-2026' ? 401 : 403, wording])
    const without = await remove(session_id, undefined, { 'x-api-key': '' })
    expect([without.status, await without.json()]).toEqual([403, wording])
    const nowhere = await remove(unknown)
    expect([nowhere.status, await nowhere.json()]).toEqual([404, fixture('error.404.session').body])
    expect((await remove(session_id, undefined, { 'x-api-key': 'k-partner' })).status).toBe(404)
    const malformed = await remove('123')
    expect([malformed.status, malformed.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    expect((await call(`/v3/session/${session_id}/delete`, { method: 'DELETE' })).status).toBe(301)
    expect((await call(`/v3/session/${session_id}/delete/`, { method: 'POST' })).status).toBe(405)
    expect((await call(`/v3/session/${session_id}/decision/`)).status).toBe(200)
  })

  test('sends no webhook, neither at once nor when the session would have expired', async () => {
    const { emulator, create, remove } = await setUp({
      generation,
      webhookUrl: 'http://receiver.test/',
      fetch: async () => new Response(),
    })
    const { session_id } = await create()
    await remove(session_id)
    await emulator.control.clock({ advanceSeconds: 8 * 86_400 })
    expect(emulator.control.deliveries()).toEqual([])
  })

  test('drops pending deliveries in the generation that documents it', async () => {
    const { emulator, create, remove } = await setUp({
      generation,
      webhookUrl: 'http://receiver.test/',
      fetch: async () => new Response(null, { status: 503 }),
    })
    const { session_id } = await create()
    emulator.control.finish(session_id, 'Approved')
    await emulator.control.idle()
    await remove(session_id)
    await emulator.control.clock({ advanceSeconds: 61 })
    const isDropped = generation === 'late-2026'
    expect(emulator.control.deliveries()).toMatchObject([{ state: isDropped ? 'dropped' : 'retrying' }])
    expect(emulator.control.deliveries()[0]?.attempts).toHaveLength(isDropped ? 1 : 2)
  })
})

test.each([
  [undefined, 'person-1', 'deleted', null],
  [{ retain_face_embeddings: null }, 'person-1', 'deleted', null],
  [fixture('delete-session.request.late-2026'), 'person-1', 'retained_with_user', '2027-10-26T08:00:00.000000Z'],
  [{ retain_face_embeddings: true }, 'person-1', 'retained_with_user', null],
  [{ retain_face_embeddings: true }, undefined, 'ineligible_no_vendor_user', null],
])('reports the outcome for the stored face: %j for %s', async (body, vendor_data, outcome, expiry) => {
  const { emulator, create, remove } = await setUp()
  const { session_id } = await create({ vendor_data })
  emulator.control.finish(session_id, 'In Progress')
  const answer = await (await remove(session_id, body)).json()
  expect(answer).toMatchObject({ face_retention_outcome: outcome, biometric_template_expires_at: expiry })
  expect(answer.biometric_template_uuid === null).toBe(outcome !== 'retained_with_user')
})

test.each([
  ['{', { detail: 'JSON parse error' }],
  [[], { non_field_errors: ['Invalid data. Expected a dictionary.'] }],
  [{ retain_face_embeddings: 'yes' }, { retain_face_embeddings: ['Must be a valid boolean.'] }],
  [{ face_retention_days: 0 }, { face_retention_days: ['Ensure this value is between 1 and 3650.'] }],
  [{ deletion_instruction: 'x' }, { deletion_instruction: ['"x" is not a valid choice.'] }],
])('refuses the body %j and deletes nothing', async (body, errors) => {
  const { emulator, create, remove } = await setUp()
  const { session_id } = await create()
  const answer = await remove(session_id, body)
  expect([answer.status, await answer.json()]).toEqual([400, errors])
  expect(emulator.control.sessions()).toHaveLength(1)
})

test('refuses to delete a session that is part of a filed report', async () => {
  const { emulator, create, remove } = await setUp()
  const { session_id } = await create()
  emulator.control.faults({ filedReport: true })
  const answer = await remove(session_id)
  const { status, body } = fixture('error.409.delete.filed-report.late-2026')
  expect([answer.status, await answer.json()]).toEqual([status, body])
  emulator.control.faults({})
  expect((await remove(session_id)).status).toBe(200)
})

describe('deleting several by their numbers', () => {
  const bulk = (call: (path: string, init: RequestInit) => Promise<Response>, body: unknown) =>
    call('/v3/sessions/delete/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  test.each([
    ['2026-07', 204],
    ['late-2026', 200],
  ] as const)('takes those there are, and passes by the others, in the generation %s', async (generation, status) => {
    const { emulator, call, create } = await setUp({ generation })
    const [first, second, third] = [await create(), await create(), await create()]
    const answer = await bulk(call, { session_numbers: ['1001', 1003, '9999'] })
    expect(answer.status).toBe(status)
    expect(emulator.control.sessions().map(({ session_id }) => session_id)).toEqual([second.session_id])
    if (status === 200) {
      const ids = (await answer.json()).results.map(({ session_id }: { session_id: string }) => session_id)
      expect(ids).toEqual([first.session_id, third.session_id])
    }
    expect((await bulk(call, { delete_all: true })).status).toBe(status)
    expect(emulator.control.sessions()).toEqual([])
  })

  test.each([
    [{}, { session_numbers: ['Needed unless delete_all is true.'] }],
    [{ session_numbers: [] }, { session_numbers: ['This list may not be empty.'] }],
    [{ session_numbers: ['1001', 'x'] }, { session_numbers: ['Every number has to be of digits.'] }],
    [{ session_numbers: '1001' }, { session_numbers: ['Expected a list of items.'] }],
    [{ delete_all: 'yes' }, { delete_all: ['Must be a valid boolean.'] }],
    [[], { non_field_errors: ['Invalid data. Expected a dictionary.'] }],
  ])('refuses %j and deletes nothing', async (body, errors) => {
    const { emulator, call, create } = await setUp()
    await create()
    const answer = await bulk(call, body)
    expect([answer.status, await answer.json()]).toEqual([400, errors])
    expect(emulator.control.sessions()).toHaveLength(1)
  })
})
