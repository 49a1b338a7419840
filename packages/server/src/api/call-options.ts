import type { DiditErrorCode } from '@didit-verify/core/schemas'

/** Options of every call. */
export interface CallOptions {
  /** Aborts the call while it waits for its turn, for an answer or for the next attempt. */
  readonly signal?: AbortSignal | undefined
}

/** Log data of a request that is about to be sent. It contains no key, body, query or id. */
export interface RequestNote {
  /** The same for all attempts of one call, and different for each call. */
  readonly requestId: string
  readonly method: string
  /** With `:id` in place of ids, such as `/v3/session/:id/decision/`. */
  readonly path: string
  /** 1 for the first attempt. */
  readonly attempt: number
  /** Time that the call has waited for its turns so far, in milliseconds. */
  readonly waitedMs: number
}

/** Log data of a request that has ended. */
export interface ResponseNote extends RequestNote {
  /** 0 without an answer. */
  readonly status: number
  /** Time from sending to the head of the answer or to the failure, in milliseconds. */
  readonly elapsedMs: number
  /** Code of the error, if the request failed. */
  readonly code?: DiditErrorCode | undefined
}
