import { type Phase, phaseOf, phases, type SessionStatus } from './status.ts'

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
  /** Whether the host allows another Session after this one. */
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

const sources: readonly string[] = ['webhook', 'api', 'created'] satisfies SnapshotSource[]

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** True for a well-formed Snapshot whose phase is the phase of its status. Unknown extra fields are allowed. */
export function isSnapshot(value: unknown): value is Snapshot {
  return (
    isRecord(value) &&
    isText(value.sessionId) &&
    isText(value.workflow) &&
    isText(value.status) &&
    (phases as readonly unknown[]).includes(value.phase) &&
    value.phase === phaseOf(value.status) &&
    typeof value.settled === 'boolean' &&
    isWhole(value.revision) &&
    isWhole(value.updatedAt) &&
    isText(value.source) &&
    sources.includes(value.source) &&
    typeof value.canRetry === 'boolean' &&
    (value.expiresAt === undefined || isWhole(value.expiresAt))
  )
}

/** True for a well-formed ticket answer. */
export function isTicketAnswer(value: unknown): value is TicketAnswer {
  return isRecord(value) && isText(value.ticket) && isWhole(value.ticketExpiresAt)
}

/** True for a well-formed answer of `POST /sessions`. */
export function isStartAnswer(value: unknown): value is StartAnswer {
  return (
    isTicketAnswer(value) &&
    isSnapshot((value as { session?: unknown }).session) &&
    ((value as { url?: unknown }).url === undefined || isText((value as { url?: unknown }).url))
  )
}

const isCheck = (value: unknown): value is RedactedCheck =>
  isRecord(value) &&
  isText(value.kind) &&
  isText(value.status) &&
  Array.isArray(value.reasons) &&
  value.reasons.every(isText)

/** True for a well-formed redacted decision. */
export function isRedactedDecision(value: unknown): value is RedactedDecision {
  return (
    isRecord(value) &&
    isText(value.sessionId) &&
    isText(value.status) &&
    (value.decidedAt === null || isWhole(value.decidedAt)) &&
    Array.isArray(value.checks) &&
    value.checks.every(isCheck) &&
    typeof value.canRetry === 'boolean'
  )
}

/** True for a problem document that carries our `code`. */
export function isProblem(value: unknown): value is Problem {
  return isRecord(value) && isText(value.code) && isText(value.title) && isWhole(value.status)
}
