import { describe, expect, test } from 'vitest'
import { createTestEmulator, kyc, start, workflowEnding } from '../../testing/test-emulator.ts'

const day = 86_400
const jpegOf = (bytes: number) =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(bytes)]).toString('base64')

describe('creating', () => {
  const post = (testEmulator: ReturnType<typeof createTestEmulator>, body: object) =>
    testEmulator.call('POST', '/v3/session/', { body: { workflow_id: kyc, ...body } })

  test.each([
    [{ language: 'xx' }, { language: ['"xx" is not a valid choice.'] }],
    [
      { contact_details: { email: 'ada', email_lang: 'tlh' } },
      { contact_details: { email: ['Enter a valid email address.'], email_lang: ['"tlh" is not a valid choice.'] } },
    ],
    [
      { contact_details: { send_notification_emails: 'yes' } },
      { contact_details: { send_notification_emails: ['Must be a valid boolean.'] } },
    ],
    [{ expected_details: { ip_address: '300.1.1.1' } }, { expected_details: { ip_address: [expect.any(String)] } }],
    [
      { expected_details: { registry_country: 'Spain' } },
      { expected_details: { registry_country: [expect.stringContaining('XX-YY')] } },
    ],
    [
      { expected_details: { company_name: 'x'.repeat(256) } },
      { expected_details: { company_name: ['Ensure this field has no more than 255 characters.'] } },
    ],
    [
      { expected_details: { expected_document_types: ['P', 'library card'] } },
      { expected_details: { expected_document_types: ['"library card" is not a valid choice.'] } },
    ],
    [
      { expected_details: { address: 'Carrer 12' } },
      { expected_details: { address: [expect.stringContaining('country')] } },
    ],
    [{ portrait_image: jpegOf(2 * 1024 * 1024 + 10) }, { portrait_image: ['Image size exceeds 2MB.'] }],
    [{ callback_method: 'nobody' }, { callback_method: ['"nobody" is not a valid choice.'] }],
  ])('with %j is refused by naming the field', async (body, errors) => {
    const answer = await post(createTestEmulator(), body)
    expect([answer.status, answer.body]).toEqual([400, errors])
  })

  test('compares document types case-insensitively, and accepts both forms of IP addresses', async () => {
    const { create, decision } = createTestEmulator()
    const expected_details = { expected_document_types: ['p', 'ID', 'P'], ip_address: '2001:db8::1', gender: null }
    const id = await create({ expected_details, portrait_image: jpegOf(2 * 1024 * 1024 - 10) })
    expect((await decision(id)).expected_details).toEqual({ ...expected_details, expected_document_types: ['P', 'ID'] })
  })

  test('is refused without credits or for a blocked user', async () => {
    const testEmulator = createTestEmulator()
    await post(testEmulator, { vendor_data: 'known' })
    testEmulator.control.faults({ noCredits: true, blockedUsers: ['mallory'] })
    const broke = await post(testEmulator, { vendor_data: 'new' })
    expect([broke.status, broke.body]).toEqual([400, { detail: 'Not enough credits for this request.' }])
    expect((await post(testEmulator, { vendor_data: 'known' })).status).toBe(201)
    const blocked = await post(testEmulator, { vendor_data: 'mallory' })
    expect([blocked.status, blocked.body]).toEqual([400, { vendor_data: 'This user is blocked.' }])
  })

  test('needs no credits in a sandbox', async () => {
    const testEmulator = createTestEmulator({ environment: 'sandbox' })
    testEmulator.control.faults({ noCredits: true })
    expect((await post(testEmulator, {})).status).toBe(201)
  })

  test('sends the invitation once, if requested', async () => {
    const testEmulator = createTestEmulator()
    const contact_details = { email: 'ilse@example.com', send_notification_emails: true, email_lang: 'es' }
    for (let i = 0; i < 2; i += 1) await post(testEmulator, { vendor_data: 'customer-1', contact_details })
    await post(testEmulator, { contact_details: { email: 'odo@example.com' } })
    expect(testEmulator.control.mails()).toMatchObject([
      { to: 'ilse@example.com', about: 'Invitation', language: 'es' },
    ])
  })

  test('does not return an unfinished session of an older workflow version', async () => {
    const testEmulator = createTestEmulator()
    const { body: first } = await post(testEmulator, { vendor_data: 'customer-1' })
    expect(testEmulator.control.publish(kyc)).toEqual({ workflow_id: kyc, workflow_version: 2 })
    const { body: second } = await post(testEmulator, { vendor_data: 'customer-1' })
    expect([first.workflow_version, second.workflow_version]).toEqual([1, 2])
    expect(second.session_id).not.toBe(first.session_id)
    expect((await post(testEmulator, { vendor_data: 'customer-1' })).body.session_id).toBe(second.session_id)
  })

  test('numbers the sessions of each application separately', async () => {
    const { call } = createTestEmulator()
    const numbers = []
    for (const key of ['k', 'k-partner', 'k']) {
      numbers.push((await call('POST', '/v3/session/', { body: { workflow_id: kyc }, key })).body.session_number)
    }
    expect(numbers).toEqual([1001, 1001, 1002])
  })
})

