import type { DiditErrorCode } from '@didit-verify/core/schemas'

/** What every call takes beside its own arguments. */
export interface CallOptions {
  /** Gives the call up, whether it waits for its turn, for an answer or between two tries. */
  readonly signal?: AbortSignal | undefined
}

/** A request that is about to be sent, for a log: no key, no body, no query and no id. */
export interface RequestNote {
  /** The same for all tries of one call, and of no other. */
  readonly requestId: string
  readonly method: string
  /** With `:id` in place of ids, such as `/v3/session/:id/decision/`. */
  readonly path: string
  /** 1 for the first try. */
  readonly attempt: number
  /** How long the call has waited for its turns until now, in milliseconds. */
  readonly waitedMs: number
}

/** How a request ended, for a log. */
export interface ResponseNote extends RequestNote {
  /** 0 when no answer came. */
  readonly status: number
  /** From the sending to the head of the answer, or to the fault, in milliseconds. */
  readonly elapsedMs: number
  /** What went wrong, where something did. */
  readonly code?: DiditErrorCode | undefined
}
