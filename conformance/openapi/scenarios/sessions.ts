import type { Generation } from '@didit-verify/emulator'
import { expect, test } from 'vitest'
import {
  apiKey,
  createTestEmulator,
  mainApplication,
  partnerApplication,
  partnerKey,
  refused,
  statuses,
  unknownId,
  workflows,
} from '../test-emulator.ts'

/** Registers the tests of Didit's Session endpoints in one generation. */
export function sessionScenarios(generation: Generation): void {
  const wrongKey = generation === 'late-2026' ? 401 : 403

  test('create: all fields, required fields only, and again for the same person', async () => {
    const { api } = createTestEmulator(generation)
    await api.sessions.create({ workflow_id: workflows.kyc })
    const body = {
      workflow_id: workflows.kyc,
      vendor_data: 'user-7',
      callback: 'https://shop.example/done',
      callback_method: 'both' as const,
      metadata: { order: 17 },
      language: 'pt-BR',
      contact_details: {
        email: 'ada@example.test',
        email_lang: 'en',
        send_notification_emails: true,
        phone: '+4520123456',
      },
      expected_details: {
        first_name: 'Ada',
        last_name: 'Example',
        date_of_birth: '1990-01-02',
        gender: 'F' as const,
        nationality: 'DNK',
        country: 'DNK',
        address: 'Nowhere 1',
        ip_address: '192.0.2.7',
        expected_document_types: ['P', 'ID'],
      },
    }
    const first = await api.sessions.create(body)
    const again = await api.sessions.create({ ...body, metadata: { order: 18 } })
    expect(again.session_id).toBe(first.session_id)
  })

  test('create: refusals', async () => {
    const { ask, clientWith } = createTestEmulator(generation)
    const create = (body: unknown, headers?: Record<string, string>) => ask('POST', '/v3/session/', body, headers)
    expect(await create({})).toBe(400)
    expect(await create({ workflow_id: unknownId })).toBe(400)
    expect(await create({ workflow_id: workflows.biometric })).toBe(400)
    expect(await create({ workflow_id: workflows.kyc, language: 'xx' })).toBe(400)
    expect(await create({ workflow_id: workflows.kyc, contact_details: { email: 'x' } })).toBe(400)
    expect(await create({ workflow_id: workflows.kyc, expected_details: { expected_document_types: ['X'] } })).toBe(400)
    expect(await create({ workflow_id: workflows.kyc }, {})).toBe(403)
    expect(await refused(clientWith('wrong').sessions.create({ workflow_id: workflows.kyc }))).toBe(wrongKey)
    const limited = createTestEmulator(generation, { rateLimits: { create: 1 } })
    await limited.session()
    // A second client with the same key, which does not know yet that the limit is reached.
    const other = limited.clientWith(apiKey)
    expect(await refused(other.sessions.create({ workflow_id: workflows.kyc }))).toBe(429)
  })

  test.each(Object.entries(workflows))('decision: the workflow "%s" in every status', async (_, workflow_id) => {
    const { api, session } = createTestEmulator(generation)
    for (const status of statuses) {
      const portrait_image = 'iVBORw0KGgo='
      const sessionId = await session(status, { workflow_id, vendor_data: status, portrait_image })
      expect((await api.sessions.retrieveDecision(sessionId)).status).toBe(status)
    }
  })

  test('decision: with its events', async () => {
    const setup = createTestEmulator(generation)
    for (const status of ['Not Started', 'Approved', 'Declined'] as const) {
      await setup.api.sessions.retrieveDecision(await setup.session(status), { include: 'events' })
    }
  })

  test('decision: refusals', async () => {
    const setup = createTestEmulator(generation)
    const { api, ask, clientWith } = setup
    const sessionId = await setup.session()
    expect(await ask('GET', `/v3/session/${sessionId}/decision/`, undefined, {})).toBe(403)
    expect(await refused(clientWith('wrong').sessions.retrieveDecision(sessionId))).toBe(wrongKey)
    expect(await refused(api.sessions.retrieveDecision(unknownId))).toBe(404)
    expect(await refused(clientWith(partnerKey).sessions.retrieveDecision(sessionId))).toBe(404)
    const limited = createTestEmulator(generation, { rateLimits: { read: 1 } })
    const other = await limited.session()
    await limited.api.sessions.retrieveDecision(other)
    expect(await refused(limited.clientWith(apiKey).sessions.retrieveDecision(other))).toBe(429)
  })

  test('list: pages, each filter, and no Session of another application', async () => {
    const setup = createTestEmulator(generation)
    const { api } = setup
    expect((await api.sessions.list()).results).toEqual([])
    for (const [index, status] of statuses.entries()) await setup.session(status, { vendor_data: `user-${index}` })
    const page = await api.sessions.list({ limit: 4, offset: 4 })
    expect([page.results.length, page.count]).toEqual([4, statuses.length])
    const rows = []
    for await (const row of api.sessions.list({ limit: 3 })) rows.push(row)
    expect(rows).toHaveLength(statuses.length)
    const filters = [
      { status: ['Approved', 'In Review'] },
      { vendor_data: 'user-3' },
      { workflow_id: workflows.kyc },
      { date_from: '2026-01-01', date_to: '2030-01-01' },
      { country: 'UTO' },
      { document_type: ['P', 'ID'] },
      { search: 'user' },
      { warning: 'POSSIBLE_FRAUD' },
      { session_kind: 'all' as const },
      { session_kind: 'business' as const },
      { session_type: 'API', api_service: 'AML' as const },
      { is_kyc_to_be_reviewed: true, status_initialized_as_in_review: false },
    ]
    for (const filter of filters) await api.sessions.list(filter)
    expect((await setup.clientWith(partnerKey).sessions.list()).count).toBe(0)
  })

  test('list: refusals', async () => {
    const { ask, clientWith } = createTestEmulator(generation)
    expect(await ask('GET', '/v3/sessions')).toBe(301)
    expect(await ask('GET', '/v3/sessions/?session_kind=people')).toBe(400)
    expect(await ask('GET', '/v3/sessions/?date_from=yesterday')).toBe(400)
    expect(await ask('GET', '/v3/sessions/', undefined, {})).toBe(403)
    expect(await refused(clientWith('wrong').sessions.list())).toBe(wrongKey)
  })

  test('delete: once, a second time, and refusals', async () => {
    const setup = createTestEmulator(generation)
    const { api, ask, clientWith, emulator } = setup
    const sessionId = await setup.session()
    expect(await ask('DELETE', `/v3/session/${sessionId}/delete/`, undefined, {})).toBe(403)
    expect(await refused(clientWith('wrong').sessions.delete(sessionId))).toBe(wrongKey)
    emulator.control.faults({ filedReport: true })
    if (generation === 'late-2026') expect(await refused(api.sessions.delete(sessionId))).toBe(409)
    emulator.control.faults({})
    await api.sessions.delete(sessionId)
    expect(await refused(api.sessions.delete(sessionId))).toBe(404)

    const kept = await setup.session('Approved', { vendor_data: 'user-7' })
    await api.sessions.delete(kept, { retain_face_embeddings: true, face_retention_days: 30 })
    const limited = createTestEmulator(generation, { rateLimits: { write: 1 } })
    await limited.api.sessions.delete(await limited.session())
    expect(await refused(limited.clientWith(apiKey).sessions.delete(unknownId))).toBe(429)
  })

  test('delete: several by number, all at once, and refusals', async () => {
    const setup = createTestEmulator(generation)
    const { api, ask } = setup
    const path = '/v3/sessions/delete/'
    const done = generation === 'late-2026' ? 200 : 204
    for (const status of ['Approved', 'Declined', 'In Review'] as const) await setup.session(status)
    const [{ session_number } = { session_number: 0 }] = (await api.sessions.list()).results
    expect(await ask('POST', path, { session_numbers: [String(session_number)] })).toBe(done)
    expect(await ask('POST', path, { delete_all: true })).toBe(done)
    expect((await api.sessions.list()).count).toBe(0)
    expect(await ask('POST', path, { session_numbers: 'all' })).toBe(400)
    expect(await ask('POST', path, { delete_all: true }, {})).toBe(403)
    const limited = createTestEmulator(generation, { rateLimits: { write: 1 } })
    await limited.ask('POST', path, { delete_all: true })
    expect(await limited.ask('POST', path, { delete_all: true })).toBe(429)
  })

  test('a scoped key: no pictures, and no permission to change anything', async () => {
    const reader = { key: 'reader', sessions: 'read', media: false } as const
    const setup = createTestEmulator(generation, { scopedKeys: [reader] })
    const { ask, clientWith } = setup
    const sessionId = await setup.session('Approved')
    const narrow = clientWith(reader.key)
    await narrow.sessions.retrieveDecision(sessionId)
    await narrow.sessions.list()
    expect(await refused(narrow.sessions.generatePdf(sessionId))).toBe(403)
    const key = { 'x-api-key': reader.key }
    expect(await ask('POST', '/v3/session/', { workflow_id: workflows.kyc }, key)).toBe(403)
    expect(await ask('PATCH', `/v3/session/${sessionId}/update-status/`, { new_status: 'Declined' }, key)).toBe(403)
    expect(await ask('POST', `/v3/session/${sessionId}/share/`, { for_application_id: partnerApplication }, key)).toBe(
      403,
    )
    expect(await ask('DELETE', `/v3/session/${sessionId}/delete/`, undefined, key)).toBe(403)
  })

  test('update-status: approve, decline, and request resubmission', async () => {
    const setup = createTestEmulator(generation)
    const { api } = setup
    const inReview = await setup.session('In Review')
    await api.sessions.updateStatus(inReview, { new_status: 'Approved', comment: 'The name is hers.' })
    await api.sessions.updateStatus(inReview, {
      new_status: 'Declined',
      send_email: true,
      email_address: 'ada@example.test',
      email_language: 'es',
    })
    const { id_verifications } = await api.sessions.retrieveDecision(inReview)
    const node_id = id_verifications?.[0]?.node_id ?? ''
    await api.sessions.updateStatus(inReview, {
      new_status: 'Resubmitted',
      nodes_to_resubmit: [{ node_id, feature: 'OCR' }],
    })
    // Without a list of steps, Didit chooses them.
    await api.sessions.updateStatus(await setup.session('Declined'), { new_status: 'Resubmitted' })
    // One generation refuses the same status again and the other accepts it. The client succeeds in both.
    await api.sessions.updateStatus(await setup.session('Approved'), { new_status: 'Approved' })
  })

  test('update-status: refusals', async () => {
    const setup = createTestEmulator(generation)
    const { ask, clientWith, api } = setup
    const declined = await setup.session('Declined')
    const update = (sessionId: string, body: unknown, headers?: Record<string, string>) =>
      ask('PATCH', `/v3/session/${sessionId}/update-status/`, body, headers)
    expect(await update(declined, { new_status: 'In Review' })).toBe(400)
    expect(await update(declined, {})).toBe(400)
    expect(await update(declined, { new_status: 'Approved', send_email: true })).toBe(400)
    expect(await update(declined, { new_status: 'Resubmitted', nodes_to_resubmit: [{ feature: 'OCR' }] })).toBe(400)
    expect(await update(await setup.session('In Progress'), { new_status: 'Approved' })).toBe(400)
    expect(await update(await setup.session('Approved'), { new_status: 'Resubmitted' })).toBe(400)
    expect(await update(declined, { new_status: 'Approved' }, {})).toBe(403)
    expect(await refused(clientWith('wrong').sessions.updateStatus(declined, { new_status: 'Approved' }))).toBe(
      wrongKey,
    )
    expect(await refused(api.sessions.updateStatus(unknownId, { new_status: 'Approved' }))).toBe(404)
  })

  test('generate-pdf: a report, and refusals', async () => {
    const setup = createTestEmulator(generation)
    const { api, ask, clientWith } = setup
    const decided = await setup.session('Approved')
    const report = await api.sessions.generatePdf(decided)
    expect(new TextDecoder().decode((await report.bytes()).subarray(0, 4))).toBe('%PDF')
    expect(await refused(api.sessions.generatePdf(await setup.session('In Progress')))).toBe(403)
    expect(await ask('GET', `/v3/session/${decided}/generate-pdf/`, undefined, {})).toBe(403)
    expect(await refused(clientWith('wrong').sessions.generatePdf(decided))).toBe(wrongKey)
    expect(await refused(api.sessions.generatePdf(unknownId))).toBe(404)
    const limited = createTestEmulator(generation, { rateLimits: { pdf: 1 } })
    const other = await limited.session('Declined')
    await (await limited.api.sessions.generatePdf(other)).bytes()
    expect(await refused(limited.clientWith(apiKey).sessions.generatePdf(other))).toBe(429)
  })

  test.each(Object.entries(workflows))(
    'share and import: the workflow "%s" for another application',
    async (_, workflow_id) => {
      const setup = createTestEmulator(generation)
      const partner = setup.clientWith(partnerKey)
      for (const trust_review of [true, false]) {
        const portrait_image = 'iVBORw0KGgo='
        const sessionId = await setup.session('Approved', { workflow_id, portrait_image })
        const receiver = { for_application_id: partnerApplication, ttl_in_seconds: 600 }
        const { share_token } = await setup.api.sessions.share(sessionId, receiver)
        const body = { share_token, workflow_id, trust_review, vendor_data: 'theirs' }
        const imported = await partner.sessions.importShared(body)
        expect(imported.status).toBe(trust_review ? 'Approved' : 'In Review')
        // A token can be imported only once by each receiver.
        expect(await refused(partner.sessions.importShared(body))).toBe(403)
      }
      await partner.sessions.list({ session_kind: 'all' })
    },
  )

  test('share and import: refusals', async () => {
    const setup = createTestEmulator(generation)
    const { api, ask, clientWith } = setup
    const sessionId = await setup.session('Approved')
    const share = (id: string, body: unknown, headers?: Record<string, string>) =>
      ask('POST', `/v3/session/${id}/share/`, body, headers)
    const receiver = { for_application_id: partnerApplication }
    expect(await share(await setup.session('In Progress'), receiver)).toBe(400)
    expect(await share(sessionId, { for_application_id: mainApplication })).toBe(400)
    expect(await share(sessionId, { for_application_id: unknownId })).toBe(400)
    expect(await share(sessionId, {})).toBe(400)
    expect(await share(sessionId, { ...receiver, ttl_in_seconds: 59 })).toBe(400)
    expect(await share(sessionId, receiver, {})).toBe(401)
    expect(await refused(clientWith('wrong').sessions.share(sessionId, receiver))).toBeGreaterThan(400)
    expect(await refused(api.sessions.share(unknownId, receiver))).toBe(404)

    const { share_token } = await api.sessions.share(sessionId, receiver)
    const take = (body: unknown, headers: Record<string, string> = { 'x-api-key': partnerKey }) =>
      ask('POST', '/v3/session/import-shared/', body, headers)
    const body = { share_token, workflow_id: workflows.kyc, trust_review: true }
    expect(await take({})).toBe(400)
    expect(await take({ ...body, share_token: 'a.b.c' })).toBe(400)
    expect(await take(body, { 'x-api-key': apiKey })).toBe(400)
    expect(await take({ ...body, workflow_id: unknownId })).toBe(404)
    expect(await take(body, {})).toBe(403)
  })

  test('reviews: the feed of a Session, and a note', async () => {
    const setup = createTestEmulator(generation)
    const { api, ask } = setup
    const sessionId = await setup.session('In Review')
    await api.sessions.updateStatus(sessionId, { new_status: 'Declined', comment: 'Not hers.' })
    const path = `/v3/sessions/${sessionId}/reviews/`
    expect(await ask('POST', path, { comment: 'Called her.', new_status: 'Approved' })).toBe(201)
    expect(await ask('GET', path)).toBe(200)
    expect(await ask('POST', path, { new_status: 'approved' })).toBe(400)
    const limited = createTestEmulator(generation, { rateLimits: { read: 1, write: 1 } })
    for (const method of ['GET', 'POST']) {
      const body = method === 'POST' ? { comment: 'Called her.' } : undefined
      expect(await ask(method, path, body, {})).toBe(403)
      expect(await ask(method, `/v3/sessions/${unknownId}/reviews/`, body)).toBe(404)
      expect(await limited.ask(method, `/v3/sessions/${unknownId}/reviews/`, body)).toBe(404)
      expect(await limited.ask(method, `/v3/sessions/${unknownId}/reviews/`, body)).toBe(429)
    }
  })

  test('blocklist: add, list and remove', async () => {
    const setup = createTestEmulator(generation)
    const { api, ask } = setup
    const sessionId = await setup.session('Declined')
    await api.blocklist.add({ session_id: sessionId, blocklist_face: true, blocklist_document: true })
    await api.blocklist.list({ item_type: 'face', limit: 5, offset: 0 })
    // The same invented person again: declined because of the blocklist.
    const again = await setup.session('Approved')
    const hit = await api.sessions.retrieveDecision(again)
    expect(hit.status).toBe('Declined')
    expect(JSON.stringify(hit)).toContain('FACE_IN_BLOCKLIST')
    await api.blocklist.remove({ session_id: sessionId, unblock_face: true })
    expect(await ask('POST', '/v3/blocklist/add/', {})).toBe(400)
    expect(await ask('POST', '/v3/blocklist/remove/', { session_id: sessionId })).toBe(400)
  })
}
