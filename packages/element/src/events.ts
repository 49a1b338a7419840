import type { DiditErrorCode, Phase, SessionStatus, SnapshotSource } from '@didit-verify/core'
import type { HostedMessageType } from '@didit-verify/core/hosted-frame'

/** Placement of the hosted page: in a dialog over the page, as a part of the page, or instead of it. */
export type Mode = 'modal' | 'inline' | 'redirect'

/** Detail of most events of `<didit-verify>`. */
export interface WalkDetail {
  /** Id of the Session, or null while it is unknown. */
  readonly sessionId: string | null
  readonly mode: Mode
}

/** Detail of `didit-step`, with the names that the hosted page uses. For a progress display, never for a decision. */
export interface StepDetail extends WalkDetail {
  /** Kind of the message, such as `step`, `media` or `document`. */
  readonly type: Exclude<
    HostedMessageType,
    'ready' | 'completed' | 'cancelled' | 'close-request' | 'error' | 'status' | 'layout'
  >
  /** Name of the step, such as `document_front`, or null when the message has none. */
  readonly step: string | null
}

/**
 * Reason why the dialog closed: `user` (close button, Escape), `page` (the hosted page asked for it), `cancelled` (the
 * person gave up inside the page), `done` (the result was read, or is on the card), `submitted` (`auto-close`, `inline`),
 * `error` (closed on an error), `returned` (the person came back from a redirect to the same page), `reset`, `changed`
 * (the element was given another Session), or any string that the host page passed to `close()`. Default: `host`.
 */
export type CloseReason =
  | 'user'
  | 'page'
  | 'cancelled'
  | 'done'
  | 'submitted'
  | 'error'
  | 'returned'
  | 'reset'
  | 'changed'
  | 'host'
  | (string & {})

/** Detail of `didit-beforeclose` and `didit-close`. */
export interface CloseDetail extends WalkDetail {
  readonly reason: CloseReason
}

/** The server's report on a Session. Detail of `didit-status` and, once decided and settled, of `didit-decision`. */
export interface StatusDetail {
  readonly sessionId: string
  readonly status: SessionStatus
  /** The status before this one, or null when this is the first that the element sees of this Session. */
  readonly previous: SessionStatus | null
  readonly phase: Phase
  /** False while the server still verifies the status. Do not act on it yet. */
  readonly settled: boolean
  readonly source: SnapshotSource
  readonly revision: number
}

/** Action that the person can take after an error. */
export type ErrorAction = 'retry' | 'new-window' | 'sign-in' | 'contact'

/** Detail of `didit-error`, for developers. The person reads a sentence that the element chooses by the code. */
export interface ErrorDetail {
  readonly code: DiditErrorCode
  readonly message: string
  /** `warning`: the walk continues. `error`: it has stopped. */
  readonly level: 'warning' | 'error'
  readonly retryable: boolean
  readonly action: ErrorAction
  /** Link to the explanation of the code, such as `ERRORS.md#frame-blocked`. */
  readonly docs: string
}

/** Events of `<didit-verify>` by name. All bubble and are composed. Every `detail` is frozen. */
export interface DiditVerifyEventMap {
  'didit-beforestart': CustomEvent<WalkDetail>
  'didit-open': CustomEvent<WalkDetail>
  'didit-ready': CustomEvent<WalkDetail>
  'didit-step': CustomEvent<StepDetail>
  'didit-submit': CustomEvent<WalkDetail>
  'didit-beforeclose': CustomEvent<CloseDetail>
  'didit-close': CustomEvent<CloseDetail>
  'didit-status': CustomEvent<StatusDetail>
  'didit-decision': CustomEvent<StatusDetail>
  'didit-error': CustomEvent<ErrorDetail>
}

/** Name of an event of the element. */
export type DiditVerifyEventName = keyof DiditVerifyEventMap

/**
 * Dispatches an event that bubbles, is composed, and has a frozen detail.
 *
 * @returns False when a listener cancelled it. Only the two `before` events can be cancelled.
 */
export function emit<Name extends DiditVerifyEventName>(
  target: EventTarget,
  name: Name,
  detail: DiditVerifyEventMap[Name]['detail'],
): boolean {
  return target.dispatchEvent(
    new CustomEvent(name, {
      bubbles: true,
      composed: true,
      cancelable: name.startsWith('didit-before'),
      detail: Object.freeze(detail),
    }),
  )
}

declare global {
  interface HTMLElementEventMap extends DiditVerifyEventMap {}
  interface DocumentEventMap extends DiditVerifyEventMap {}
}
