import { type Phase, phaseOf, type SessionStatus } from './status.ts'

/**
 * The wire format between companion server and browser: types, and guards that check them.
 *
 * No zod here, to keep the browser bundle small. `schemas/wire.ts` has the same format in zod for the server. A property
 * test checks that both accept the same values.
 */

/** Source of the newest status. */
export type SnapshotSource = 'webhook' | 'api' | 'created'

/** One Session as the server knows it. A browser never changes a Snapshot. */
export interface Snapshot {
  readonly sessionId: string
  /** The alias of the Workflow, such as `default`. Never Didit's id. */
  readonly workflow: string
  readonly status: SessionStatus
  readonly phase: Phase
  /** False while the server has yet to confirm the status at Didit. Do not act on the status until it is true. */
  readonly settled: boolean
  /** Grows with every change. A screen never returns to an older revision. */
  readonly revision: number
  /** Epoch milliseconds of the newest change. */
  readonly updatedAt: number
  readonly source: SnapshotSource
  /** True when another attempt needs a new Session (after Declined, Abandoned or an expiry) and the host allows one. */
  readonly canRetry: boolean
  /** Epoch milliseconds after which Didit closes the Session. Missing when Didit names no time. */
  readonly expiresAt?: number
}

/** One check of a Session as the person may see it. */
export interface RedactedCheck {
  /** `document`, `liveness`, `face`, `address` and others. More kinds may follow. */
  readonly kind: string
  /** The feature's status in Didit's words, such as `Approved` or `Resub Requested`. */
  readonly status: string
  /** Codes that the person can act on, such as `document-expired`. Other reasons are never listed. */
  readonly reasons: readonly string[]
}

/** The part of a Decision that may reach a browser. */
export interface RedactedDecision {
  readonly sessionId: string
  readonly status: SessionStatus
  /** Epoch milliseconds, or null before the decision. */
  readonly decidedAt: number | null
  readonly checks: readonly RedactedCheck[]
  readonly canRetry: boolean
}

/** A ticket: a short-lived permission to read one Session. Send it in `Authorization`, never in a URL. */
export interface TicketAnswer {
  readonly ticket: string
  /** Epoch milliseconds. */
  readonly ticketExpiresAt: number
}

/** Answer of `POST /sessions`. */
export interface StartAnswer extends TicketAnswer {
  readonly session: Snapshot
  /** Address of the hosted page. Missing when there is nothing to do: a valid approval exists, or a review is running. */
  readonly url?: string
}

/** Answer of `POST /sessions/:id/proof`: a short-lived proof of the approval, for a backend of the host. */
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
  /** The invalid fields of the request, each with its problem. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}

/** Events of the stream `GET /sessions/:id/events`. */
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

/**
 * Returns true for a well-formed Snapshot whose phase is the phase of its status.
 *
 * @example
 * ```ts
 * import { isSnapshot } from '@didit-verify/core/schemas'
 *
 * const value: unknown = await (await fetch('/api/didit/sessions/current')).json()
 * if (isSnapshot(value)) console.log(value.status)
 * ```
 */
export function isSnapshot(value: unknown): value is Snapshot {
  return hasSnapshotFields(value) && value.phase === phaseOf(value.status)
}

const ticketFields = { ticket: isText, ticketExpiresAt: isWhole }

/**
 * Returns true for a well-formed ticket answer.
 *
 * @example
 * ```ts
 * import { isTicketAnswer } from '@didit-verify/core/schemas'
 *
 * declare const answer: unknown
 *
 * if (isTicketAnswer(answer)) console.log(answer.ticketExpiresAt)
 * ```
 */
export const isTicketAnswer = guard<TicketAnswer>(ticketFields)

/**
 * Returns true for a well-formed answer of `POST /sessions`.
 *
 * @example
 * ```ts
 * import { isStartAnswer } from '@didit-verify/core/schemas'
 *
 * declare const answer: unknown
 *
 * if (isStartAnswer(answer)) console.log(answer.session.status)
 * ```
 */
export const isStartAnswer = guard<StartAnswer>({ ...ticketFields, session: isSnapshot, url: optional(isText) })

/**
 * Returns true for a well-formed proof answer.
 *
 * @example
 * ```ts
 * import { isProofAnswer } from '@didit-verify/core/schemas'
 *
 * declare const answer: unknown
 *
 * if (isProofAnswer(answer)) console.log(answer.expiresAt)
 * ```
 */
export const isProofAnswer =
  // Marked as pure, so that a bundle that does not use it leaves it out.
  /* @__PURE__ */ guard<ProofAnswer>({ proof: isText, expiresAt: isWhole })

/**
 * Returns true for a well-formed redacted decision.
 *
 * @example
 * ```ts
 * import { isRedactedDecision } from '@didit-verify/core/schemas'
 *
 * declare const answer: unknown
 *
 * if (isRedactedDecision(answer)) console.log(answer.checks)
 * ```
 */
export const isRedactedDecision = guard<RedactedDecision>({
  sessionId: isText,
  status: isText,
  decidedAt: (value) => value === null || isWhole(value),
  checks: listOf(guard<RedactedCheck>({ kind: isText, status: isText, reasons: listOf(isText) })),
  canRetry: isFlag,
})

/**
 * Returns true for a problem document that carries our `code`.
 *
 * @example
 * ```ts
 * import { isProblem } from '@didit-verify/core/schemas'
 *
 * declare const answer: unknown
 *
 * if (isProblem(answer)) console.log(answer.code)
 * ```
 */
export const isProblem = guard<Pick<Problem, 'code' | 'title' | 'status'>>({
  code: isText,
  title: isText,
  status: isWhole,
}) as (value: unknown) => value is Problem
