import { describe, expect, test } from 'vitest'
import { filesOf, fixtures, read, readElsewhere, samples } from '../../testing/sample-schemas.ts'
import { decisionBlocks, decisionSchema } from './decision.ts'
import { createdSessionSchema } from './session.ts'
import { webhookEventSchema } from './webhook-event.ts'

const cases = samples.flatMap(([name, schema, ...prefixes]) =>
  filesOf(prefixes).map((file) => [file, name, schema] as const),
)

test('no fixture is without a schema, and no schema without a fixture', () => {
  const known = new Set([...cases.map(([file]) => file), ...filesOf(Object.keys(readElsewhere))])
  expect([...fixtures.keys()].filter((file) => !known.has(file))).toEqual([])
  expect(samples.filter(([, , ...prefixes]) => filesOf(prefixes).length === 0)).toEqual([])
  expect(fixtures.size).toBeGreaterThan(90)
})

test('each kind of webhook has a schema of its own beside the one of all', () => {
  const events = filesOf(['webhook.'])
  // Version 2 differs in its Decision, which is read into today's shape: `decision-v2.test.ts`.
  const typed = cases.filter(([, name]) => name !== 'webhookEvent').map(([file]) => file)
  expect(events.filter((file) => !typed.includes(file))).toEqual(['webhook.legacy-v2.json'])
})

test.each(cases)('%s is read as %s and comes back whole', (file, _, schema) => {
  expect(schema.parse(read(file))).toStrictEqual(read(file))
})

// A field of a newer version may appear at any level.
test.each(cases)('%s is read as %s with an unknown field', (file, _, schema) => {
  const newer = { ...read(file), field_of_tomorrow: { deep: [1, null] } }
  expect(schema.parse(newer)).toEqual(newer)
})

describe('a Decision', () => {
  test('is read when everything but id and status is null', () => {
    const blank = Object.fromEntries(Object.keys(read('decision.full.json')).map((key) => [key, null]))
    const decision = { ...blank, session_id: '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31', status: 'Approved' }
    expect(decisionSchema.parse(decision)).toEqual(decision)
  })

  test('is read when every field inside its checks is null', () => {
    const full = read('decision.full.json')
    for (const name of decisionBlocks) {
      const checks = full[name]
      if (!Array.isArray(checks)) continue
      full[name] = checks.map((check) => Object.fromEntries(Object.keys(check).map((key) => [key, null])))
    }
    expect(decisionSchema.parse(full)).toEqual(full)
  })

  test.each([
    ['a number as text', { session_number: '7311' }, { session_number: null }],
    ['a block that is no list', { id_verifications: 'see attachment' }, { id_verifications: null }],
    [
      'a warning with a code in digits',
      { nfc_verifications: [{ warnings: [{ risk: 7, log_type: 'error' }] }] },
      { nfc_verifications: [{ warnings: [{ risk: null, log_type: 'error' }] }] },
    ],
    ['reviews that are no list', { reviews: 0, expires_at: 1793000000 }, { reviews: null, expires_at: null }],
  ])('is read with %s, which reads as null', (_, odd, expected) => {
    const right = { session_id: '11111111-2222-3333-4444-555555555555', status: 'Approved' }
    expect(decisionSchema.parse({ ...right, ...odd })).toStrictEqual({ ...right, ...expected })
  })

  test('is read without the odd items of its lists, and with the others', () => {
    const right = { session_id: '11111111-2222-3333-4444-555555555555', status: 'Approved' }
    const odd = {
      features: ['AML', 7, null],
      face_matches: [null, { score: 93.4, warnings: ['odd', { risk: 'LOW_LIVENESS_SCORE' }] }, 'odd'],
      aml_screenings: [{ hits: [{ datasets: [['PEP'], 'PEP'], properties: { name: ['Ilse', 7], title: 'Dr' } }] }],
    }
    expect(decisionSchema.parse({ ...right, ...odd })).toStrictEqual({
      ...right,
      features: ['AML'],
      face_matches: [{ score: 93.4, warnings: [{ risk: 'LOW_LIVENESS_SCORE' }] }],
      aml_screenings: [{ hits: [{ datasets: ['PEP'], properties: { name: ['Ilse'], title: 'Dr' } }] }],
    })
  })

  test('keeps metadata of any JSON type, features as objects and a status of tomorrow', () => {
    const decision = {
      session_id: '11111111-2222-3333-4444-555555555555',
      status: 'Half Approved',
      metadata: '{"plan":"gold"}',
      features: [{ feature: 'EMAIL', node_id: 'feature_email_1' }],
    }
    expect(decisionSchema.parse(decision)).toEqual(decision)
  })

  test.each([
    ['no status', { session_id: '11111111-2222-3333-4444-555555555555' }],
    ['an empty status', { session_id: '11111111-2222-3333-4444-555555555555', status: '' }],
    ['no id', { status: 'Approved' }],
    ['an id that is none', { session_id: 'undefined', status: 'Approved' }],
    ['a list', []],
    ['a page of HTML', '<!doctype html>'],
  ])('is not read from %s', (_, value) => {
    expect(decisionSchema.safeParse(value).success).toBe(false)
  })
})

describe('a created Session', () => {
  test('is read when a scoped key blanks out its address and token', () => {
    const session = { ...read('create-session.response.kyc.json'), url: null, session_token: null }
    expect(createdSessionSchema.parse(session)).toEqual(session)
  })

  test('is read in the older form, without metadata and version', () => {
    const { metadata: _, workflow_version: __, ...older } = read('create-session.response.kyc.json')
    expect(createdSessionSchema.parse(older)).toEqual(older)
  })
})

describe('a webhook', () => {
  test('is read when its decision holds an odd block', () => {
    const event = { ...read('webhook.status-updated.approved.json'), decision: { id_verifications: 'see attachment' } }
    expect(webhookEventSchema.parse(event)).toEqual(event)
  })

  test('is read with fields of odd types, which read as null, as long as it says what happened', () => {
    const event = { session_id: '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31', status: 'Approved', timestamp: 1793000000 }
    expect(
      webhookEventSchema.parse({ ...event, workflow_version: '3', changed_fields: 'all', decision: [] }),
    ).toStrictEqual({
      ...event,
      workflow_version: null,
      changed_fields: null,
      decision: null,
    })
  })

  test('takes no field from a key called __proto__', () => {
    const event = webhookEventSchema.parse(JSON.parse('{"__proto__":{"status":"Approved"},"session_kind":"user"}'))
    expect(event.status).toBeUndefined()
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype)
    expect(({} as { status?: unknown }).status).toBeUndefined()
  })

  test('is read when the steps to repeat are plain names', () => {
    const event = { status: 'Resubmitted', resubmit_info: { nodes_to_resubmit: ['feature_ocr_1'], reasons: null } }
    expect(webhookEventSchema.parse(event)).toEqual(event)
  })

  test.each([
    ['a list', []],
    ['a text', 'Approved'],
    ['null', null],
    ['a session_id in digits', { session_id: 7311 }],
  ])('is not read from %s', (_, value) => {
    expect(webhookEventSchema.safeParse(value).success).toBe(false)
  })
})
