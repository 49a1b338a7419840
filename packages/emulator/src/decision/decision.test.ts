import { decisionSchema, type KnownSessionStatus, sessionStatuses } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../index.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { seedApplications, type Workflow, workflows } from '../sessions/workflows.ts'
import { decisionOf } from './decision.ts'

const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

function setUp() {
  const emulator = createEmulator({ apiKey: 'k', seed: 1, now: () => Date.parse('2026-10-26T08:00:00.250Z') })
  running.push(emulator)
  const call = async (path: string, init: RequestInit = {}) =>
    (
      await emulator.fetch(
        new Request(emulator.url + path, {
          ...init,
          headers: { 'x-api-key': 'k', 'content-type': 'application/json' },
        }),
      )
    ).json()
  async function decide(ending: string, status: KnownSessionStatus, body: Record<string, unknown> = {}) {
    const workflow_id = `11111111-2222-3333-4444-555555555${ending}`
    const { session_id } = await call('/v3/session/', {
      method: 'POST',
      body: JSON.stringify({ workflow_id, portrait_image: 'AAAA', ...body }),
    })
    emulator.control.finish(session_id, 'In Progress')
    emulator.control.finish(session_id, status)
    return call(`/v3/session/${session_id}/decision/`)
  }
  return { emulator, decide }
}

const blocksOf = (decision: Record<string, unknown>) =>
  Object.keys(decision).filter(
    (name) =>
      /_(verifications|checks|matches|documents|responses|screenings|analyses|validations)$/.test(name) &&
      decision[name] !== null,
  )

test.each([
  ['555', ['id_verifications', 'liveness_checks', 'face_matches', 'aml_screenings', 'ip_analyses']],
  ['556', ['liveness_checks', 'ip_analyses']],
  ['557', ['liveness_checks', 'face_matches', 'ip_analyses']],
  ['558', ['poa_verifications', 'ip_analyses']],
  ['559', ['questionnaire_responses', 'ip_analyses']],
  ['55a', ['phone_verifications', 'email_verifications', 'ip_analyses']],
  ['55b', ['registry_checks', 'document_verifications', 'key_people_checks']],
  [
    '55c',
    [
      'id_verifications',
      'nfc_verifications',
      'liveness_checks',
      'face_matches',
      'phone_verifications',
      'email_verifications',
      'poa_verifications',
      'questionnaire_responses',
      'aml_screenings',
      'ip_analyses',
      'database_validations',
    ],
  ],
])('workflow …%s has the blocks of its own checks, all of them approved', async (ending, names) => {
  const decision = await setUp().decide(ending, 'Approved')
  expect(blocksOf(decision)).toEqual(names)
  for (const name of names) expect([name, decision[name][0].status]).toEqual([name, 'Approved'])
})

test.each(workflows.map(({ workflowId, label }) => [workflowId.slice(-3), label]))(
  'workflow …%s (%s) is never worse than its status says, and says why',
  async (ending) => {
    const { decide } = setUp()
    for (const status of sessionStatuses) {
      const decision = await decide(ending, status)
      const checks = blocksOf(decision).map((name) => decision[name][0])
      const worst = ['Declined', 'In Review'].find((word) => checks.some((check) => check.status === word))
      const expected =
        status === 'Resubmitted' ? 'In Review' : ['Declined', 'In Review'].find((word) => word === status)
      expect([status, worst]).toEqual([status, expected])
      for (const check of checks) {
        const levels = (check.warnings ?? []).map((warning: { log_type: string }) => warning.log_type)
        const level = { Declined: ['error'], 'In Review': ['warning'] }[check.status as string] ?? []
        if (check.warnings !== undefined)
          expect([status, check.node_id, levels]).toEqual([status, check.node_id, level])
      }
    }
  },
)

test.each(workflows.map(({ workflowId, label }) => [workflowId.slice(-3), label]))(
  'nothing in a decision of workflow …%s (%s) is of a type that a reader would not expect',
  async (ending) => {
    const { decide } = setUp()
    for (const status of sessionStatuses) {
      // The schema turns a field of a wrong type into null, so any difference shows a wrong field.
      const decision = await decide(ending, status, { vendor_data: `user of ${status}`, metadata: { plan: 'gold' } })
      expect(decisionSchema.parse(decision)).toEqual(decision)
    }
  },
)

