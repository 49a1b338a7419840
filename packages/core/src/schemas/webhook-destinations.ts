import * as z from 'zod/mini'
import { flag, number, objectOf, text, texts } from './tolerant.ts'

/**
 * The endpoint that sets up an address for webhooks. The emulator answers it too.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */

/** The body of `POST /v3/webhook/destinations/`. */
export const webhookDestinationRequestSchema = z.looseObject({
  label: z.string().check(z.minLength(1), z.maxLength(255)),
  /** HTTPS. Didit accepts each address once per application. */
  url: z.url(),
  /** Default true. */
  enabled: z.optional(z.boolean()),
  webhook_version: z.optional(z.enum(['v1', 'v2', 'v3'])),
  /** Didit sends nothing when this is missing, and refuses an empty list. */
  subscribed_events: z.optional(z.array(z.string()).check(z.minLength(1))),
})

/** Request to set up an address for events. */
export type WebhookDestinationRequest = z.infer<typeof webhookDestinationRequestSchema>

/** The answer to `POST /v3/webhook/destinations/`. */
export const webhookDestinationSchema = z.looseObject({
  uuid: z.guid(),
  label: text,
  url: text,
  enabled: flag,
  /** `v1`, `v2` or `v3`: the shape of the Decision in its events. */
  webhook_version: text,
  /** The secret that signs events for this address. The list of destinations leaves it out. */
  secret_shared_key: text,
  /** Didit sends nothing when this is empty. */
  subscribed_events: texts,
  created_at: text,
  updated_at: text,
  /** Times are in milliseconds, and null before the first delivery. */
  summary: objectOf({
    total_deliveries: number,
    failed_deliveries: number,
    error_rate_percentage: number,
    min_response_time_ms: number,
    avg_response_time_ms: number,
    max_response_time_ms: number,
    last_delivery_at: text,
  }),
})

/** An address to which Didit posts events. */
export type WebhookDestination = z.infer<typeof webhookDestinationSchema>