describe('reading a decision with include=events', () => {
  test('adds the timeline, the feed and the flags, and names features as objects', async () => {
    const { create, call } = createTestEmulator()
    const id = await create({ vendor_data: 'customer-1' }, 'In Review')
    await call('PATCH', `/v3/session/${id}/update-status/`, { body: { new_status: 'Declined', comment: 'No' } })
    await call('POST', '/v3/blocklist/add/', { body: { session_id: id, blocklist_face: true } })
    const { body } = await call('GET', `/v3/session/${id}/decision/?include=events`)
    expect(body).not.toHaveProperty('session_kind')
    expect(body.features).toEqual([
      { feature: 'ID_VERIFICATION', node_id: body.id_verifications[0].node_id },
      { feature: 'LIVENESS', node_id: 'feature_liveness_1' },
      { feature: 'FACE_MATCH', node_id: 'feature_face_match_1' },
      { feature: 'AML', node_id: 'feature_aml_1' },
      { feature: 'IP_ANALYSIS', node_id: body.ip_analyses[0].node_id },
    ])
    expect(body).toMatchObject({
      events: [{ status: 'Not Started' }, { status: 'In Review' }, { status: 'Declined' }],
      activity_reviews: [{ new_status: 'Declined', previous_status: 'In Review', comment: 'No' }],
      blocklisted: { face: true, document: false, phone: false, email: false },
      cost_breakdown: expect.any(Object),
      workflow_type: 'kyc',
      workflow_version: 1,
      api_service: null,
      session_type: 'HOSTED',
      has_device_nfc_support: false,
    })
  })

  test('adds nothing for any other value', async () => {
    const { create, call, decision } = createTestEmulator()
    const id = await create({}, 'Approved')
    expect((await call('GET', `/v3/session/${id}/decision/?include=everything`)).body).toEqual(await decision(id))
  })
})

describe('an expired document', () => {
  test('ends the approval at the end of its last day, and sends a webhook', async () => {
    const { create, decision, control, events, statusOf } = createTestEmulator()
    const id = await create({}, 'Approved')
    const { id_verifications: documents, expires_at } = await decision(id)
    const end = Date.parse(documents[0].expiration_date) + day * 1000
    expect(Date.parse(expires_at)).toBe(end)
    const seconds = (end - start) / 1000
    for (let left = seconds - 1; left > 0; left -= 300 * day) {
      await control.clock({ advanceSeconds: Math.min(left, 300 * day) })
    }
    expect(statusOf(id)).toBe('Approved')
    await control.clock({ advanceSeconds: 1 })
    expect(statusOf(id)).toBe('Kyc Expired')
    await control.idle()
    expect(events.map(({ status }) => status)).toEqual(['Approved', 'Kyc Expired'])
  })

  test('changes nothing for a session that was declined meanwhile or has no document', async () => {
    const { create, decision, control, statusOf } = createTestEmulator()
    const declined = await create({}, 'Approved')
    const address = await create({ workflow_id: workflowEnding('558') }, 'Approved')
    control.finish(declined, 'Declined')
    for (let i = 0; i < 12; i += 1) await control.clock({ advanceSeconds: 365 * day })
    expect([statusOf(declined), statusOf(address)]).toEqual(['Declined', 'Approved'])
    expect((await decision(address)).expires_at).toBe('2026-11-02T08:00:00.000000Z')
  })
})

test('refuses to publish an unknown workflow', async () => {
  const { call } = createTestEmulator()
  expect((await call('POST', `/_emulator/workflows/${workflowEnding('000')}/publish`)).status).toBe(404)
  const answer = await call('POST', `/_emulator/workflows/${kyc}/publish`)
  expect([answer.status, answer.body]).toEqual([200, { workflow_id: kyc, workflow_version: 2 }])
})

test('serves the e-mails only to this machine', async () => {
  const { call } = createTestEmulator()
  expect((await call('GET', '/_emulator/mails')).status).toBe(200)
  expect((await call('GET', '/_emulator/mails', { address: '192.0.2.7' })).status).toBe(403)
})

test('stops reading a body that is too large', async () => {
  const { emulator } = createTestEmulator()
  let megabytes = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      megabytes += 1
      controller.enqueue(new Uint8Array(1024 * 1024).fill(32))
      if (megabytes === 64) controller.close()
    },
  })
  const headers = { 'x-api-key': 'k', 'content-type': 'application/json' }
  // Node requires `duplex`, which its types lack.
  const init = { method: 'POST', headers, body, duplex: 'half' }
  const answer = await emulator.fetch(new Request(`${emulator.url}/v3/session/`, init))
  expect([answer.status, await answer.json()]).toEqual([413, { detail: 'Request body too large.' }])
  expect(megabytes).toBeLessThan(12)
})