test('each vendor_data always has the same person, with the expected name', async () => {
  const { decide } = setUp()
  const users = Array.from({ length: 24 }, (_user, index) => `user-${index % 20}`)
  const shown = await Promise.all(
    users.map(async (vendor_data) => (await decide('55c', 'Approved', { vendor_data })).id_verifications[0]),
  )
  expect(shown[20].full_name).toBe(shown[0].full_name)
  expect(new Set(shown.map(({ full_name }) => full_name)).size).toBe(6)
  // Two users with one name differ in these fields, which the blocklist compares.
  for (const field of ['document_number', 'personal_number']) {
    expect([field, new Set(shown.map((document) => document[field])).size]).toEqual([field, 20])
  }
  expect(new Set(shown.map(({ full_name, date_of_birth }) => `${full_name} ${date_of_birth}`)).size).toBe(20)
  const { id_verifications, aml_screenings } = await decide('555', 'Approved', {
    expected_details: { first_name: 'Ilse', last_name: 'Nørgaard', date_of_birth: '2000-10-27', nationality: 'DNK' },
  })
  expect(id_verifications[0]).toMatchObject({
    full_name: 'Ilse Nørgaard',
    age: 25,
    issuing_state: 'DNK',
    issuing_state_name: 'Denmark',
    mrz: { surname: 'NOERGAARD', nationality: 'DNK', document_number: id_verifications[0].document_number },
  })
  expect(aml_screenings[0].screened_data).toMatchObject({ full_name: 'Ilse Nørgaard', nationality: 'DK' })
})

test('the expected document is the one in the decision', async () => {
  const { decide } = setUp()
  const shown = async (code: string) => {
    const expected_details = { expected_document_types: [code] }
    return (await decide('555', 'Approved', { expected_details })).id_verifications[0]
  }
  const [passport, card, licence] = [await shown('p'), await shown('ID'), await shown('DL')]
  expect(passport).toMatchObject({
    document_type: 'Passport',
    mrz: { mrz_type: 'TD3' },
    back_image_quality_score: null,
  })
  expect(passport).not.toHaveProperty('back_image')
  expect(card).toMatchObject({ document_type: 'Identity Card', mrz: { mrz_type: 'TD1' } })
  expect(card.back_image).toContain('/back.svg?')
  expect(licence).toMatchObject({
    document_type: "Driver's License",
    mrz: null,
    extra_fields: { dl_categories: ['AM', 'B'] },
  })
})

test('a document that expired after the approval is the only check that is not approved', async () => {
  const decision = await setUp().decide('555', 'Kyc Expired')
  expect(decision.id_verifications[0]).toMatchObject({ status: 'Expired', warnings: [] })
  expect(decision.id_verifications[0].expiration_date < '2026-10-26').toBe(true)
})

test('a document that expired by time keeps its dates', async () => {
  const { emulator, decide } = setUp()
  await decide('555', 'Approved')
  const years = Array.from({ length: 10 }, () => emulator.control.clock({ advanceSeconds: 31_536_000 }))
  await Promise.all(years)
  const decision = await decide('555', 'Kyc Expired')
  expect(decision.id_verifications[0]).toMatchObject({ status: 'Expired', expiration_date: '2036-01-31' })
})

test('contact details are those that the Session was created with', async () => {
  const contact_details = { phone: '+45 32 12 34 56', email: 'somebody@example.com' }
  const decision = await setUp().decide('55a', 'Approved', { contact_details })
  expect(decision.phone_verifications[0]).toMatchObject({
    full_number: '+4532123456',
    phone_number_prefix: '+45',
    phone_number: '32123456',
    country_code: 'DK',
  })
  expect(decision.email_verifications[0].email).toBe('somebody@example.com')
})

