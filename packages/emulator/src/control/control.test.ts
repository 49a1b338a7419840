import { afterEach, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../index.ts'

const start = Date.UTC(2026, 9, 26, 8, 0, 0)
const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

async function setUp() {
  const emulator = createEmulator({ apiKey: 'k', now: () => start, seed: 1 })
  running.push(emulator)
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    more: { address?: string; origin?: string; host?: string } = {},
  ) => {
    const answer = await emulator.fetch(
      new Request(`${more.host ?? emulator.url}${path}`, {
        method,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        headers: {
          'x-api-key': 'k',
          'content-type': 'application/json',
          ...(more.origin ? { origin: more.origin } : {}),
        },
      }),
      more.address === undefined ? {} : { incoming: { socket: { remoteAddress: more.address } } },
    )
    return { status: answer.status, body: await answer.json() }
  }
  const create = async () =>
    (await call('POST', '/v3/session/', { workflow_id: '11111111-2222-3333-4444-555555555555', vendor_data: 'p' })).body
  return { emulator, control: emulator.control, call, create }
}

test('lists sessions and finishes them, from any status', async () => {
  const { call, create } = await setUp()
  const { session_id, url } = await create()
  const statuses = ['In Progress', 'Expired', 'Approved', 'Kyc Expired', 'Not Started'] as const
  for (const status of statuses) {
    const finished = await call('POST', `/_emulator/sessions/${session_id}/finish`, { status })
    expect(finished).toMatchObject({ status: 200, body: { session_id, status } })
  }
  expect((await call('GET', '/_emulator/sessions')).body).toEqual([
    {
      session_id,
      session_number: 1001,
      status: 'Not Started',
      vendor_data: 'p',
      workflow_id: '11111111-2222-3333-4444-555555555555',
      url,
      created_at: '2026-10-26T08:00:00.000Z',
      expires_at: '2026-11-02T08:00:00.000Z',
    },
  ])
})

test('records a review for a change after the person has finished, and only for that', async () => {
  const { control, call, create } = await setUp()
  const { session_id } = await create()
  const reviews = async () => (await call('GET', `/v3/session/${session_id}/decision/`)).body.reviews
  control.finish(session_id, 'In Review')
  expect(await reviews()).toEqual([])
  control.finish(session_id, 'Approved')
  expect(await reviews()).toEqual([
    {
      user: 'reviewer@emulator.example',
      new_status: 'Approved',
      comment: 'Changed in the emulator.',
      created_at: '2026-10-26T08:00:00.000000Z',
    },
  ])
})

test.each([
  ['/_emulator/faults', { nope: 1 }, 'nope', 'There is no such field.'],
  ['/_emulator/faults', { pageClaims: 'Maybe' }, 'pageClaims', expect.stringMatching(/^Expected one of: .*Approved, /)],
  ['/_emulator/clock', { advanceSeconds: -1 }, 'advanceSeconds', 'Time goes forward only.'],
  ['/_emulator/clock', {}, 'advanceSeconds', 'Expected seconds, from 0 to a year.'],
  ['/_emulator/faults', { api: { code: 500 } }, 'api.code', 'There is no such field.'],
  ['/_emulator/faults', { delayMs: -1 }, 'delayMs', expect.any(String)],
])('answers %s %j with the name of the field', async (path, input, field, message) => {
  const { call } = await setUp()
  const answer = await call('POST', path, input)
  expect(answer.status).toBe(400)
  expect(answer.body.issues).toEqual([{ path: field, message }])
  expect(answer.body.detail).toContain(field)
})

test('refuses an unknown session, an unknown status, an unknown control and a body that is not JSON', async () => {
  const { control, call, create } = await setUp()
  const { session_id } = await create()
  const unknown = '00000000-0000-4000-8000-000000000000'
  expect((await call('POST', `/_emulator/sessions/${unknown}/finish`, { status: 'Approved' })).status).toBe(404)
  expect((await call('POST', `/_emulator/sessions/${session_id}/finish`, { status: 'approved' })).status).toBe(400)
  expect((await call('POST', '/_emulator/nothing', {})).status).toBe(404)
  expect((await call('POST', '/_emulator/faults', '{')).status).toBe(400)
  expect(() => control.finish(unknown, 'Approved')).toThrow(expect.objectContaining({ code: 'session-not-found' }))
  expect(() => control.faults({ nope: true } as never)).toThrow(expect.objectContaining({ code: 'request-invalid' }))
})

test('replaces one set of faults by the next, and clears them on a reset', async () => {
  const { control, call } = await setUp()
  expect((await call('POST', '/_emulator/faults', { drop: true, pageClaims: 'Approved' })).body).toEqual({
    drop: true,
    pageClaims: 'Approved',
  })
  expect(control.faults({ silentPage: true })).toEqual({ silentPage: true })
  expect((await call('POST', '/_emulator/faults')).body).toEqual({})
  control.faults({ api: { status: 500 } })
  await call('POST', '/_emulator/reset')
  expect((await call('GET', '/v3/session/00000000-0000-4000-8000-000000000000/decision/')).status).toBe(404)
})

test('after a week an unopened session expires, an unfinished one is abandoned, and a finished one stays', async () => {
  const { control, call, create } = await setUp()
  const unopened = (await create()).session_id
  control.finish(unopened, 'Expired')
  const ids = { unopened: '', left: '', done: '' }
  for (const name of ['done', 'left', 'unopened'] as const) {
    ids[name] = (await create()).session_id
    if (name === 'done') control.finish(ids.done, 'Approved')
    if (name === 'left') control.finish(ids.left, 'Abandoned')
  }
  control.finish(ids.left, 'In Progress')
  expect((await call('POST', '/_emulator/clock', { advanceSeconds: 7 * 86_400 })).body).toEqual({
    now: '2026-11-02T08:00:00.000Z',
  })
  const statusOf = (id: string) => control.sessions().find(({ session_id }) => session_id === id)?.status
  expect([statusOf(ids.unopened), statusOf(ids.left), statusOf(ids.done)]).toEqual(['Expired', 'Abandoned', 'Approved'])
})

test.each([
  ['127.0.0.1', undefined, 200],
  ['::1', undefined, 200],
  ['::ffff:127.0.0.1', 'http://localhost:4000', 200],
  ['192.0.2.7', undefined, 403],
  ['::ffff:192.0.2.7', undefined, 403],
  ['127.0.0.1', 'https://shop.example.com', 403],
  ['127.0.0.1', 'http://localhost.example.com', 403],
  ['127.0.0.1', 'null', 403],
])('called from %s by a page of %s, answers %i', async (address, origin, status) => {
  const { call } = await setUp()
  const from = { address, ...(origin === undefined ? {} : { origin }) }
  expect((await call('GET', '/_emulator/sessions', undefined, from)).status).toBe(status)
})

test('refuses a foreign domain that resolves to this machine', async () => {
  const { call } = await setUp()
  const at = (host: string) => call('GET', '/_emulator/sessions', undefined, { address: '127.0.0.1', host })
  expect((await at('http://rebound.example.com:4100')).status).toBe(403)
  expect((await at('http://127.0.0.1:4100')).status).toBe(200)
})
