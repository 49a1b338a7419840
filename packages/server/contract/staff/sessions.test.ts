import type { Decision, Snapshot } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test } from 'vitest'
import { makeRecord } from '../../testing/records.ts'
import { apiKey, delivery, readFrames, workflowId } from '../../testing/test-server.ts'
import { createTestStaff, type TestStaff, unknownId } from '../../testing/test-staff.ts'

let staff: TestStaff
afterEach(() => staff.testServer.close())

interface Known {
  readonly snapshot: Snapshot | null
  readonly userId: string | null
  readonly workflow: string | null
}
interface Entry {
  readonly type: string
  readonly status: string | null
  readonly source: string
  readonly occurredAt: number
  readonly receivedAt: number
}
type DecisionAnswer = Known & { readonly decision: Decision; readonly events: readonly Entry[] }
type ListAnswer = {
  readonly count: number
  readonly sessions: readonly (Known & { readonly row: { readonly session_id: string; readonly status: string } })[]
}

const generations = ['2026-07', 'late-2026'] as const
const application = () => staff.testServer.storage.application('default')
const read = async <Body>(answer: Response | Promise<Response>) => (await (await answer).json()) as Body
const decide = (sessionId: string, new_status: string, options: object = {}) =>
  staff.ask('POST', `/sessions/${sessionId}/update-status`, { body: { new_status }, ...options })

/** A Session made past this server, such as in the console. */
async function makeElsewhere(vendorData: string): Promise<string> {
  const { emulator } = staff.testServer
  const answer = await emulator.fetch(
    new Request(`${emulator.url}/v3/session/`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ workflow_id: workflowId, vendor_data: vendorData }),
    }),
  )
  return ((await answer.json()) as { session_id: string }).session_id
}

describe('the list', () => {
  test.each(generations)('is that of Didit, newest first, beside what is known here (%s)', async (generation) => {
    staff = await createTestStaff({ emulator: { generation } })
    const { session: ada } = await staff.place('In Review')
    const { session: bea } = await staff.place('Approved', 'user-bea')
    const elsewhere = await makeElsewhere('somebody')
    const all = await read<ListAnswer>(staff.ask('GET', '/sessions'))
    expect(all).toMatchObject({ count: 3, limit: 20, offset: 0 })
    expect(
      all.sessions.map(({ row, userId, workflow, snapshot }) => [row.session_id, userId, workflow, snapshot?.status]),
    ).toEqual([
      [elsewhere, null, null, undefined],
      [bea.sessionId, 'user-bea', 'default', 'Approved'],
      [ada.sessionId, 'user-ada', 'default', 'In Review'],
    ])
    expect(all.sessions[0]?.snapshot).toBeNull()
  })

  test('hands its filters on to Didit, and gives pages', async () => {
    staff = await createTestStaff()
    for (const user of ['user-ada', 'user-bea', 'user-cem']) await staff.place('In Review', user)
    await staff.place('Approved', 'user-dot')
    const page = await read<ListAnswer>(staff.ask('GET', '/sessions?status=In+Review&search=&limit=2&offset=1'))
    expect(page).toMatchObject({ count: 3, limit: 2, offset: 1 })
    expect(page.sessions.map(({ userId }) => userId)).toEqual(['user-bea', 'user-ada'])
    const mine = await read<ListAnswer>(staff.ask('GET', '/sessions?vendor_data=user-cem&workflow=default'))
    expect(mine.sessions.map(({ userId }) => userId)).toEqual(['user-cem'])
    staff.calls.length = 0
    const query =
      'search=ada&date_from=2026-10-01&date_to=2026-10-31&country=ESP&document_type=P&warning=POSSIBLE_FRAUD'
    expect((await staff.ask('GET', `/sessions?${query}&workflow=default&status=Approved,Declined`)).status).toBe(200)
    const sent = new URL(staff.calls[0]?.path ?? '', 'https://didit').searchParams
    expect(Object.fromEntries(sent)).toMatchObject({
      ...Object.fromEntries(new URLSearchParams(query)),
      status: 'Approved,Declined',
      workflow_id: workflowId,
      limit: '20',
      offset: '0',
    })
  })

  test('does not show erased users while the delete at Didit is pending', async () => {
    staff = await createTestStaff()
    await staff.place('In Review')
    const { session } = await staff.place('In Review', 'user-bea')
    staff.vendor = (call, forward) => (call.method === 'DELETE' ? Response.json({}, { status: 409 }) : forward())
    expect(await staff.testServer.didit.erase('user-bea')).toEqual({ sessions: 1, pending: 1 })
    const { sessions } = await read<ListAnswer>(staff.ask('GET', '/sessions'))
    expect(sessions.map(({ userId }) => userId)).toEqual(['user-ada'])
    const hidden = await staff.ask('GET', `/sessions/${session.sessionId}/decision`)
    expect(hidden.status).toBe(404)
    expect(await hidden.json()).toMatchObject({ code: 'session-not-found' })
  })
})