test('the score of a watch-list match is consistent with its parts', async () => {
  const { aml_screenings } = await setUp().decide('555', 'Declined')
  const [hit] = aml_screenings[0].hits
  const { name_contribution, dob_contribution, country_contribution, total_score } = hit.score_breakdown
  expect(name_contribution + dob_contribution + country_contribution).toBe(total_score)
  expect(hit.match_score).toBe(total_score)
  expect([aml_screenings[0].total_hits, aml_screenings[0].score]).toEqual([1, hit.risk_score])
})

test('distances are calculated between the known places', async () => {
  const { ip_analyses } = await setUp().decide('55c', 'Approved')
  const { ip, id_document, poa_document } = ip_analyses[0]
  expect(ip.distance_from_id_document).toBeGreaterThan(0)
  expect(ip.distance_from_id_document).toBeLessThan(20)
  expect(id_document).toMatchObject({ distance_from_ip: ip.distance_from_id_document, distance_from_poa_document: 0 })
  expect(poa_document.location).toEqual(id_document.location)
  expect((await setUp().decide('559', 'Approved')).ip_analyses[0].id_document).toEqual({
    location: null,
    distance_from_ip: null,
    distance_from_poa_document: null,
  })
})

test('has countries in two and in three letters', async () => {
  const { decide } = setUp()
  const of = async (nationality: string) => {
    const { aml_screenings, id_verifications } = await decide('555', 'Approved', { expected_details: { nationality } })
    return [aml_screenings[0].screened_data.nationality, id_verifications[0].issuing_state_name]
  }
  expect(await of('AUT')).toEqual(['AT', 'Austria'])
  expect(await of('UTO')).toEqual(['XU', 'Utopia'])
  expect(await of('QQQ')).toEqual(['QQ', 'QQQ']) // not in the list
})

test('a proof that is too old names the greatest accepted age', async () => {
  const { poa_verifications } = await setUp().decide('558', 'Declined')
  expect(poa_verifications[0]).toMatchObject({
    issue_date: '2025-09-21',
    warnings: [{ additional_data: { max_age_months: 3, document_type: 'UTILITY_BILL', issue_date: '2025-09-21' } }],
  })
})

test('a company waits for its people, and its register data is there meanwhile', async () => {
  const { decide } = setUp()
  const expected_details = { company_name: 'Kites & Co', registration_number: 'K-1', registry_country: 'GB-ENG' }
  const waiting = await decide('55b', 'Awaiting User', { vendor_data: 'm1', expected_details })
  expect(waiting).toMatchObject({ session_kind: 'business', expires_at: null, expected_details })
  expect(waiting).not.toHaveProperty('id_verifications')
  expect(waiting.registry_checks[0].company).toMatchObject({
    company_name: 'Kites & Co',
    registration_number: 'K-1',
    country_code: 'GB',
    location_of_registration: 'United Kingdom',
  })
  expect(waiting.key_people_checks[0]).toMatchObject({
    status: 'Not Finished',
    ubo_kyc_summary: { total: 1, approved: 0, flagged: 0, pending: 1 },
  })
  expect(waiting.key_people_checks[0].registry.officers).toMatchObject([{ kyc_status: 'In Progress' }])
  const approved = await decide('55b', 'Approved', { vendor_data: 'm2' })
  expect(approved.key_people_checks[0].ubo_kyc_summary).toEqual({ total: 1, approved: 1, flagged: 0, pending: 0 })
  const declined = await decide('55b', 'Declined', { vendor_data: 'm3' })
  expect(declined.registry_checks[0].warnings).toMatchObject([{ feature: 'KYB_REGISTRY', risk: 'DATA_INCONSISTENT' }])
})

