import { afterEach, describe, expect, test } from 'vitest'
import type { AuthorizeStaff } from '../../src/index.ts'
import { runExample } from '../../testing/readme-example.ts'
import {
  aboutSession,
  createTestStaff,
  origin,
  staffRoutes,
  type TestStaff,
  unknownId,
} from '../../testing/test-staff.ts'

let staff: TestStaff
afterEach(() => staff.testServer.close())

const changing = staffRoutes.filter(([method]) => method !== 'GET')
const ofSession = staffRoutes.filter(([, path, body]) => /:id/.test(path + JSON.stringify(body ?? null)))

describe('who may come in', () => {
  test.each(staffRoutes)('%s %s: a stranger hears 401, a customer 403, and both see nothing', async (...route) => {
    staff = await createTestStaff()
    const { session } = await staff.place('In Review')
    const answers: string[] = []
    for (const id of [session.sessionId, unknownId, 'no-id']) {
      const { method, path, body } = aboutSession(id, route)
      for (const [user, status, code] of [
        [null, 401, 'unauthenticated'],
        ['user-ada', 403, 'staff-only'],
      ] as const) {
        const response = await staff.ask(method, path, { staff: null, user, body })
        expect(response.status).toBe(status)
        expect(response.headers.get('content-type')).toBe('application/problem+json')
        expect(response.headers.get('cache-control')).toBe('no-store')
        const text = await response.text()
        expect(JSON.parse(text)).toMatchObject({ status, code })
        answers.push(text)
      }
    }
    // Nothing in them depends on the Session.
    expect(new Set(answers).size).toBe(2)
    expect(staff.calls).toEqual([])
  })

  test.each(changing)('%s %s: who is not let in hears nothing about what they sent', async (method, path) => {
    staff = await createTestStaff()
    for (const body of ['{', JSON.stringify({ session_id: 7, nonsense: true }), undefined]) {
      const answer = await staff.ask(method, path.replace(':id', unknownId), { staff: null, body })
      expect(answer.status).toBe(401)
      expect(await answer.text()).not.toContain('nonsense')
    }
  })

  test.each(staffRoutes)('%s %s is not there without the option', async (...route) => {
    staff = await createTestStaff({ server: { authorizeStaff: undefined } })
    const { method, path, body } = aboutSession(unknownId, route)
    const answer = await staff.ask(method, path, { body })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 'route-not-found' })
  })

  test.each(ofSession)('%s %s: the host is asked about the Session, in lower case', async (...route) => {
    staff = await createTestStaff()
    const { session } = await staff.place('In Review')
    const ask = (id: string) => {
      const { method, path, body } = aboutSession(id, route)
      return staff.ask(method, path, { staff: null, body })
    }
    await ask(session.sessionId.toUpperCase())
    await ask('no-id')
    const [, , , action] = route
    expect(staff.wishes).toEqual([
      { action, sessionId: session.sessionId },
      { action, sessionId: null },
    ])
  })

  test('some may look and others decide', async () => {
    staff = await createTestStaff({
      server: { authorizeStaff: (_, { action }) => (action === 'decision' ? { staffId: 'looker' } : null) },
    })
    const { session } = await staff.place('In Review')
    expect((await staff.ask('GET', `/sessions/${session.sessionId}/decision`)).status).toBe(200)
    const body = { new_status: 'Approved' }
    const refused = await staff.ask('POST', `/sessions/${session.sessionId}/update-status`, { user: 'user-ada', body })
    expect(refused.status).toBe(403)
    expect(staff.calls.map(({ method }) => method)).toEqual(['GET'])
  })

  test('a fault of the option is ours, and says nothing of itself', async () => {
    staff = await createTestStaff({
      server: {
        authorizeStaff: () => {
          throw new Error('ldap://rae:secret@directory')
        },
      },
    })
    const answer = await staff.ask('GET', '/sessions')
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('ldap')
    expect(staff.calls).toEqual([])
  })
})

describe('pages of other origins', () => {
  test.each(changing)('%s %s: cannot use the sign-in of a member of the staff', async (...route) => {
    staff = await createTestStaff()
    const { session } = await staff.place('In Review')
    const { method, path, body } = aboutSession(session.sessionId, route)
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await staff.ask(method, path, { body, headers })
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ code: 'forbidden-origin' })
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
    expect(staff.calls).toEqual([])
  })

  test.each(changing.filter(([method]) => method === 'POST'))('%s %s: a form is no request', async (...route) => {
    staff = await createTestStaff()
    const { method, path } = aboutSession(unknownId, route)
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      const answer = await staff.ask(method, path, { body: 'new_status=Approved', headers: { 'content-type': type } })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ code: 'request-invalid' })
    }
    expect(staff.calls).toEqual([])
  })

  test('are shown nothing; those of the host may also delete', async () => {
    staff = await createTestStaff()
    await staff.place('In Review')
    const foreign = await staff.ask('GET', '/sessions', { headers: { origin: 'https://evil.example' } })
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
    expect(foreign.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    const preflight = (from: string) =>
      staff.ask('OPTIONS', `/sessions/${unknownId}`, {
        staff: null,
        headers: { origin: from, 'access-control-request-method': 'DELETE' },
      })
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    const own = (await preflight(origin)).headers
    expect(own.get('access-control-allow-origin')).toBe(origin)
    expect(own.get('access-control-allow-methods')).toContain('DELETE')
  })
})