describe('the Decision', () => {
  test.each(generations)('comes whole and fresh, with what was heard until then (%s)', async (generation) => {
    staff = await createTestStaff({ emulator: { generation } })
    const { session } = await staff.place('In Review')
    const answer = await read<DecisionAnswer>(staff.ask('GET', `/sessions/${session.sessionId.toUpperCase()}/decision`))
    expect(answer.decision).toMatchObject({
      session_id: session.sessionId,
      status: 'In Review',
      vendor_data: 'user-ada',
    })
    expect(answer.decision.id_verifications?.[0]).toHaveProperty('first_name')
    expect(answer).toMatchObject({ userId: 'user-ada', workflow: 'default', snapshot: { status: 'In Review' } })
    const statuses = answer.events.map(({ status }) => status)
    expect(statuses.at(-1)).toBe('In Review')
    for (const { source, occurredAt, receivedAt } of answer.events) {
      expect(source).toBe('webhook')
      expect(Math.abs(receivedAt - occurredAt)).toBeLessThan(60_000)
    }
  })

  test('moves a Session whose webhooks were lost, and its streams with it', async () => {
    staff = await createTestStaff()
    const { session, ticket } = await staff.place('In Review')
    const frames = readFrames(await staff.testServer.call('GET', `/sessions/${session.sessionId}/events`, { ticket }))
    expect(await frames.next()).toMatchObject({ data: { status: 'In Review' } })
    staff.testServer.emulator.control.faults({ drop: true })
    staff.testServer.emulator.control.finish(session.sessionId, 'Declined')
    staff.testServer.pass(30)
    const answer = await read<DecisionAnswer>(staff.ask('GET', `/sessions/${session.sessionId}/decision`))
    expect(answer.snapshot).toMatchObject({ status: 'Declined', source: 'api', settled: true })
    expect(answer.events.at(-1)).toMatchObject({ type: 'read', status: 'Declined', source: 'api' })
    expect(await frames.next()).toMatchObject({ data: { status: 'Declined' } })
    await frames.cancel()
  })

  test('is shown of a Session that was made elsewhere, too', async () => {
    staff = await createTestStaff()
    const id = await makeElsewhere('somebody')
    const answer = await read<DecisionAnswer>(staff.ask('GET', `/sessions/${id}/decision`))
    expect(answer).toMatchObject({
      decision: { session_id: id },
      snapshot: null,
      userId: null,
      workflow: null,
      events: [],
    })
    expect(await application().getSession(id)).toBeNull()
    staff.testServer.emulator.control.finish(id, 'In Review')
    await staff.testServer.settle()
    const heard = await read<DecisionAnswer>(staff.ask('GET', `/sessions/${id}/decision`))
    expect(heard).toMatchObject({ snapshot: { status: 'In Review', workflow: '' }, userId: null, workflow: null })
    expect(heard.events).not.toEqual([])
  })

  test('is not that of another environment, and what is stored of that one stays apart', async () => {
    staff = await createTestStaff()
    const id = await makeElsewhere('somebody')
    await staff.testServer.storage.open()
    const other = makeRecord(id, { environment: 'sandbox', userId: 'user-of-the-other' })
    await application().commitRead(id, 0, () => other)
    const answer = await read<DecisionAnswer>(staff.ask('GET', `/sessions/${id}/decision`))
    expect(answer).toMatchObject({ snapshot: null, userId: null })
    expect(await application().getSession(id)).toEqual(other)
    staff.vendor = () => Response.json({ session_id: id, status: 'Approved', environment: 'sandbox' })
    const refused = await staff.ask('GET', `/sessions/${id}/decision`)
    expect(refused.status).toBe(502)
    expect(await refused.json()).toMatchObject({ code: 'didit-answer-invalid' })
  })

  test('is not shown of whom Didit was asked about while they were erased', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place('In Review')
    staff.vendor = async (call, forward) => {
      const answer = await forward()
      if (call.path.endsWith('/decision/')) await staff.testServer.didit.erase('user-ada')
      return answer
    }
    const answer = await staff.ask('GET', `/sessions/${session.sessionId}/decision`)
    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toMatch(/first_name|user-ada/)
  })

  test('is not found where Didit has none, and of another application neither', async () => {
    staff = await createTestStaff()
    const answer = await staff.ask('GET', `/sessions/${unknownId}/decision`)
    expect([answer.status, await read(answer)]).toMatchObject([404, { code: 'didit-not-found' }])
  })

  test('leaves out of the timeline what could not change anything', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place('In Review')
    const at = Math.floor(staff.testServer.now() / 1000)
    const event = { webhook_type: 'status.updated', session_id: session.sessionId, status: 'Approved', timestamp: at }
    for (const change of [{ environment: 'sandbox' }, { environment: 'live', timestamp: at + 9_999 }]) {
      const sent = await staff.testServer.didit.fetch(
        delivery({ ...event, event_id: `odd-${change.environment}`, ...change }),
      )
      expect(sent.status).toBe(200)
    }
    const { events } = await read<DecisionAnswer>(staff.ask('GET', `/sessions/${session.sessionId}/decision`))
    expect(events.map(({ status }) => status)).not.toContain('Approved')
  })
})

