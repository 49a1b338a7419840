import * as z from 'zod/mini'
import { phaseOf, phases } from '../status.ts'

/**
 * Our own wire format in zod, for the server and its tests. The guards in `../wire.ts` do the same without zod. A property
 * test checks that both accept the same values, so change them together.
 */

const text = z.string().check(z.minLength(1))
// z.int() stops at the safe integers, as Number.isSafeInteger does.
const whole = z.int().check(z.nonnegative())

/** Reads a Snapshot: see `isSnapshot`. */
export const snapshotSchema = z
  .looseObject({
    sessionId: text,
    workflow: text,
    status: text,
    phase: z.enum(phases),
    settled: z.boolean(),
    revision: whole,
    updatedAt: whole,
    source: z.enum(['webhook', 'api', 'created']),
    canRetry: z.boolean(),
    expiresAt: z.optional(whole),
  })
  .check(z.refine((snapshot) => snapshot.phase === phaseOf(snapshot.status), 'The phase is not that of the status.'))

/** Reads a ticket answer: see `isTicketAnswer`. */
export const ticketAnswerSchema = z.looseObject({ ticket: text, ticketExpiresAt: whole })

/** Reads the answer of `POST /sessions`: see `isStartAnswer`. */
export const startAnswerSchema = z.looseObject({
  ticket: text,
  ticketExpiresAt: whole,
  session: snapshotSchema,
  url: z.optional(text),
})

/** Reads a proof answer: see `isProofAnswer`. */
export const proofAnswerSchema = z.looseObject({ proof: text, expiresAt: whole })

/** Reads a redacted decision: see `isRedactedDecision`. */
export const redactedDecisionSchema = z.looseObject({
  sessionId: text,
  status: text,
  decidedAt: z.nullable(whole),
  checks: z.array(z.looseObject({ kind: text, status: text, reasons: z.array(text) })),
  canRetry: z.boolean(),
})

/** Reads a problem document, of which only these three fields are relied on: see `isProblem`. */
export const problemSchema = z.looseObject({ code: text, title: text, status: whole })
