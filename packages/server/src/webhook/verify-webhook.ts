import type { WebhookEvent } from '@didit-verify/core/schemas'
import { WebhookError } from '../errors.ts'
import { receiveWebhook } from './receiver.ts'
import type { Trust } from './signature.ts'

/** Options of `verifyWebhook`. */
export interface VerifyWebhookOptions {
  /** The current secret first, then any being rotated out. */
  readonly secrets: readonly string[]
  /** Greatest distance of the signed `timestamp` from now, in seconds, both ways. Default 300. */
  readonly toleranceSeconds?: number | undefined
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Whether to accept a delivery of which only `X-Signature-Simple` fits. Default false: it covers only four fields. */
  readonly allowSimple?: boolean | undefined
}

/** An event from Didit, in Didit's own field names, with the part of it that can be trusted. */
export type VerifiedWebhook = WebhookEvent & {
  /** `body`: all fields are authentic. `envelope`: only Simple fits, and only the four fields that it covers are here. */
  readonly trust: Trust
}

/**
 * Checks that a webhook came from Didit, unchanged and recently, and returns its event.
 *
 * Reads the body, so hand over the request before anything else has consumed it. At most 1 MiB is read.
 *
 * @param request - The incoming POST, body unread.
 * @param options.secrets - The current secret first, then any being rotated out.
 * @param options.toleranceSeconds - Greatest distance of the signed `timestamp` from now, in seconds. Default 300.
 * @param options.now - The clock, in epoch milliseconds. Default `Date.now`.
 * @param options.allowSimple - Whether to accept `X-Signature-Simple` alone. Default false: it covers only four fields.
 * @returns The event, with `trust` beside Didit's fields. `event_id` repeats when Didit retries: use it to act once. A
 *   delivery of the console's "Try Webhook" is returned too; it has the header `X-Didit-Test-Webhook`.
 * @throws {WebhookError} `webhook-forged`, `webhook-stale`, `webhook-unreadable` or `webhook-too-large`; its `status`
 *   is the HTTP status to answer with.
 * @throws {ConfigError} No usable secret was given.
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 * @example
 * ```ts
 * import { isDiditError, verifyWebhook, type WebhookError } from '@didit-verify/server'
 *
 * export async function POST(request: Request): Promise<Response> {
 *   try {
 *     const event = await verifyWebhook(request, { secrets: [process.env.DIDIT_WEBHOOK_SECRET!] })
 *     console.log(event.session_id, event.status)
 *     return new Response(null, { status: 200 })
 *   } catch (error) {
 *     if (!isDiditError(error)) throw error
 *     return new Response(null, { status: (error as WebhookError).status })
 *   }
 * }
 * ```
 */
export async function verifyWebhook(request: Request, options: VerifyWebhookOptions): Promise<VerifiedWebhook> {
  const received = await receiveWebhook(request, options)
  switch (received.verdict) {
    case 'too-large':
      throw new WebhookError('webhook-too-large', 'The webhook is larger than 1 MiB.')
    case 'unreadable':
      throw new WebhookError('webhook-unreadable', describe(received.issues))
    case 'over-budget': // cannot happen: no budget was passed
    case 'forged':
      throw new WebhookError('webhook-forged', 'No secret fits a signature of the webhook.', {
        help: 'Compare the secret with secret_shared_key of the destination, and hand over the body as it came.',
      })
  }
  const { event, trust, fresh } = received
  if (trust === 'envelope' && options.allowSimple !== true) {
    throw new WebhookError('webhook-forged', 'Only X-Signature-Simple fits, which does not cover the body.', {
      help: 'Something on the way changes the body and strips headers. Let X-Signature-V2 through, or set allowSimple.',
    })
  }
  if (!fresh) {
    throw new WebhookError('webhook-stale', 'The webhook was signed too long ago, or in the future of this clock.', {
      help: 'Check the clock of this machine. Resend a delayed webhook from the console.',
    })
  }
  return { ...event, trust }
}

/** Describes the first issue by field name only, because the values are personal data. */
function describe(issues: readonly { path: string; message: string }[]): string {
  const [first] = issues
  if (first === undefined) return 'The webhook is not an event.'
  return first.path === '' ? first.message : `The webhook is not an event: ${first.path} has an unexpected type.`
}
