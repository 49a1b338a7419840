import type { DiditErrorCode, Phase, SessionStatus, SnapshotSource } from '@didit-verify/core'
import type { HostedMessageType } from '@didit-verify/core/hosted-frame'

/** How the hosted page is shown: in a dialog over the page, as a part of it, or instead of it. */
export type Mode = 'modal' | 'inline' | 'redirect'

/** What most events of `<didit-verify>` carry. */
export interface WalkDetail {
  /** The Session, or null while none is known. */
  readonly sessionId: string | null
  readonly mode: Mode
}

/** One step of the hosted page, in its own words: an open list, for a progress display and never for a decision. */
export interface StepDetail extends WalkDetail {
  /** What happened, such as `step`, `media` or `document`. */
  readonly type: Exclude<
    HostedMessageType,
    'ready' | 'completed' | 'cancelled' | 'close-request' | 'error' | 'status' | 'layout'
  >
  /** The step the page named, such as `document_front`; null when it named none. */
  readonly step: string | null
}

/**
 * Why the dialog closed: `user` (close button, Escape), `page` (the hosted page asked), `cancelled` (the person gave up
 * inside the page), `done` (the result was read, or stands on the card), `submitted` (`auto-close`, `inline`), `error`
 * (it was left on one), `returned` (a redirect has come back to the same page), `reset`, `changed` (the element was given
 * another Session), or whatever the host passed to `close()`.
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

/** The server's word on a Session. Detail of `didit-status` and, once decided and settled, of `didit-decision`. */
export interface StatusDetail {
  readonly sessionId: string
  readonly status: SessionStatus
  /** The status before this one; null when the element has seen none of this Session. */
  readonly previous: SessionStatus | null
  readonly phase: Phase
  /** False while the server still makes sure of the status: do not act on it yet. */
  readonly settled: boolean
  readonly source: SnapshotSource
  readonly revision: number
}

/** What the person can do about an error. */
export type ErrorAction = 'retry' | 'new-window' | 'sign-in' | 'contact'

/** Detail of `didit-error`: for the developer. The person reads a sentence of the element's own. */
export interface ErrorDetail {
  readonly code: DiditErrorCode
  readonly message: string
  /** `warning`: the walk goes on. `error`: it has stopped. */
  readonly level: 'warning' | 'error'
  readonly retryable: boolean
  readonly action: ErrorAction
  /** Where the code is explained, such as `ERRORS.md#frame-blocked`. */
  readonly docs: string
}

/** Every event of `<didit-verify>` by name. All bubble and are composed; every `detail` is frozen. */
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

/** The name of one of the element's events. */
export type DiditVerifyEventName = keyof DiditVerifyEventMap

/**
 * Dispatches one event from `target`, frozen, bubbling and composed.
 *
 * @returns False when a listener cancelled it (only the two `before` events can be).
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
