import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { JsonObject } from '../runtime/json.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { businessRow, userRow } from './session-row.ts'

const decisionFrom = (name: string): JsonObject =>
  JSON.parse(readFileSync(new URL(`../../../core/fixtures/decision.${name}.json`, import.meta.url), 'utf8'))

/** Creates the parts of a Session that a row needs. */
const sessionOf = (decision: JsonObject) =>
  ({
    sessionId: decision.session_id,
    sessionNumber: decision.session_number,
    status: decision.status,
    createdAt: Date.UTC(2026, 9, 26, 4, 41, 7, 318),
    application: { applicationId: 'main' },
    request: { vendorData: decision.vendor_data, expectedDetails: null },
    workflow: { workflowId: decision.workflow_id, label: 'Standard business check', features: decision.features },
  }) as unknown as StoredSession

test('a decision with every block becomes a row with all its fields', () => {
  const decision = decisionFrom('full')
  const row = userRow(sessionOf(decision), decision)
  expect(row).toMatchObject({
    full_name: 'Ilse Varga-Nørgaard',
    country: 'DNK',
    phone_number: { number: '+447700900142', is_verified: true },
    email_address: { email: 'ilse.varga@example.com', is_verified: true },
    // The picture from the chip is preferred.
    portrait_image: (decision.nfc_verifications as JsonObject[])[0]?.portrait_image,
  })
  expect(row.additional_details).toEqual({
    aml: expect.objectContaining({ total_hits: expect.any(Number), screened_data: expect.any(Object) }),
    database_validation: {
      validation_type: 'one_by_one',
      match_type: 'full_match',
      identification_number: 'X0000042T',
    },
    poa: expect.objectContaining({ document_type: 'UTILITY_BILL', address: expect.any(String) }),
    liveness: expect.objectContaining({ method: expect.any(String) }),
    face_match: expect.objectContaining({ score: expect.any(Number) }),
    phone_verification: { country_code: 'GB', is_temporary: false, is_ported: false, is_blocked: false },
    email_verification: { is_breached: true, is_disposable: false, is_undeliverable: false, is_blocklisted: false },
  })
})

test.each([
  ['id_verifications', 'Ilse Varga-Nørgaard'],
  ['aml_screenings', 'Ilse Varga-Nørgaard'],
  ['database_validations', 'Ilse Varga-Nørgaard'],
  ['poa_verifications', expect.any(String)],
])('the name comes from %s if there is no better source', (block, name) => {
  const whole = decisionFrom('full')
  const others = ['id_verifications', 'aml_screenings', 'database_validations', 'poa_verifications']
  const without = Object.fromEntries(others.filter((other) => other !== block).map((other) => [other, null]))
  const decision = { ...whole, ...without, expected_details: null }
  expect(userRow(sessionOf(whole), decision).full_name).toEqual(name)
})

test('a country code of three letters is preferred to one of two', () => {
  const whole = decisionFrom('full')
  const blocks = { id_verifications: null, database_validations: null }
  const decision = { ...whole, ...blocks, expected_details: { id_country: 'ESP' } }
  expect(userRow(sessionOf(whole), decision).country).toBe('ESP')
})

test('a decision of a company becomes the smaller row', () => {
  const decision = decisionFrom('business')
  expect(businessRow(sessionOf(decision), decision)).toEqual({
    session_id: decision.session_id,
    session_kind: 'business',
    session_number: decision.session_number,
    status: 'Awaiting User',
    vendor_data: decision.vendor_data,
    created_at: '2026-10-26T04:41:07.318000Z',
    workflow_id: decision.workflow_id,
    workflow_type: 'kyb',
    workflow_label: 'Standard business check',
    company_name: 'Brambleford Orchard Ltd',
    registration_number: '00999999',
    country: 'GB',
  })
})
