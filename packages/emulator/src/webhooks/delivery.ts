import { isObject, type Json } from '../runtime/json.ts'
import type { WebhookTarget } from './destinations.ts'
import type { SignedBody } from './signature.ts'

/** One attempt to deliver a webhook. */
export interface DeliveryAttempt {
  readonly uuid: string
  /** Epoch milliseconds on the emulator's clock. */
  readonly at: number
  /** Time until the receiver answered, in milliseconds on the emulator's clock. */
  readonly tookMs: number
  /** The HTTP status of the answer, or null if there was no answer. */
  readonly status: number | null
  /** The reason why there was no answer. */
  readonly error?: string
}

/** A webhook for one receiver, with its state and its attempts. */
export interface Delivery {
  readonly eventId: string
  readonly applicationId: string
  /** The receiver: the `uuid` of a destination. */
  readonly destinationId: string
  readonly sessionId: string
  readonly webhookType: string
  readonly status: string
  readonly url: string
  /** The headers that were sent. They do not contain the secret. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** True if it was signed with a secret that the receiver does not know. */
  readonly forged: boolean
  /** True for a sample that was sent on request, without a real event. */
  readonly test: boolean
  /** True if it was sent again on request, with a new signature. */
  readonly resent: boolean
  /**
   * `held`: waits for its turn, or because of a fault. `retrying`: waits for its next attempt. `failed`: no more attempts.
   * `dropped`: will not be sent.
   */
  readonly state: 'held' | 'sending' | 'retrying' | 'delivered' | 'failed' | 'dropped'
  readonly attempts: readonly DeliveryAttempt[]
}

/** A delivery as the sender keeps it. */
export type DeliveryRecord = { -readonly [Key in keyof Delivery]: Delivery[Key] } & { attempts: DeliveryAttempt[] }

const userAgent = 'DiditWebhook/2.0 +https://didit.me'

/** Returns a field of an event as text, or an empty string if it is missing. */
export const eventText = (event: Json, name: string) => (isObject(event) ? String(event[name] ?? '') : '')

/** Creates the delivery of an event to one receiver. */
export function createDelivery(
  event: Json,
  target: WebhookTarget,
  signed: SignedBody,
  { forged, test }: { readonly forged: boolean; readonly test: boolean },
): DeliveryRecord {
  return {
    eventId: eventText(event, 'event_id'),
    applicationId: eventText(event, 'application_id'),
    destinationId: target.uuid,
    sessionId: eventText(event, 'session_id'),
    webhookType: eventText(event, 'webhook_type'),
    status: eventText(event, 'status'),
    url: target.url,
    headers: {
      ...signed.headers,
      'User-Agent': userAgent,
      ...(test ? { 'X-Didit-Test-Webhook': 'true' } : {}),
    },
    body: signed.body,
    forged,
    test,
    resent: false,
    state: 'held',
    attempts: [],
  }
}