describe('bad input', () => {
  const id = unknownId
  test.each<[method: string, path: string, body: unknown, field: string]>([
    ['GET', '/sessions?limit=0', undefined, 'limit'],
    ['GET', '/sessions?limit=101', undefined, 'limit'],
    ['GET', '/sessions?limit=ten', undefined, 'limit'],
    ['GET', '/sessions?offset=-1', undefined, 'offset'],
    ['GET', '/sessions?status=in+review', undefined, 'status'],
    ['GET', '/sessions?date_from=24.11.2026', undefined, 'date_from'],
    ['GET', '/sessions?date_from=2026-11-24&date_to=2026-11-23', undefined, 'date_to'],
    ['GET', '/sessions?workflow=nothing', undefined, 'workflow'],
    ['GET', '/sessions?serach=ada', undefined, 'serach'],
    ['GET', '/sessions?country=ESP&country=FRA', undefined, 'country'],
    ['GET', '/blocklist?item_type=name', undefined, 'item_type'],
    ['GET', '/blocklist?limit=1.5', undefined, 'limit'],
    ['POST', `/sessions/${id}/update-status`, '{', ''],
    ['POST', `/sessions/${id}/update-status`, [], ''],
    ['POST', `/sessions/${id}/update-status`, {}, 'new_status'],
    ['POST', `/sessions/${id}/update-status`, { new_status: 'In Review' }, 'new_status'],
    ['POST', `/sessions/${id}/update-status`, { new_status: 'Approved', why: 'x' }, 'why'],
    ['POST', `/sessions/${id}/update-status`, { new_status: 'Approved', send_email: true }, 'email_address'],
    [
      'POST',
      `/sessions/${id}/update-status`,
      { new_status: 'Resubmitted', nodes_to_resubmit: [{ node_id: 'a', feature: 'EYES' }] },
      'nodes_to_resubmit.0.feature',
    ],
    ['POST', `/sessions/${id}/share`, {}, 'for_application_id'],
    ['POST', `/sessions/${id}/share`, { for_application_id: id, ttl_in_seconds: 59 }, 'ttl_in_seconds'],
    ['POST', '/import', { share_token: 't', trust_review: true }, 'workflow'],
    ['POST', '/import', { share_token: 't', workflow: 'nothing', trust_review: true }, 'workflow'],
    ['POST', '/import', { share_token: 't', workflow: 'default' }, 'trust_review'],
    ['POST', '/import', { workflow: 'default', trust_review: true }, 'share_token'],
    ['POST', '/import', { share_token: 't', workflow: 'default', trust_review: true, workflow_id: id }, 'workflow_id'],
    ['POST', '/blocklist/add', { blocklist_face: true }, 'session_id'],
    ['POST', '/blocklist/add', { session_id: id }, 'blocklist_face'],
    ['POST', '/blocklist/add', { session_id: id, blocklist_face: 'yes' }, 'blocklist_face'],
    ['POST', '/blocklist/remove', { session_id: 'no-id', unblock_face: true }, 'session_id'],
    ['POST', '/blocklist/remove', { session_id: id, blocklist_face: true }, 'blocklist_face'],
  ])('%s %s with %j is refused at %s, and Didit is not asked', async (method, path, body, field) => {
    staff = await createTestStaff()
    const answer = await staff.ask(method, path, { body })
    expect(answer.status).toBe(400)
    const problem = (await answer.json()) as { issues: { path: string; message: string }[] }
    expect(problem.issues.map((issue) => issue.path)).toContain(field)
    for (const { message } of problem.issues) expect(message).toMatch(/^(Expected|Unknown|Sent|Known)/)
    expect(staff.calls).toEqual([])
    expect(staff.testServer.logged).not.toContainEqual(expect.objectContaining({ message: 'staff' }))
  })

  test.each(['decision', 'pdf', 'update-status', 'share', ''])(
    'an id that is none is found nowhere: /%s',
    async (part) => {
      staff = await createTestStaff()
      const method = part === '' ? 'DELETE' : part === 'decision' || part === 'pdf' ? 'GET' : 'POST'
      const path = part === '' ? '/sessions/no-id' : `/sessions/no-id/${part}`
      const answer = await staff.ask(method, path, method === 'POST' ? { body: {} } : {})
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ code: 'session-not-found' })
      expect(staff.calls).toEqual([])
    },
  )

  test('a body that is too large is refused', async () => {
    staff = await createTestStaff()
    const body = { new_status: 'Declined', comment: 'x'.repeat(20_000) }
    const answer = await staff.ask('POST', `/sessions/${unknownId}/update-status`, { body })
    expect(answer.status).toBe(413)
    expect(staff.calls).toEqual([])
  })
})

