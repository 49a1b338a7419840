import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type * as z from 'zod/mini'
import { propertyRuns } from '../../../../scripts/property-runs.ts'
import { phaseOf, phases, sessionStatuses } from '../status.ts'
import { isProblem, isProofAnswer, isRedactedDecision, isSnapshot, isStartAnswer, isTicketAnswer } from '../wire.ts'
import {
  problemSchema,
  proofAnswerSchema,
  redactedDecisionSchema,
  snapshotSchema,
  startAnswerSchema,
  ticketAnswerSchema,
} from './wire.ts'

/** Wrong values for a field, close to right ones where possible. */
const mistakes = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', ' ', 0, -0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, true, false),
  fc.constantFrom<unknown>(2 ** 53 - 1, 2 ** 53, '1793000000', 'Approved', 'approved', 'webhook', [], {}, [null], ['']),
  fc.constantFrom<unknown>({ 0: 'reason', length: 1 }, [['blurred']], new Date(0), 1n),
  fc.constantFrom<unknown>(...phases, ...sessionStatuses),
  fc.anything({ maxDepth: 1 }),
)
const text = fc.string({ minLength: 1 })
const whole = fc.nat({ max: Number.MAX_SAFE_INTEGER })

const snapshot = fc
  .record(
    {
      sessionId: text,
      workflow: text,
      status: fc.oneof(fc.constantFrom<string>(...sessionStatuses), text),
      settled: fc.boolean(),
      revision: whole,
      updatedAt: whole,
      source: fc.constantFrom('webhook', 'api', 'created'),
      canRetry: fc.boolean(),
      expiresAt: whole,
    },
    { requiredKeys: ['sessionId', 'workflow', 'status', 'settled', 'revision', 'updatedAt', 'source', 'canRetry'] },
  )
  .map((it) => ({ ...it, phase: phaseOf(it.status) }))
const check = fc.record({ kind: text, status: text, reasons: fc.array(text) })
const decision = fc.record({
  sessionId: text,
  status: text,
  decidedAt: fc.option(whole),
  checks: fc.array(check, { maxLength: 3 }),
  canRetry: fc.boolean(),
})
const ticket = fc.record({ ticket: text, ticketExpiresAt: whole })
const proof = fc.record({ proof: text, expiresAt: whole })
const start = fc.record(
  { ticket: text, ticketExpiresAt: whole, session: snapshot, url: text },
  { requiredKeys: ['ticket', 'ticketExpiresAt', 'session'] },
)
const problem = fc.record(
  { type: text, title: text, status: whole, code: text, detail: fc.anything(), issues: fc.anything() },
  { requiredKeys: ['title', 'status', 'code'] },
)

/** The value with one change at any depth: a field removed, replaced or added. */
function nearMiss<Value>(right: fc.Arbitrary<Value>): fc.Arbitrary<unknown> {
  return fc
    .tuple(right, fc.nat(), fc.constantFrom('replace', 'remove', 'add'), mistakes)
    .map(([value, place, way, mistake]) => {
      const copy: unknown = structuredClone(value)
      const places = listPlaces(copy)
      const [holder, key] = places[place % places.length] as [Record<string, unknown>, string]
      // Lists are changed by push and splice, since JSON has no holes.
      if (way === 'replace') holder[key] = mistake
      else if (Array.isArray(holder)) way === 'add' ? holder.push(mistake) : holder.splice(Number(key), 1)
      else if (way === 'add') holder[`${key}2`] = mistake
      else delete holder[key]
      return copy
    })
}

function listPlaces(value: unknown): [holder: object, key: string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [[value, key] as [object, string], ...listPlaces(inner)])
}

const pairs: [string, (value: unknown) => boolean, z.ZodMiniType, fc.Arbitrary<unknown>][] = [
  ['Snapshot', isSnapshot, snapshotSchema, snapshot],
  ['TicketAnswer', isTicketAnswer, ticketAnswerSchema, ticket],
  ['StartAnswer', isStartAnswer, startAnswerSchema, start],
  ['ProofAnswer', isProofAnswer, proofAnswerSchema, proof],
  ['RedactedDecision', isRedactedDecision, redactedDecisionSchema, decision],
  ['Problem', isProblem, problemSchema, problem],
]

describe.each(pairs)('guard and schema of %s', (_, guard, schema, right) => {
  test('both let in what is right, whole', () => {
    fc.assert(
      fc.property(right, (value) => {
        expect(guard(value)).toBe(true)
        expect(schema.parse(value)).toEqual(value)
      }),
      propertyRuns(),
    )
  })

  test('come to the same verdict on what is nearly right', () => {
    const verdicts = new Set<boolean>()
    fc.assert(
      fc.property(nearMiss(right), (value) => {
        const verdict = guard(value)
        verdicts.add(verdict)
        expect(schema.safeParse(value).success).toBe(verdict)
      }),
      propertyRuns({ usual: 500 }),
    )
    // Otherwise the wrong values were too easy to detect.
    expect(verdicts).toEqual(new Set([true, false]))
  })

  test('come to the same verdict on anything at all', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(schema.safeParse(value).success).toBe(guard(value))
      }),
      propertyRuns(),
    )
  })
})

test('a phase that is not the phase of the status is let in by neither', () => {
  const value = {
    sessionId: '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31',
    workflow: 'default',
    status: 'Declined',
    phase: 'approved',
    settled: true,
    revision: 1793000000,
    updatedAt: 1793000000000,
    source: 'webhook',
    canRetry: false,
  }
  expect([isSnapshot(value), snapshotSchema.safeParse(value).success]).toEqual([false, false])
  const honest = { ...value, phase: 'declined' }
  expect([isSnapshot(honest), snapshotSchema.safeParse(honest).success]).toEqual([true, true])
})
