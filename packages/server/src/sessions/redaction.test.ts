import { readFileSync } from 'node:fs'
import { decisionReasons, decisionSchema, isRedactedDecision } from '@didit-verify/core/schemas'
import { describe, expect, test } from 'vitest'
import { redactDecision } from './redaction.ts'

const fixture = (name: string) => {
  const url = new URL(`../../../core/fixtures/${name}.json`, import.meta.url)
  return decisionSchema.parse(JSON.parse(readFileSync(url, 'utf8')))
}
const known = { decidedAt: 1_793_000_000_000, canRetry: true }
const all = [
  'approved',
  'declined',
  'in-review',
  'abandoned',
  'not-started',
  'full',
  'business',
  'no-optionals',
  'scoped-key',
  'two-id-nodes',
]

test('names the checks of a declined Session, with reasons the person can act on', () => {
  expect(redactDecision(fixture('decision.declined'), known)).toEqual({
    sessionId: '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31',
    status: 'Declined',
    decidedAt: 1_793_000_000_000,
    canRetry: true,
    checks: [
      { kind: 'document', status: 'Declined', reasons: ['document-expired'] },
      { kind: 'liveness', status: 'Approved', reasons: [] },
      { kind: 'face', status: 'Declined', reasons: ['face-differs'] },
    ],
  })
})

/** Every text of a value that is not a key, a status or one of our own words. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 3 ? [value] : []
  if (Array.isArray(value)) return value.flatMap(texts)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

test.each(all)('lets nothing of decision.%s through but its own words', (name) => {
  const decision = fixture(`decision.${name}`)
  const redacted = redactDecision(decision, known)
  expect(isRedactedDecision(redacted)).toBe(true)
  const shown = texts(redacted).join('\n')
  const allowed = [
    decision.session_id,
    'Not Finished',
    'Approved',
    'Declined',
    'In Review',
    'Expired',
    'Resub Requested',
  ]
  const found = texts(decision).filter(
    (text) => !allowed.includes(text) && text !== decision.status && shown.includes(text),
  )
  expect(found).toEqual([])
})

describe('reasons', () => {
  const withRisk = (risk: string, log_type = 'error') =>
    redactDecision(
      decisionSchema.parse({
        session_id: '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31',
        status: 'Declined',
        id_verifications: [{ status: 'Declined', warnings: [{ risk, log_type }] }],
      }),
      known,
    ).checks[0]?.reasons

  test.each([
    'ID_DOCUMENT_IN_BLOCKLIST',
    'POSSIBLE_DUPLICATED_USER',
    'POSSIBLE_FRAUD',
    'PORTRAIT_MANIPULATION_DETECTED',
    'LIVENESS_FACE_ATTACK',
    'FACE_IN_BLOCKLIST',
    'DUPLICATED_FACE',
    'SUSPECTED_DOCUMENT_MANIPULATION',
    'HIGH_RISK_PHONE_NUMBER',
    'POSSIBLE_MATCH_FOUND',
    'SOMETHING_DIDIT_ADDED_YESTERDAY',
    'toString',
    '__proto__',
  ])('leave %s out', (risk) => {
    expect(withRisk(risk)).toEqual([])
  })

  test('leave out what had no effect, and repeat nothing', () => {
    expect(withRisk('DOCUMENT_EXPIRED', 'information')).toEqual([])
    expect(withRisk('DOCUMENT_EXPIRED', 'warning')).toEqual(['document-expired'])
    const twice = decisionSchema.parse({
      session_id: '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31',
      status: 'Declined',
      id_verifications: [
        { status: 'Declined', warnings: [{ risk: 'MRZ_NOT_DETECTED' }, { risk: 'QR_NOT_DETECTED' }, {}] },
        { status: 'Something Else', warnings: null },
        { status: null },
      ],
    })
    expect(redactDecision(twice, known).checks).toEqual([
      { kind: 'document', status: 'Declined', reasons: ['document-code-unreadable'] },
    ])
  })

  test('are all on the list that interfaces word', () => {
    const source = readFileSync(new URL('redaction.ts', import.meta.url), 'utf8')
    const used = new Set([...source.matchAll(/^ {2}[A-Z_]+: '([a-z-]+)',$/gm)].map(([, code]) => code))
    expect([...used].sort()).toEqual([...decisionReasons].sort())
  })
})

test('tells no check of an undecided business Session, and no moment of decision', () => {
  const business = redactDecision(fixture('decision.business'), known)
  expect(business.checks.map(({ kind }) => kind).filter((kind) => !['phone', 'email'].includes(kind))).toEqual([])
  expect(redactDecision(fixture('decision.in-review'), known).decidedAt).toBeNull()
})
