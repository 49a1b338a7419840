import { describe, expect, test } from 'vitest'
import { createTestEmulator, unknownId, workflowEnding } from '../../testing/test-emulator.ts'

const generations = ['2026-07', 'late-2026'] as const

function setUp(options: Parameters<typeof createTestEmulator>[0] = {}) {
  const testEmulator = createTestEmulator(options)
  const update = (id: string, body: unknown) => testEmulator.call('PATCH', `/v3/session/${id}/update-status/`, { body })
  const sent = async () => {
    await testEmulator.control.idle()
    return testEmulator.events.map(({ status }) => status)
  }
  return { ...testEmulator, update, sent }
}

describe.each(generations)('in the generation %s', (generation) => {
  test.each([
    ['Approved', 'Declined'],
    ['Declined', 'Approved'],
    ['In Review', 'Approved'],
    ['Kyc Expired', 'Approved'],
    ['Abandoned', 'Declined'],
    ['Resubmitted', 'Approved'],
  ] as const)('moves %s to %s, and tells by webhook', async (from, to) => {
    const { create, update, decision, sent } = setUp({ generation })
    const id = await create({}, from)
    const answer = await update(id, { new_status: to, comment: 'Checked by hand' })
    expect([answer.status, answer.body]).toEqual([200, { session_id: id }])
    const { status, reviews } = await decision(id)
    expect(status).toBe(to)
    expect(reviews).toEqual([
      { user: 'API Client', new_status: to, comment: 'Checked by hand', created_at: '2026-10-26T08:00:00.000000Z' },
    ])
    expect(await sent()).toEqual([from, to])
  })

  test.each(['Not Started', 'In Progress', 'Awaiting User', 'Expired'] as const)(
    'refuses what is %s before it reads the body',
    async (from) => {
      const { create, update, statusOf } = setUp({ generation })
      const id = await create({}, from === 'Not Started' ? undefined : from)
      const answer = await update(id, '{')
      expect([answer.status, answer.body]).toEqual([400, { detail: `Status cannot be updated from: ${from}` }])
      expect(statusOf(id)).toBe(from)
    },
  )

  test.each(['Approved', 'Declined'] as const)(
    'answers %s for a session that already has the status',
    async (status) => {
      const { create, update, decision, control } = setUp({ generation })
      const id = await create({}, status)
      const answer = await update(id, { new_status: status, send_email: true, email_address: 'ada@example.com' })
      expect([answer.status, answer.body]).toEqual(
        generation === '2026-07' ? [400, ['New status equals the current one.']] : [200, { session_id: id }],
      )
      expect((await decision(id)).reviews).toEqual([])
      expect(control.mails()).toEqual([])
    },
  )

  test('refuses to resubmit a session that is Resubmitted', async () => {
    const { create, update } = setUp({ generation })
    const id = await create({}, 'Resubmitted')
    const answer = await update(id, { new_status: 'Resubmitted' })
    expect([answer.status, answer.body]).toEqual([400, ['New status equals the current one.']])
  })
})