describe('a change of status', () => {
  test.each(generations)('reaches the screen of the person at once, without the webhook (%s)', async (generation) => {
    staff = await createTestStaff({ emulator: { generation } })
    const { session, ticket } = await staff.place('In Review')
    staff.testServer.emulator.control.faults({ drop: true })
    const frames = readFrames(await staff.testServer.call('GET', `/sessions/${session.sessionId}/events`, { ticket }))
    await frames.next()
    const { snapshot } = await read<{ snapshot: Snapshot }>(decide(session.sessionId, 'Approved'))
    expect(snapshot).toMatchObject({ status: 'Approved', phase: 'approved', settled: true, source: 'api' })
    expect(await frames.next()).toMatchObject({ event: 'snapshot', data: snapshot })
    expect(await staff.testServer.didit.getStatus('user-ada')).toMatchObject({ verified: true })
    await frames.cancel()
  })

  test.each(generations)('to where the Session is already does no harm (%s)', async (generation) => {
    staff = await createTestStaff({ emulator: { generation } })
    const { session } = await staff.place('Approved')
    const answer = await decide(session.sessionId, 'Approved')
    expect([answer.status, await read(answer)]).toMatchObject([200, { snapshot: { status: 'Approved' } }])
  })

  test('takes comment, steps and mail along, and nothing else', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place('In Review')
    const { decision } = await read<DecisionAnswer>(staff.ask('GET', `/sessions/${session.sessionId}/decision`))
    const node_id = String(decision.id_verifications?.[0]?.node_id)
    const body = {
      new_status: 'Resubmitted',
      comment: 'Once more, please.',
      nodes_to_resubmit: [{ node_id, feature: 'OCR' }],
      send_email: true,
      email_address: 'person@example.com',
    }
    staff.calls.length = 0
    const answer = await staff.ask('POST', `/sessions/${session.sessionId}/update-status`, { body })
    expect([answer.status, await read(answer)]).toMatchObject([
      200,
      { snapshot: { status: 'Resubmitted', phase: 'action' } },
    ])
    expect(staff.calls[0]).toMatchObject({ method: 'PATCH', body })
  })

  test('of a Session that was made elsewhere moves what is known of it', async () => {
    staff = await createTestStaff()
    const id = await makeElsewhere('somebody')
    staff.testServer.emulator.control.finish(id, 'In Review')
    await staff.testServer.settle()
    staff.testServer.pass(30)
    staff.testServer.emulator.control.faults({ drop: true })
    const { snapshot } = await read<Known>(decide(id, 'Declined'))
    expect(snapshot).toMatchObject({ status: 'Declined', workflow: '' })
    expect(await application().getSession(id)).toMatchObject({ userId: null, status: 'Declined' })
    const unheard = await makeElsewhere('nobody')
    staff.testServer.emulator.control.finish(unheard, 'In Review')
    staff.testServer.pass(30)
    expect(await read(decide(unheard, 'Approved'))).toEqual({ snapshot: null })
  })

  test('is refused in words where the Session does not allow it', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place()
    const answer = await decide(session.sessionId, 'Approved')
    expect(answer.status).toBe(400)
    const problem = await read<{ code: string; issues: unknown[] }>(answer)
    expect(problem.code).toBe('didit-rejected')
    expect(problem.issues).not.toEqual([])
  })

  test('does not count as failed if only the read after it fails', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place('In Review')
    staff.testServer.emulator.control.faults({ drop: true })
    let isDown = true
    staff.vendor = (call, forward) =>
      isDown && call.method === 'GET' ? Response.json({ detail: 'No.' }, { status: 400 }) : forward()
    const answer = await decide(session.sessionId, 'Approved')
    expect(answer.status).toBe(200)
    expect(await read(answer)).toMatchObject({ snapshot: { status: 'In Review', settled: false } })
    await staff.testServer.settle()
    isDown = false
    staff.testServer.pass(30)
    await staff.testServer.settle()
    expect(await application().getSession(session.sessionId)).toMatchObject({
      status: 'Approved',
      isReadPending: false,
    })
  })

  test('whose answer was lost is looked into', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place('In Review')
    staff.testServer.emulator.control.faults({ drop: true })
    staff.vendor = async (call, forward) => {
      const answer = await forward()
      return call.method === 'PATCH' ? new Response('<html>', { status: 200 }) : answer
    }
    const answer = await decide(session.sessionId, 'Declined')
    expect([answer.status, await read(answer)]).toMatchObject([502, { code: 'didit-answer-invalid' }])
    await staff.testServer.settle()
    expect(await application().getSession(session.sessionId)).toMatchObject({
      status: 'Declined',
      isReadPending: false,
    })
  })

  test('made by two reviewers at once ends as Didit has it', async () => {
    for (const [first, second] of [
      ['Approved', 'Declined'],
      ['Declined', 'Approved'],
    ] as const) {
      staff = await createTestStaff()
      const { session, ticket } = await staff.place('In Review')
      const answers = await Promise.all([
        decide(session.sessionId, first, { staff: 'rae' }),
        decide(session.sessionId, second, { staff: 'sam' }),
      ])
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      for (let round = 0; round < 5; round += 1) {
        staff.testServer.pass(2)
        await staff.testServer.settle()
      }
      const atDidit = staff.testServer.emulator.control.sessions()[0]?.status
      expect(await application().getSession(session.sessionId)).toMatchObject({ status: atDidit, isReadPending: false })
      const seen = await read<Snapshot>(staff.testServer.call('GET', `/sessions/${session.sessionId}`, { ticket }))
      expect(seen).toMatchObject({ status: atDidit, settled: true })
      await staff.testServer.close()
    }
  })
})

