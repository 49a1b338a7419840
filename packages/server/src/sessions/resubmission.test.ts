import { readFileSync } from 'node:fs'
import { webhookEventSchema } from '@didit-verify/core/schemas'
import { expect, test } from 'vitest'
import { nameRequested, requestedKinds, resubmittedKinds } from './resubmission.ts'

const kindsOf = (...nodes: unknown[]) =>
  resubmittedKinds(webhookEventSchema.parse({ resubmit_info: { nodes_to_resubmit: nodes } }))

test('names the step of the documented event, and none of the words of the reviewer', () => {
  const fixture = new URL('../../../core/fixtures/webhook.status-updated.resubmitted.json', import.meta.url)
  expect(resubmittedKinds(webhookEventSchema.parse(JSON.parse(readFileSync(fixture, 'utf8'))))).toEqual(['address'])
})

test.each([
  ['OCR', 'document'],
  ['OCR_BACK', 'document'],
  ['ID_VERIFICATION', 'document'],
  ['NFC', 'chip'],
  ['LIVENESS', 'liveness'],
  ['FACE', 'liveness'],
  ['AGE_ESTIMATION', 'liveness'],
  ['FACE_MATCH', 'face'],
  ['POA', 'address'],
  ['PROOF_OF_ADDRESS', 'address'],
  ['PHONE', 'phone'],
  ['PHONE_VERIFICATION', 'phone'],
  ['EMAIL', 'email'],
  ['EMAIL_VERIFICATION', 'email'],
  ['QUESTIONNAIRE', 'questionnaire'],
])('knows %s as %s, in an object or alone, as a feature or in the id of a node', (feature, kind) => {
  const id = `feature_${feature.toLowerCase()}_2`
  for (const node of [{ node_id: 'any', feature }, { node_id: id, feature }, { node_id: id }, feature, id]) {
    expect(kindsOf(node)).toEqual([kind])
  }
})

test.each([
  'AML',
  'IP_ANALYSIS',
  'DATABASE_VALIDATION',
  'DOCUMENT_AI',
  'FACE_SEARCH',
  'KYB_DOCUMENTS',
  'constructor',
  '',
])('leaves %o out', (feature) => {
  expect(kindsOf({ node_id: `feature_${feature}_1`, feature }, feature, { node_id: null, feature })).toEqual([])
})

test('names each step once, in the order of the event, and reads past what is odd', () => {
  expect(kindsOf('POA', 'OCR', { feature: 'OCR_BACK' }, 'AML', {}, 'POA')).toEqual(['address', 'document'])
  for (const resubmit_info of [
    null,
    undefined,
    'POA',
    [],
    {},
    { nodes_to_resubmit: 'POA' },
    { nodes_to_resubmit: [7] },
  ]) {
    expect(resubmittedKinds(webhookEventSchema.parse({ resubmit_info }))).toEqual([])
  }
})

test('puts one line in the place of all that was said of the step', () => {
  const line = (kind: string, status: string) => ({ kind, status, reasons: ['document-blurred'] })
  const checks = [line('document', 'Approved'), line('document', 'Not Finished'), line('face', 'Approved')]
  const named = nameRequested(checks, ['document', 'address'])
  expect(named).toEqual([
    line('face', 'Approved'),
    { kind: 'document', status: 'Resub Requested', reasons: [] },
    { kind: 'address', status: 'Resub Requested', reasons: [] },
  ])
  expect(requestedKinds(named)).toEqual(['document', 'address'])
})