describe('decision of a stored Session', () => {
  /** Creates the parts of a stored Session that a decision is made from. */
  const stored = (more: Partial<StoredSession> = {}) =>
    ({
      sessionId: '00000000-0000-4000-8000-000000000001',
      sessionNumber: 1,
      token: 'tokentokento',
      url: 'http://localhost:4100/session/tokentokento',
      application: seedApplications('k')[0],
      workflow: workflows.at(-1),
      request: {
        workflowId: '',
        vendorData: 'u1',
        callback: null,
        metadata: null,
        language: null,
        contactDetails: null,
        expectedDetails: null,
        hasPortrait: false,
        sandboxScenario: null,
      },
      createdAt: 1_793_000_000_000,
      expiresAt: 1_794_000_000_000,
      reviews: [],
      metadata: null,
      callback: null,
      status: 'Approved',
      findings: [],
      sharedFrom: null,
      started: true,
      ...more,
    }) as unknown as StoredSession
  // biome-ignore lint/suspicious/noExplicitAny: what a client would read, field by field
  const read = (session: StoredSession): any => decisionOf(session, 'live', 1_793_000_600_000)

  test.each([
    ['FACE_IN_BLOCKLIST', 'liveness_checks', 'LIVENESS'],
    ['ID_DOCUMENT_IN_BLOCKLIST', 'id_verifications', 'ID_VERIFICATION'],
    ['PHONE_NUMBER_IN_BLOCKLIST', 'phone_verifications', 'PHONE'],
    ['EMAIL_IN_BLOCKLIST', 'email_verifications', 'EMAIL'],
  ] as const)('%s declines the check that found it and no other', (finding, block, feature) => {
    const decision = read(stored({ status: 'Declined', findings: [finding] }))
    const declined = blocksOf(decision).filter((name) => decision[name][0].status === 'Declined')
    expect(declined).toEqual([block])
    expect(decision[block][0].warnings).toMatchObject([{ risk: finding, feature, log_type: 'error' }])
    if (block !== 'id_verifications') expect(decision[block][0].matches).toMatchObject([{ is_blocklisted: true }])
  })

  test('an import has the person of the original and that person’s input', () => {
    const first = stored({ run: { documentType: 'DL', email: 'typed@example.com', answers: { question_6: 'Diver' } } })
    const request = { ...first.request, vendorData: 'of the partner' }
    const workflow = workflows[0] as Workflow
    const copy = stored({ sharedFrom: first, request, workflow, sessionId: '00000000-0000-4000-8000-000000000002' })
    const decision = read(copy)
    expect(decision.session_url).toBeNull()
    expect(decision.id_verifications[0].full_name).toBe(read(first).id_verifications[0].full_name)
    expect(decision.id_verifications[0].document_type).toBe("Driver's License")
    expect(decision.email_verifications[0].email).toBe('typed@example.com')
    const answers = decision.questionnaire_responses[0].sections[0].items
    expect(answers[5]).toMatchObject({ title: 'Occupation', answer: { value: 'Diver' } })
    expect(decision.id_verifications[0].front_image).toContain(copy.sessionId)
  })

  test('wrong codes precede the right one in the history', () => {
    const [phone] = read(stored({ run: { phoneAttempts: 3 } })).phone_verifications
    expect(phone.verification_attempts).toBe(3)
    expect(phone.lifecycle.map((entry: { type: string }) => entry.type)).toEqual([
      'PHONE_VERIFICATION_MESSAGE_SENT',
      'INVALID_CODE_ENTERED',
      'INVALID_CODE_ENTERED',
      'VALID_CODE_ENTERED',
      'PHONE_VERIFICATION_APPROVED',
    ])
  })

  test('the estimate is the age from the picture, unless the Session was declined for it', () => {
    const workflow = workflows.find(({ steps }) => steps.includes('age')) as Workflow
    const shown = (status: KnownSessionStatus, ageEstimate: number) =>
      read(stored({ workflow, status, run: { ageEstimate } })).liveness_checks[0].age_estimation
    expect([shown('Approved', 22), shown('Declined', 22), shown('Declined', 12)]).toEqual([22, 15.2, 12])
  })

  test('an age check has a document only if one was needed', () => {
    const workflow = workflows.find(({ steps }) => steps.includes('age')) as Workflow
    expect(read(stored({ workflow })).id_verifications).toBeNull()
    expect(read(stored({ workflow, run: { documentType: 'ID' } })).id_verifications).toMatchObject([
      { document_type: 'Identity Card' },
    ])
  })
})
