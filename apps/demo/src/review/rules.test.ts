import { sessionStatuses } from '@didit-verify/core/schemas'
import { expect, test } from 'vitest'
import full from '../../../../packages/core/fixtures/decision.full.json' with { type: 'json' }
import twice from '../../../../packages/core/fixtures/decision.two-id-nodes.json' with { type: 'json' }
import { obstacleTo, obstacleToPdf, obstacleToShare, stepsOf } from './rules.ts'

const table = (of: (status: string) => string | null) =>
  Object.fromEntries(sessionStatuses.map((status) => [status, of(status)]))

test('a Session is approved from the statuses that Didit documents, and not a second time', () => {
  expect(table((status) => obstacleTo('Approved', status))).toEqual({
    'Not Started': 'unfinished',
    'In Progress': 'unfinished',
    'Awaiting User': 'unfinished',
    'In Review': null,
    Approved: 'approved',
    Declined: null,
    Resubmitted: null,
    Abandoned: null,
    Expired: 'expired',
    'Kyc Expired': null,
  })
  expect(obstacleTo('Declined', 'Declined')).toBe('declined')
  expect(obstacleTo('Resubmitted', 'Resubmitted')).toBe('resubmitted')
  expect(obstacleTo('Resubmitted', 'Approved')).toBeNull()
  expect(obstacleTo('Approved', 'Paused')).toBe('unknown')
})

test('a report and a share token are for what has come to an end', () => {
  const done = sessionStatuses.filter((status) => obstacleToPdf(status, 'user') === null)
  expect(done.toSorted()).toEqual(['Approved', 'Declined', 'In Review', 'Kyc Expired'])
  expect(obstacleToPdf('Kyc Expired', 'business')).toBe('pdf')
  const shared = sessionStatuses.filter((status) => obstacleToShare(status) === null)
  expect(shared.toSorted()).toEqual(['Approved', 'Declined', 'In Review'])
})

test('every step of a decision can be asked for again, the doubtful ones first of all', () => {
  const steps = stepsOf(full)
  expect(steps.map(({ feature }) => feature).toSorted()).toEqual([
    'AML',
    'DATABASE_VALIDATION',
    'DOCUMENT_AI',
    'EMAIL_VERIFICATION',
    'FACE_MATCH',
    'IP_ANALYSIS',
    'LIVENESS',
    'NFC',
    'OCR',
    'PHONE_VERIFICATION',
    'PROOF_OF_ADDRESS',
    'QUESTIONNAIRE',
  ])
  expect(steps.filter(({ isSuggested }) => isSuggested).map(({ nodeId }) => nodeId)).toEqual(['feature_poa_1'])
  expect(steps.find(({ feature }) => feature === 'AML')).toMatchObject({ isByItself: true, nodeId: 'feature_aml_1' })
  expect(stepsOf(twice).filter(({ feature }) => feature === 'OCR')).toHaveLength(2)
})

test('a decision without data, and one that is no such thing, has no steps', () => {
  expect(stepsOf({ id_verifications: null, liveness_checks: [{ node_id: null }, null], face_matches: 'x' })).toEqual([])
})
