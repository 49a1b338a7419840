import { type Phase, phaseOf, type SessionStatus } from './status.ts'

/**
 * Everything that crosses from the companion server to a browser: types, and guards that let nothing else in.
 *
 * No zod here: a browser carries these few lines instead. `schemas/wire.ts` says the same in zod for the server, and
 * a property test holds the two to one verdict.
 */

/** Where the newest status came from. */
export type SnapshotSource = 'webhook' | 'api' | 'created'

/** One Session as the server knows it. Only the server makes these; a browser never edits one. */
export interface Snapshot {
  readonly sessionId: string
  /** The alias the host gave the Workflow, such as `default`. Never Didit's id of it. */
  readonly workflow: string
  readonly status: SessionStatus
  readonly phase: Phase
  /** False while the server still owes a read at Didit: do not act on the status yet. */
  readonly settled: boolean
  /** Grows with every change; a screen never goes back to an older one. */
  readonly revision: number
  /** Epoch milliseconds of the newest change. */
  readonly updatedAt: number
  readonly source: SnapshotSource
  /** True when it takes a new Session to try again (after Declined, Abandoned or an expiry) and the host allows one. */
  readonly canRetry: boolean
  /** Epoch milliseconds after which Didit closes the Session. Missing when Didit named none. */
  readonly expiresAt?: number
}

/** One check of a Session as the person may see it. */
export interface RedactedCheck {
  /** `document`, `liveness`, `face`, `address` …: an open list. */
  readonly kind: string
  /** The feature's status in Didit's words, such as `Approved` or `Resub Requested`. */
  readonly status: string
  /** Codes the person can act on, such as `document-expired`. Nothing else is ever listed. */
  readonly reasons: readonly string[]
}

/** The part of a Decision that may reach a browser. */
export interface RedactedDecision {
  readonly sessionId: string
  readonly status: SessionStatus
  /** Epoch milliseconds, or null while nothing is decided. */
  readonly decidedAt: number | null
  readonly checks: readonly RedactedCheck[]
  readonly canRetry: boolean
}

/** A ticket: the short-lived right to read one Session. Goes into `Authorization`, never into a URL. */
export interface TicketAnswer {
  readonly ticket: string
  /** Epoch milliseconds. */
  readonly ticketExpiresAt: number
}

/** What `POST /sessions` answers. */
export interface StartAnswer extends TicketAnswer {
  readonly session: Snapshot
  /** Where the person verifies. Missing when there is nothing to do: a valid approval exists, or a review is on. */
  readonly url?: string
}

/** What `POST /sessions/:id/proof` answers: a short-lived statement of the approval, for a backend of the host to check. */
export interface ProofAnswer {
  readonly proof: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** An error in the form of RFC 9457, with our `code`. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail?: string
  /** One sentence for the developer: what to do next. */
  readonly help?: string
  /** Which field of the request is wrong, and how. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}

/** What the stream `GET /sessions/:id/events` carries. */
export type RelayEvent =
  | { readonly event: 'snapshot'; readonly data: Snapshot }
  | { readonly event: 'ticket'; readonly data: TicketAnswer }
  | { readonly event: 'bye'; readonly data: { readonly reason: string } }

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string' && value !== ''
const isWhole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isFlag: Check = (value) => typeof value === 'boolean'
const listOf =
  (isItem: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(isItem)
const optional =
  (isIt: Check): Check =>
  (value) =>
    value === undefined || isIt(value)

/** A guard that checks every field of a type. Unknown extra fields are allowed. */
const guard =
  <T extends object>(fields: { readonly [Name in keyof T]-?: Check }) =>
  (value: unknown): value is T =>
    Object.entries<Check>(fields).every(([name, isRight]) => isRight((value as Record<string, unknown> | null)?.[name]))

const hasSnapshotFields = guard<Snapshot>({
  sessionId: isText,
  workflow: isText,
  status: isText,
  phase: isText,
  settled: isFlag,
  revision: isWhole,
  updatedAt: isWhole,
  source: (value) => ['webhook', 'api', 'created'].includes(value as SnapshotSource),
  canRetry: isFlag,
  expiresAt: optional(isWhole),
})

/** True for a well-formed Snapshot whose phase is the phase of its status. */
export function isSnapshot(value: unknown): value is Snapshot {
  return hasSnapshotFields(value) && value.phase === phaseOf(value.status)
}

const ticketFields = { ticket: isText, ticketExpiresAt: isWhole }

/** True for a well-formed ticket answer. */
export const isTicketAnswer = guard<TicketAnswer>(ticketFields)

/** True for a well-formed answer of `POST /sessions`. */
export const isStartAnswer = guard<StartAnswer>({ ...ticketFields, session: isSnapshot, url: optional(isText) })

/** True for a well-formed proof answer. */
// Marked, so that a bundle which asks for no proofs does not carry it.
export const isProofAnswer = /* @__PURE__ */ guard<ProofAnswer>({ proof: isText, expiresAt: isWhole })

/** True for a well-formed redacted decision. */
export const isRedactedDecision = guard<RedactedDecision>({
  sessionId: isText,
  status: isText,
  decidedAt: (value) => value === null || isWhole(value),
  checks: listOf(guard<RedactedCheck>({ kind: isText, status: isText, reasons: listOf(isText) })),
  canRetry: isFlag,
})

/** True for a problem document that carries our `code`. */
export const isProblem = guard<Pick<Problem, 'code' | 'title' | 'status'>>({
  code: isText,
  title: isText,
  status: isWhole,
}) as (value: unknown) => value is Problem