describe("Didit's refusals", () => {
  const asked = staffRoutes.filter(([, path]) => path !== '/events')
  const refusals = [
    [400, { new_status: ['Session is already there.'] }, 400, 'didit-rejected', [{ path: 'new_status' }]],
    [403, { detail: 'The report is not ready.' }, 403, 'didit-rejected', [{ path: '' }]],
    [403, { detail: 'You do not have permission to perform this action.' }, 502, 'didit-credentials', [{ path: '' }]],
    [404, { detail: 'Not found.' }, 404, 'didit-not-found', [{ path: '' }]],
    [
      409,
      { detail: 'In a filed report.', code: 'in_filed_report' },
      409,
      'didit-rejected',
      [{ path: '' }, { path: 'code' }],
    ],
    [429, { detail: 'Slow down.' }, 429, 'didit-rate-limited', [{ path: '' }]],
  ] as const

  test.each(asked)('%s %s: each is handed on with what Didit says', async (...route) => {
    staff = await createTestStaff()
    const { method, path, body } = aboutSession(unknownId, route)
    for (const [said, answer, status, code, issues] of refusals) {
      const headers = new Headers(said === 429 ? { 'retry-after': '61' } : {})
      staff.vendor = () => Response.json(answer, { status: said, headers })
      const response = await staff.ask(method, path, { body })
      expect([said, response.status]).toEqual([said, status])
      expect(response.headers.get('retry-after')).toBe(said === 429 ? '61' : null)
      const problem = (await response.json()) as { detail: string }
      expect(problem).toMatchObject({ status, code, issues })
      expect(JSON.stringify(problem)).not.toContain(unknownId)
    }
  })
})

test('a busy desk waits for its own rate limit, and users who verify do not wait for the desk', async () => {
  staff = await createTestStaff()
  const { session, ticket } = await staff.place('In Review')
  staff.vendor = ({ path }, forward) =>
    path.startsWith('/v3/sessions/') ? Response.json({ count: 0, next: null, previous: null, results: [] }) : forward()
  const answers = await Promise.all(Array.from({ length: 210 }, () => staff.ask('GET', '/sessions')))
  const refused = answers.filter(({ status }) => status !== 200)
  expect(refused).toHaveLength(10)
  for (const { status, headers } of refused) {
    expect([status, Number(headers.get('retry-after')) > 5]).toEqual([429, true])
  }
  expect((await staff.testServer.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })).status).toBe(200)
  expect((await staff.testServer.call('POST', '/sessions', { user: 'user-bea', body: {} })).status).toBe(201)
})

test('writes down who changed what, and what came of it, and nothing of what was seen', async () => {
  staff = await createTestStaff()
  const { session } = await staff.place('In Review')
  const audit = () => staff.testServer.logged.filter((line) => (line as { message?: string }).message === 'staff')
  const answer = await staff.ask('POST', `/sessions/${session.sessionId}/update-status`, {
    body: { new_status: 'Declined', comment: 'Looks like Mallory Fictional.' },
  })
  const requestId = answer.headers.get('x-request-id')
  const line = { staffId: 'rae', action: 'update-status', sessionId: session.sessionId, requestId }
  expect(audit()).toEqual([{ ...line, outcome: 'done', message: 'staff' }])
  staff.vendor = () => Response.json({ session_id: ['Mallory Fictional is blocked.'] }, { status: 400 })
  await staff.ask('GET', '/sessions?search=Mallory+Fictional')
  await staff.ask('GET', `/sessions/${session.sessionId}/decision`)
  expect(audit()).toHaveLength(1)
  await staff.ask('POST', '/blocklist/add', { body: { session_id: session.sessionId, blocklist_face: true } })
  expect(audit()[1]).toMatchObject({ action: 'blocklist-add', sessionId: session.sessionId, outcome: 'didit-rejected' })
  expect(JSON.stringify(staff.testServer.logged)).not.toMatch(/Mallory|is blocked|portrait|search=/)
})

test('README example of authorizeStaff', async () => {
  const colleagues: Record<string, object> = {
    rae: { id: 'rae', mayDecide: true },
    lou: { id: 'lou', mayDecide: false },
  }
  const findColleague = (request: Request) => colleagues[request.headers.get('x-test-staff') ?? ''] ?? null
  const given = { findColleague }
  const authorizeStaff = (await runExample('findColleague(', given, 'authorizeStaff')) as AuthorizeStaff
  staff = await createTestStaff({ server: { authorizeStaff } })
  const { session } = await staff.place('In Review')
  const status = async (as: string | null, user: string | null = null) => [
    (await staff.ask('GET', `/sessions/${session.sessionId}/decision`, { staff: as, user })).status,
    (await staff.ask('DELETE', `/sessions/${session.sessionId}`, { staff: as, user })).status,
  ]
  expect(await status(null)).toEqual([401, 401])
  expect(await status(null, 'user-ada')).toEqual([403, 403])
  expect(await status('lou', 'user-ada')).toEqual([200, 403])
  expect(await status('rae')).toEqual([200, 200])
})
