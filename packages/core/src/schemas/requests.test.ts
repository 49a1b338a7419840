import { describe, expect, test } from 'vitest'
import type * as z from 'zod/mini'
import {
  blocklistAddRequestSchema,
  blocklistRemoveRequestSchema,
  listBlocklistQuerySchema,
} from './blocklist-requests.ts'
import {
  createSessionRequestSchema,
  deleteSessionRequestSchema,
  importSharedRequestSchema,
  listSessionsQuerySchema,
  resubmittableFeatures,
  shareSessionRequestSchema,
  updateStatusRequestSchema,
} from './session-requests.ts'
import {
  ageEstimationRequestSchema,
  amlRequestSchema,
  passiveLivenessRequestSchema,
  phoneCheckRequestSchema,
  phoneSendRequestSchema,
  poaRequestSchema,
} from './standalone-requests.ts'

const fixtures = Object.entries(
  import.meta.glob('../../fixtures/*.request*.json', { eager: true, import: 'default' }),
).map(([path, content]) => [path.replace(/^.*\//, ''), content] as const)

const id = '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31'

/** Each schema with bodies that use all of its fields, beside the vendor's own examples. */
const families: readonly [prefix: string, schema: z.ZodMiniType, more: readonly object[]][] = [
  ['create-session.', createSessionRequestSchema, []],
  [
    'delete-session.',
    deleteSessionRequestSchema,
    [{ retain_face_embeddings: null, face_retention_days: 3650, face_retention_deadline: '2027-01-01T00:00:00+01:00' }],
  ],
  ['update-status.', updateStatusRequestSchema, []],
  ['share.', shareSessionRequestSchema, []],
  ['import-shared.', importSharedRequestSchema, []],
  ['blocklist-add.', blocklistAddRequestSchema, []],
  ['blocklist-remove.', blocklistRemoveRequestSchema, []],
  [
    'standalone.phone-send.',
    phoneSendRequestSchema,
    [{ phone_number: '+4510203040', options: { locale: 'da' }, metadata: {} }],
  ],
  ['standalone.phone-check.', phoneCheckRequestSchema, [{ phone_number: '+4510203040', code: '0000' }]],
  [
    '(list)',
    listSessionsQuerySchema,
    [{ status: ['In Review'], limit: 1, offset: 0, workflow_id: id, date_to: '2026-02-28' }],
  ],
  ['(blocklist)', listBlocklistQuerySchema, [{ item_type: 'face', limit: 1, offset: 0 }]],
  [
    '(poa)',
    poaRequestSchema,
    [
      {
        expected_country: 'ES',
        poa_languages_allowed: ['es', 'ca'],
        poa_document_age_months: 'utility_bill:3,bank_statement:-1',
        poa_address_mismatch_action: 'NO_ACTION',
        save_api_request: true,
        metadata: { at: 1 },
      },
    ],
  ],
  [
    '(aml)',
    amlRequestSchema,
    [{ full_name: 'Ilse Varga', aml_name_weight: 0, aml_dob_weight: 0, aml_country_weight: 100 }],
  ],
  ['(age)', ageEstimationRequestSchema, [{ age_estimation_decline_threshold: 0, rotate_image: false }]],
  ['(liveness)', passiveLivenessRequestSchema, [{ face_liveness_score_decline_threshold: 30.5, vendor_data: 'u' }]],
]

const cases = families.flatMap(([prefix, schema, more]) => [
  ...fixtures.filter(([file]) => file.startsWith(prefix)).map(([file, body]) => [file, schema, body] as const),
  ...more.map((body, at) => [`${prefix} of our own, ${at}`, schema, body] as const),
])

/** Invalid bodies. */
const notSent = /^(sandbox-arm|webhook-destination)\./

test('every example of a request belongs to a schema', () => {
  const known = new Set(cases.map(([file]) => file))
  expect(fixtures.map(([file]) => file).filter((file) => !known.has(file) && !notSent.test(file))).toEqual([])
})

describe.each(cases)('%s', (_, schema, body) => {
  test('is accepted with an unknown field, and nothing of it is lost', () => {
    const newer = { ...(body as object), field_of_tomorrow: { deep: [1, null] } }
    expect(schema.parse(newer)).toStrictEqual(newer)
  })

  test('is refused where a field is wrong, in words that say what is expected and not what was given', () => {
    const secret = 'Ilse Varga 000000042'
    let refused = 0
    for (const broken of [secret, 7.5, -1, true, null, [], {}, [secret], { secret }]) {
      for (const changed of changes(body, broken)) {
        const { success, error } = schema.safeParse(changed.body)
        if (success) continue
        refused += 1
        for (const issue of error.issues) expect(issue.message).toMatch(/^Expected .+\.$/)
        expect(JSON.stringify(error.issues)).not.toContain(secret)
      }
    }
    expect(refused).toBeGreaterThan(0)
  })
})

/** The body with one value, at any depth, replaced by another. */
function* changes(value: unknown, by: unknown): Generator<{ readonly body: unknown }> {
  yield { body: by }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    for (const { body } of changes(inner, by)) {
      const copy = structuredClone(value) as Record<string, unknown>
      copy[key] = body
      yield { body: copy }
    }
  }
}

test('a resubmission names steps that Didit takes, under each of their names', () => {
  for (const feature of resubmittableFeatures) {
    const body = { new_status: 'Resubmitted', nodes_to_resubmit: [{ node_id: 'feature_1', feature }] }
    expect(updateStatusRequestSchema.safeParse(body).success).toBe(true)
  }
})

test.each([
  [{ date_from: '2026-02-29' }, false],
  [{ date_from: '2028-02-29' }, true],
  [{ date_from: '2026-11-24', date_to: '2026-11-24' }, true],
  [{ status: 'In Review,Approved' }, true],
  [{ status: 'In Review, Approved' }, false],
  [{ status: ['In Review', ' Approved'] }, false],
  [{ document_name: 'Spain - Passport, old' }, true],
  [{ document_name: ['Spain - Passport', ''] }, false],
  [{ status: 'In Review,' }, false],
  [{ status: [] }, false],
  [{ country: 'ESP,,DNK' }, false],
  [{ session_kind: 'all' }, true],
])('a list with %j is taken: %s', (query, isTaken) => {
  expect(listSessionsQuerySchema.safeParse(query).success).toBe(isTaken)
})

test.each([
  ['2027-01-01T00:00:00Z', true],
  ['2027-01-01T00:00:00.123+02:00', true],
  ['2027-01-01', false],
  ['2027-01-01T00:00:00', false],
  ['2027-13-01T00:00:00Z', false],
])('the deadline %s is taken: %s', (face_retention_deadline, isTaken) => {
  expect(deleteSessionRequestSchema.safeParse({ face_retention_deadline }).success).toBe(isTaken)
})

test.each([
  ['plain', 'ada@example.com', true],
  ['long', `${'a'.repeat(64)}@${'example.'.repeat(23)}com`, true],
  ['without a dot', 'ada@example', false],
  ['with a blank', 'ada @example.com', false],
  // The value may come from user input, and a slow check would block all other users.
  ['endless', `a@${'.'.repeat(100_000)} `, false],
])('an e-mail address that is %s is taken for what it is', (_, email, isTaken) => {
  const body = { workflow_id: id, contact_details: { email } }
  expect(createSessionRequestSchema.safeParse(body).success).toBe(isTaken)
})
