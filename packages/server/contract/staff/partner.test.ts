import type { Decision, Snapshot } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test } from 'vitest'
import { createDiditServer, type DiditServer, memoryStorage } from '../../src/index.ts'
import { apiKey, origin, ticketSecret, webhookSecret, workflowId } from '../../testing/test-server.ts'
import { createTestStaff, type TestStaff, unknownId } from '../../testing/test-staff.ts'

const partnerId = '99999999-2222-4333-8444-555555555555'
const generations = ['2026-07', 'late-2026'] as const

let staff: TestStaff
let partner: DiditServer | undefined
afterEach(async () => {
  await partner?.close()
  partner = undefined
  await staff.testServer.close()
})

const read = async <Body>(answer: Response) => (await answer.json()) as Body

/** The back office of the application with which Sessions are shared. */
async function importAtPartner(body: object): Promise<Response> {
  const { emulator, now } = staff.testServer
  partner ??= createDiditServer({
    apiKey: `${apiKey}-partner`,
    webhookSecrets: [webhookSecret],
    environment: 'live',
    workflows: { default: workflowId },
    authenticate: () => null,
    authorizeStaff: () => ({ staffId: 'pat' }),
    storage: memoryStorage(),
    ticketSecret,
    allowedOrigins: [origin],
    didit: {
      baseUrl: emulator.url,
      fetch: async (input, init) => emulator.fetch(new Request(input as string, init)),
    },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    now,
  })
  return partner.fetch(
    new Request(`${origin}/api/didit/staff/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ workflow: 'default', trust_review: true, ...body }),
    }),
  )
}

async function share(sessionId: string, body: object = {}): Promise<Response> {
  return staff.ask('POST', `/sessions/${sessionId}/share`, { body: { for_application_id: partnerId, ...body } })
}

describe('sharing with a partner', () => {
  test.each(generations)('gives them a copy once (%s)', async (generation) => {
    staff = await createTestStaff({ emulator: { generation } })
    const { session } = await staff.place('Approved')
    const shared = await share(session.sessionId, { ttl_in_seconds: 600 })
    expect(shared.status).toBe(200)
    const { share_token } = await read<{ share_token: string }>(shared)
    const imported = await importAtPartner({ share_token, vendor_data: 'partner-7' })
    expect(imported.status).toBe(201)
    const { decision, snapshot } = await read<{ decision: Decision; snapshot: Snapshot | null }>(imported)
    expect(decision).toMatchObject({ status: 'Approved', vendor_data: 'partner-7' })
    expect(decision.session_id).not.toBe(session.sessionId)
    expect(decision.id_verifications?.[0]).toHaveProperty('first_name')
    expect(snapshot).toBeNull()
    const again = await importAtPartner({ share_token })
    expect([again.status, await read(again)]).toMatchObject([403, { code: 'didit-rejected' }])
    expect(JSON.stringify(staff.testServer.logged)).not.toContain(share_token)
  })

  test.each(generations)('leaves the review to them who do not trust ours (%s)', async (generation) => {
    staff = await createTestStaff({ emulator: { generation } })
    const { session } = await staff.place('Approved')
    const { share_token } = await read<{ share_token: string }>(await share(session.sessionId))
    const imported = await importAtPartner({ share_token, trust_review: false })
    expect(await read(imported)).toMatchObject({ decision: { status: 'In Review' } })
  })

  test('names the field that Didit refuses', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place('Approved')
    const unknown = await share(session.sessionId, { for_application_id: unknownId })
    expect([unknown.status, await read(unknown)]).toMatchObject([400, { issues: [{ path: 'for_application_id' }] }])
    const forged = await importAtPartner({ share_token: 'no.such.token' })
    expect([forged.status, await read(forged)]).toMatchObject([400, { issues: [{ path: 'share_token' }] }])
  })

  test('is refused for a Session that is not settled, and for one of somebody else', async () => {
    staff = await createTestStaff()
    const { session } = await staff.place()
    expect((await share(session.sessionId)).status).toBe(400)
    expect((await share(unknownId)).status).toBe(404)
  })
})

describe('the blocklist', () => {
  test.each(generations)(
    'takes on what is chosen of a Session, lists it and lets go of it (%s)',
    async (generation) => {
      staff = await createTestStaff({ emulator: { generation } })
      const { session } = await staff.place('Declined')
      const list = async (query = '') =>
        read<{ count: number; items: { type: string; session_id: string }[] }>(
          await staff.ask('GET', `/blocklist${query}`),
        )
      expect(await list()).toMatchObject({ count: 0, limit: 20, offset: 0, items: [] })

      const body = { session_id: session.sessionId, blocklist_face: true, blocklist_document: true }
      const added = await staff.ask('POST', '/blocklist/add', { body })
      expect([added.status, await read(added)]).toEqual([200, { message: expect.any(String) }])
      const both = await list()
      expect(both.count).toBe(2)
      expect(both.items.map(({ type }) => type).sort()).toEqual(['document', 'face'])
      expect(await list('?item_type=face&limit=1')).toMatchObject({
        count: 1,
        limit: 1,
        items: [{ type: 'face', session_id: session.sessionId }],
      })
      const removed = await staff.ask('POST', '/blocklist/remove', {
        body: { session_id: session.sessionId, unblock_face: true },
      })
      expect(removed.status).toBe(200)
      expect((await list()).items.map(({ type }) => type)).toEqual(['document'])
    },
  )

  test('knows no Session of somebody else', async () => {
    staff = await createTestStaff()
    const answer = await staff.ask('POST', '/blocklist/add', { body: { session_id: unknownId, blocklist_face: true } })
    expect([answer.status, await read(answer)]).toMatchObject([404, { code: 'didit-not-found' }])
  })
})