describe('a delete', () => {
  test.each(generations)('removes the Session at Didit and here, and ends its streams (%s)', async (generation) => {
    staff = await createTestStaff({ emulator: { generation } })
    const { session, ticket } = await staff.place('Declined')
    const { session: other } = await staff.place('In Review', 'user-bea')
    const frames = readFrames(await staff.testServer.call('GET', `/sessions/${session.sessionId}/events`, { ticket }))
    await frames.next()
    const answer = await staff.ask('DELETE', `/sessions/${session.sessionId}`)
    expect(answer.status).toBe(200)
    expect(await read(answer)).toMatchObject({ deleted: { session_id: session.sessionId } })
    expect(staff.calls).toMatchObject([{ method: 'DELETE', body: { retain_face_embeddings: false } }])
    expect(await frames.next()).toMatchObject({ event: 'bye', data: { reason: 'erased' } })
    expect(staff.testServer.emulator.control.sessions().map(({ session_id }) => session_id)).toEqual([other.sessionId])
    expect(await application().getSession(session.sessionId)).toBeNull()
    expect(await application().listEvents(session.sessionId)).toEqual([])
    expect((await staff.testServer.call('GET', `/sessions/${session.sessionId}`, { ticket })).status).toBe(404)

    // A webhook that was on its way does not bring it back.
    const at = Math.floor(staff.testServer.now() / 1000)
    const late = { webhook_type: 'status.updated', session_id: session.sessionId, status: 'Approved', timestamp: at }
    expect(
      await read(staff.testServer.didit.fetch(delivery({ ...late, event_id: 'late', environment: 'live' }))),
    ).toEqual({
      received: 'dropped',
    })
    expect(await application().getSession(session.sessionId)).toBeNull()
  })

  test('may be repeated', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place('Declined')
    for (let time = 0; time < 3; time += 1) {
      const answer = await staff.ask('DELETE', `/sessions/${session.sessionId}`)
      expect([answer.status, await read(answer)]).toMatchObject([200, { deleted: { session_id: session.sessionId } }])
    }
  })

  test('clears up here after one in the console', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place('Declined')
    staff.vendor = () => Response.json({ detail: 'Not found.' }, { status: 404 })
    const answer = await staff.ask('DELETE', `/sessions/${session.sessionId}`)
    expect([answer.status, await read(answer)]).toMatchObject([200, { deleted: { session_number: null } }])
    expect(await application().getSession(session.sessionId)).toBeNull()
  })

  test('of a Session that was never ours finds nothing, and leaves no trace', async () => {
    staff = await createTestStaff()
    await staff.testServer.storage.open()
    const other = makeRecord(unknownId, { environment: 'sandbox', userId: 'user-of-the-other' })
    const id = 'eeeeeeee-2222-4333-8444-555555555555'
    await application().commitRead(unknownId, 0, () => other)
    for (const sessionId of [id, unknownId]) {
      const answer = await staff.ask('DELETE', `/sessions/${sessionId}`)
      expect([answer.status, await read(answer)]).toMatchObject([404, { code: 'didit-not-found' }])
      expect(await application().isForgotten(sessionId)).toBe(false)
    }
    expect(await application().getSession(unknownId)).toEqual(other)
  })

  test('that Didit refuses changes nothing here', async () => {
    staff = await createTestStaff({ emulator: { generation: 'late-2026' } })
    const { session } = await staff.place('Declined')
    staff.testServer.emulator.control.faults({ filedReport: true })
    const answer = await staff.ask('DELETE', `/sessions/${session.sessionId}`)
    expect([answer.status, await read(answer)]).toMatchObject([409, { code: 'didit-rejected' }])
    expect(await application().getSession(session.sessionId)).toMatchObject({ status: 'Declined' })
  })

  test('does the delete that an erasure left pending', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place('Declined')
    staff.vendor = () => Response.json({ detail: 'No.' }, { status: 400 })
    expect(await staff.testServer.didit.erase('user-ada')).toEqual({ sessions: 1, pending: 1 })
    staff.vendor = (_, forward) => forward()
    expect((await staff.ask('DELETE', `/sessions/${session.sessionId}`)).status).toBe(200)
    const pending = await application().listPendingDeletes({
      environment: 'live',
      now: Number.MAX_SAFE_INTEGER,
      limit: 9,
    })
    expect(pending).toEqual([])
    expect(await staff.testServer.didit.erase('user-ada')).toEqual({ sessions: 0, pending: 0 })
  })

  test('lets the user start again', async () => {
    staff = await createTestStaff({ server: { workflows: { default: { id: workflowId, maxAttempts: 1 } } } })
    const { session } = await staff.place('Declined')
    expect((await staff.testServer.call('POST', '/sessions', { body: {} })).status).toBe(409)
    await staff.ask('DELETE', `/sessions/${session.sessionId}`)
    expect((await staff.testServer.call('POST', '/sessions', { body: {} })).status).toBe(201)
  })
})
