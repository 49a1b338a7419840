import * as z from 'zod/mini'
import { flag, number, objectOf, text, texts } from './tolerant.ts'

/**
 * Two endpoints beside those of Sessions, which the emulator answers as well: where webhooks go, and how a Session of
 * the sandbox ends.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */

/** The body of `POST /v3/webhook/destinations/`. */
export const webhookDestinationRequestSchema = z.looseObject({
  label: z.string().check(z.minLength(1), z.maxLength(255)),
  /** HTTPS, and each once per application. */
  url: z.url(),
  /** Default true. */
  enabled: z.optional(z.boolean()),
  webhook_version: z.optional(z.enum(['v1', 'v2', 'v3'])),
  /** Without it nothing is sent. An empty list is refused. */
  subscribed_events: z.optional(z.array(z.string()).check(z.minLength(1))),
})

/** What sets up an address for events. */
export type WebhookDestinationRequest = z.infer<typeof webhookDestinationRequestSchema>

/** The answer to `POST /v3/webhook/destinations/`. */
export const webhookDestinationSchema = z.looseObject({
  uuid: z.guid(),
  label: text,
  url: text,
  enabled: flag,
  /** `v1`, `v2` or `v3`: the shape of the Decision in its events. */
  webhook_version: text,
  /** A secret: signs what is sent there. The list of destinations leaves it out. */
  secret_shared_key: text,
  /** Empty: nothing is sent. */
  subscribed_events: texts,
  created_at: text,
  updated_at: text,
  /** Times in milliseconds, null before the first delivery. */
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

/** The body of `POST /v3/session/:id/sandbox/arm/`: a slug such as `decline_aml_hit`. */
export const armSessionRequestSchema = z.looseObject({ scenario: z.string().check(z.minLength(1)) })

/** What fixes the end of a Session of the sandbox. */
export type ArmSessionRequest = z.infer<typeof armSessionRequestSchema>

/** The answer to `POST /v3/session/:id/sandbox/arm/`. */
export const armedSessionSchema = z.looseObject({ session_id: z.guid(), scenario: text, status: text })

/** A Session of the sandbox whose end is fixed. */
export type ArmedSession = z.infer<typeof armedSessionSchema>
