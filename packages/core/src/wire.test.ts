import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../../scripts/property-runs.ts'
import { phaseOf, sessionStatuses } from './status.ts'
import {
  isProblem,
  isProofAnswer,
  isRedactedDecision,
  isSnapshot,
  isStartAnswer,
  isTicketAnswer,
  type RedactedDecision,
  type Snapshot,
} from './wire.ts'

const text = fc.string({ minLength: 1 })
const whole = fc.maxSafeNat()

const snapshot: fc.Arbitrary<Snapshot> = fc
  .record(
    {
      sessionId: text,
      workflow: text,
      status: fc.oneof(fc.constantFrom<string>(...sessionStatuses), text),
      settled: fc.boolean(),
      revision: whole,
      updatedAt: whole,
      source: fc.constantFrom('webhook' as const, 'api' as const, 'created' as const),
      canRetry: fc.boolean(),
      expiresAt: whole,
    },
    { requiredKeys: ['sessionId', 'workflow', 'status', 'settled', 'revision', 'updatedAt', 'source', 'canRetry'] },
  )
  .map((fields) => ({ ...fields, phase: phaseOf(fields.status) }))

const ticket = fc.record({ ticket: text, ticketExpiresAt: whole })

const decision: fc.Arbitrary<RedactedDecision> = fc.record({
  sessionId: text,
  status: text,
  decidedAt: fc.option(whole),
  checks: fc.array(fc.record({ kind: text, status: text, reasons: fc.array(text) })),
  canRetry: fc.boolean(),
})

const proof = fc.record({ proof: text, expiresAt: whole })

const guards = { isSnapshot, isTicketAnswer, isStartAnswer, isProofAnswer, isRedactedDecision, isProblem }

test.each(Object.entries(guards))('%s meets anything without throwing', (_, guard) => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
      expect(typeof guard(value)).toBe('boolean')
    }),
    propertyRuns(),
  )
})

test.each([
  ['isSnapshot', isSnapshot, snapshot],
  ['isTicketAnswer', isTicketAnswer, ticket],
  ['isProofAnswer', isProofAnswer, proof],
  ['isRedactedDecision', isRedactedDecision, decision],
] as const)('%s accepts what went over the wire and came back', (_, guard, values) => {
  fc.assert(
    fc.property(values as fc.Arbitrary<unknown>, (value) => {
      const back: unknown = JSON.parse(JSON.stringify(value))
      expect(guard(back)).toBe(true)
      expect(back).toEqual(value)
    }),
    propertyRuns(),
  )
})

test('isStartAnswer accepts an answer with an address and one without', () => {
  fc.assert(
    fc.property(snapshot, ticket, fc.option(text, { nil: undefined }), (session, given, url) => {
      expect(isStartAnswer(JSON.parse(JSON.stringify({ session, ...given, url })))).toBe(true)
    }),
    propertyRuns(),
  )
})

test('a Snapshot with a required field missing or of another type is refused', () => {
  const wrong = fc.constantFrom<unknown>(undefined, null, '', -1, 0.5, Number.NaN, [], {})
  const field = fc.constantFrom('sessionId', 'workflow', 'status', 'phase', 'settled', 'revision', 'source', 'canRetry')
  fc.assert(
    fc.property(snapshot, field, wrong, (value, name, other) => {
      expect(isSnapshot({ ...value, [name]: other })).toBe(false)
    }),
    propertyRuns(),
  )
})

test('a Snapshot whose phase is not that of its status is refused', () => {
  fc.assert(
    fc.property(snapshot, (value) => {
      expect(isSnapshot({ ...value, phase: value.phase === 'approved' ? 'declined' : 'approved' })).toBe(false)
    }),
    propertyRuns(),
  )
})

test('fields of a later version do no harm', () => {
  fc.assert(
    fc.property(snapshot, (value) => {
      expect(isSnapshot({ ...value, ofTomorrow: 1 })).toBe(true)
    }),
    propertyRuns(),
  )
})