test.each([
  [{}, { new_status: ['This field is required.'] }],
  [{ new_status: 'In Review' }, { new_status: ['Allowed targets: Approved, Declined, Resubmitted.'] }],
  [{ new_status: 'approved' }, { new_status: ['"approved" is not a valid choice.'] }],
  [{ new_status: 'Approved', comment: 7 }, { comment: ['Not a valid string.'] }],
  [{ new_status: 'Declined', send_email: true }, { email_address: ['Required when send_email is true.'] }],
  [{ new_status: 'Declined', email_address: 'ada' }, { email_address: ['Enter a valid email address.'] }],
  [{ new_status: 'Declined', send_email: 'yes' }, { send_email: ['Must be a valid boolean.'] }],
  // The nodes are validated even when nothing is resubmitted.
  [
    { new_status: 'Declined', nodes_to_resubmit: [{ node_id: 'feature_ocr_1', feature: 'BOGUS' }] },
    { nodes_to_resubmit: [{ feature: ['"BOGUS" is not a valid choice.'] }] },
  ],
  [
    {
      new_status: 'Resubmitted',
      nodes_to_resubmit: [{ node_id: 'feature_ocr_1', feature: 'OCR' }, { feature: 'AML' }],
    },
    { nodes_to_resubmit: [{}, { node_id: ['This field is required.'] }] },
  ],
  [
    { new_status: 'Resubmitted', nodes_to_resubmit: ['OCR', { node_id: 7, feature: ['OCR'] }] },
    {
      nodes_to_resubmit: [
        { non_field_errors: ['Invalid data. Expected a dictionary.'] },
        { node_id: ['Not a valid string.'], feature: ['"OCR" is not a valid choice.'] },
      ],
    },
  ],
  [{ new_status: 'Resubmitted', nodes_to_resubmit: 'OCR' }, { nodes_to_resubmit: ['Expected a list of items.'] }],
  [
    { new_status: 'Resubmitted', nodes_to_resubmit: [{ node_id: 'feature_kyb_1', feature: 'KYB_REGISTRY' }] },
    { nodes_to_resubmit: expect.stringContaining('KYB_REGISTRY') },
  ],
  [
    { new_status: 'Resubmitted', nodes_to_resubmit: [{ node_id: 'feature_poa_1', feature: 'POA' }] },
    { nodes_to_resubmit: 'Nothing to resubmit.' },
  ],
  [['Approved'], { non_field_errors: ['Invalid data. Expected a dictionary.'] }],
])('refuses %j by naming the field', async (body, errors) => {
  const { create, update, statusOf } = setUp()
  const id = await create({}, 'In Review')
  const answer = await update(id, body)
  expect([answer.status, answer.body]).toEqual([400, errors])
  expect(statusOf(id)).toBe('In Review')
})

test('does not find a session of another application, and answers a malformed id with a page', async () => {
  const { create, update, call } = setUp()
  const foreign = await create({}, 'In Review', 'k-partner')
  for (const id of [unknownId, foreign]) {
    const answer = await update(id, { new_status: 'Approved' })
    expect([answer.status, answer.body]).toEqual([404, { detail: 'Not found.' }])
  }
  const answer = await update('7', { new_status: 'Approved' })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
  expect((await call('GET', `/v3/session/${foreign}/update-status/`)).status).toBe(405)
  expect((await call('PATCH', `/v3/session/${foreign}/update-status`, { body: {} })).status).toBe(301)
})

test('accepts an id in upper case', async () => {
  const { create, update, statusOf } = setUp()
  const id = await create({}, 'In Review')
  expect((await update(id.toUpperCase(), { new_status: 'Approved' })).body).toEqual({ session_id: id })
  expect(statusOf(id)).toBe('Approved')
})

test('stores the e-mail that Didit would have sent', async () => {
  const { create, update, control } = setUp()
  const id = await create({}, 'In Review')
  const email = { send_email: true, email_address: 'ilse@example.com', email_language: 'es' }
  await update(id, { new_status: 'Declined', ...email })
  expect(control.mails()).toEqual([
    { sessionId: id, to: 'ilse@example.com', about: 'Declined', language: 'es', at: Date.UTC(2026, 9, 26, 8) },
  ])
})

