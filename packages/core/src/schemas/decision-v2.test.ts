import { describe, expect, test } from 'vitest'
import { read } from '../../testing/sample-schemas.ts'
import { decisionBlocks, decisionSchema } from './decision.ts'
import { decisionV1Schema, normaliseDecision } from './decision-v2.ts'
import { importedSessionSchema, normaliseImportedSession } from './session-share.ts'
import { webhookEventSchemas } from './webhook-events.ts'

const { metadata: _, ...event } = read('webhook.legacy-v2.json')
const v1 = read('webhook.legacy-v1.json').decision as Record<string, unknown>
const v2 = read('import-shared.response.v2-shape.json')
const v3 = read('import-shared.response.v3-shape.json')

/** Fields that version 2 does not have. */
const unsaid = ['environment', 'expected_details', 'contact_details', 'shared_from_session']

describe('an import', () => {
  test('comes to the same in both of its shapes', () => {
    const expected = structuredClone(v3)
    for (const name of unsaid) delete expected[name]
    for (const block of decisionBlocks) {
      const checks = expected[block]
      if (Array.isArray(checks)) for (const check of checks) delete check.node_id
      // Version 2 leaves out checks that did not run.
      else delete expected[block]
    }
    expect(importedSessionSchema.parse(v2)).toEqual(expected)
    expect(normaliseImportedSession(v2)).toEqual(expected)
  })

  test('of today is left as it is, and tells the original', () => {
    expect(normaliseImportedSession(v3)).toStrictEqual(v3)
    expect(normaliseImportedSession(v3).shared_from_session).toBe('1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31')
  })

  test('is read twice with the same result', () => {
    expect(normaliseImportedSession(normaliseImportedSession(v2))).toEqual(normaliseImportedSession(v2))
  })

  test.each([null, 'text', [], {}, { session_id: 'none', status: 'Approved' }])('is not read from %j', (raw) => {
    expect(importedSessionSchema.safeParse(raw).success).toBe(false)
    expect(() => normaliseImportedSession(raw)).toThrow()
  })
})

describe('a Decision of version 2', () => {
  test('is read into today’s shape within its event', () => {
    const { decision } = webhookEventSchemas['status.updated'].parse(event)
    expect(decision?.id_verifications?.[0]?.first_name).toBe('Ilse')
    expect(decision?.face_matches?.[0]?.score).toBe(93.4)
    expect(decision?.aml_screenings).toBeNull()
    expect(decision?.session_kind).toBe('user')
    for (const name of ['id_verification', 'liveness', 'aml', 'phone', 'questionnaire']) {
      expect(decision).not.toHaveProperty(name)
    }
  })

  test('keeps what its database validation matched', () => {
    const database_validation = { status: 'Approved', validations: { full_name: 'full_match' } }
    const decision = decisionSchema.parse(normaliseDecision({ ...v2, database_validation }))
    expect(decision.database_validations).toEqual([
      { status: 'Approved', validations: [{ validation: { full_name: 'full_match' } }] },
    ])
  })

  test('that lists a check already keeps the list', () => {
    const between = { ...v2, aml_screenings: [{ status: 'Declined' }] }
    expect(normaliseDecision(between)).toMatchObject({ aml_screenings: [{ status: 'Declined' }] })
  })

  test('keeps a field that only has the name of a check', () => {
    const odd = { session_id: v2.session_id, status: 'Approved', phone: '+447700900142', email: ['ilse@example.com'] }
    expect(normaliseDecision(odd)).toBe(odd)
  })
})

test('a Decision of version 1 is read into today’s shape', () => {
  const decision = decisionSchema.parse(normaliseDecision(v1))
  expect(decision.id_verifications).toEqual([v1.kyc])
  expect(decision.liveness_checks).toBeNull()
  expect(decisionV1Schema.parse(v1).kyc?.last_name).toBe('Varga-Nørgaard')
})

test('normalising changes nothing of what it is given', () => {
  const before = structuredClone(v2)
  normaliseDecision(v2)
  expect(v2).toEqual(before)
})
