import { DiditError, type DiditErrorCode, type DiditErrorOptions } from '@didit-verify/core/schemas'

/** Codes of a `WebhookError`. */
export type WebhookErrorCode = Extract<DiditErrorCode, `webhook-${string}`>

// All 4xx but 404: Didit does not repeat such a delivery, which would be just as bad the next time.
const answers: Readonly<Record<WebhookErrorCode, number>> = {
  'webhook-forged': 401,
  'webhook-stale': 401,
  'webhook-unreadable': 400,
  'webhook-too-large': 413,
}

/** Options of a `WebhookError`. */
export interface WebhookErrorOptions extends DiditErrorOptions {
  /** The HTTP status to answer with. Default: the usual one of the code. */
  readonly status?: number | undefined
}

/** Thrown for a webhook that must not be acted on. `status` is the HTTP status to answer with. */
export class WebhookError extends DiditError {
  override readonly name: string = 'WebhookError'
  readonly status: number

  constructor(code: WebhookErrorCode, message: string, options: WebhookErrorOptions = {}) {
    super(code, message, options)
    this.status = options.status ?? answers[code]
  }
}
