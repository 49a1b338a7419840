import { DiditError, type DiditErrorCode, type DiditErrorOptions } from '@didit-verify/core/schemas'

/** What can be wrong with a webhook. */
export type WebhookErrorCode = Extract<DiditErrorCode, `webhook-${string}`>

// Didit repeats a delivery after 5xx, 404 and timeouts only; none of these would be better the second time.
const answers: Readonly<Record<WebhookErrorCode, number>> = {
  'webhook-forged': 401,
  'webhook-stale': 401,
  'webhook-unreadable': 400,
  'webhook-too-large': 413,
}

/** What a `WebhookError` may be given beside its code and message. */
export interface WebhookErrorOptions extends DiditErrorOptions {
  /** The HTTP status to answer with, where it is not the usual one of the code. */
  readonly status?: number | undefined
}

/** A webhook that must not be acted on. `status` is the HTTP status to answer with. */
export class WebhookError extends DiditError {
  override readonly name: string = 'WebhookError'
  readonly status: number

  constructor(code: WebhookErrorCode, message: string, options: WebhookErrorOptions = {}) {
    super(code, message, options)
    this.status = options.status ?? answers[code]
  }
}