describe('resubmitting', () => {
  test('chosen steps clears their data, lists them in the order of the workflow, and opens the same page', async () => {
    const { create, update, decision, control, events, emulator } = setUp()
    const id = await create({}, 'Declined')
    await control.clock({ advanceSeconds: 6 * 86_400 })
    const nodes = [
      { node_id: 'feature_liveness_1', feature: 'LIVENESS' },
      { node_id: 'feature_ocr_1', feature: 'ID_VERIFICATION' },
    ]
    const answer = await update(id, { new_status: 'Resubmitted', nodes_to_resubmit: nodes, comment: 'Too dark' })
    expect([answer.status, answer.body]).toEqual([200, { session_id: id }])
    const sent = await decision(id)
    expect([sent.status, sent.id_verifications, sent.liveness_checks]).toEqual(['Resubmitted', null, null])
    expect(sent.face_matches).toHaveLength(1)
    expect(sent.expires_at).toBe('2026-11-08T08:00:00.000000Z')
    await control.idle()
    expect(events.at(-1)).toMatchObject({
      status: 'Resubmitted',
      resubmit_info: {
        nodes_to_resubmit: [
          { node_id: 'feature_ocr_1', feature: 'OCR' },
          { node_id: 'feature_liveness_1', feature: 'LIVENESS' },
        ],
        reasons: { feature_ocr_1: expect.any(String), feature_liveness_1: expect.any(String) },
      },
    })

    const page = await emulator.fetch(new Request(sent.session_url))
    expect([page.status, await page.text()]).toEqual([200, expect.not.stringContaining('Already finished')])
    control.finish(id, 'In Progress')
    control.finish(id, 'Approved')
    expect((await decision(id)).id_verifications).toHaveLength(1)
  })

  test('without chosen steps picks the attempts that are not approved', async () => {
    const { create, update, control, events, decision } = setUp()
    const id = await create({}, 'Declined')
    const before = await decision(id)
    const isOpen = ({ status }: { status: string }) => ['Declined', 'In Review'].includes(status)
    expect(before.id_verifications.some(isOpen)).toBe(true)
    await update(id, { new_status: 'Resubmitted' })
    await control.idle()
    const sentBack = events.at(-1)?.resubmit_info as { nodes_to_resubmit: { feature: string }[] } | undefined
    const nodes = sentBack?.nodes_to_resubmit ?? []
    expect(nodes).toContainEqual({ node_id: before.id_verifications[0].node_id, feature: 'OCR' })
    expect(nodes.map(({ feature }) => feature)).not.toContain('LIVENESS')
  })

  test('finds no steps when everything is approved or nothing was attempted', async () => {
    const { create, update } = setUp()
    for (const status of ['Approved', 'Abandoned'] as const) {
      const answer = await update(await create({}, status), { new_status: 'Resubmitted', nodes_to_resubmit: [] })
      expect([answer.status, answer.body]).toEqual([400, { nodes_to_resubmit: 'Nothing to resubmit.' }])
    }
  })

  test('gives the link its full lifetime again', async () => {
    const { create, update, control, statusOf } = setUp()
    const id = await create({}, 'Declined')
    await control.clock({ advanceSeconds: 6 * 86_400 })
    await update(id, { new_status: 'Resubmitted' })
    await control.clock({ advanceSeconds: 6 * 86_400 })
    expect(statusOf(id)).toBe('Resubmitted')
    await control.clock({ advanceSeconds: 86_400 })
    expect(statusOf(id)).toBe('Abandoned')
  })

  test('steps without input runs them at once, but not again within thirty seconds', async () => {
    const { create, update, control, sent, statusOf } = setUp()
    const id = await create({}, 'In Review')
    const rerun = { new_status: 'Resubmitted', nodes_to_resubmit: [{ node_id: 'feature_aml_1', feature: 'AML' }] }
    expect((await update(id, rerun)).status).toBe(200)
    expect(await sent()).toEqual(['In Review', 'Resubmitted', 'Approved'])
    await control.clock({ advanceSeconds: 10 })
    const again = await update(id, rerun)
    expect([again.status, again.headers.get('retry-after')]).toEqual([429, '20'])
    expect(statusOf(id)).toBe('Approved')
    await control.clock({ advanceSeconds: 20 })
    expect((await update(id, rerun)).status).toBe(200)
  })

  test('an age estimation has to be requested', async () => {
    const { create, update } = setUp()
    const id = await create({ workflow_id: workflowEnding('556') }, 'Declined')
    expect((await update(id, { new_status: 'Resubmitted' })).status).toBe(400)
    const nodes = [{ node_id: 'feature_age_1', feature: 'AGE_ESTIMATION' }]
    expect((await update(id, { new_status: 'Resubmitted', nodes_to_resubmit: nodes })).status).toBe(200)
  })
})
