import * as z from 'zod/mini'
import { resubmitInfo } from './resubmit-info.ts'
import { anyJson, number, objectOf, openObject, text, texts } from './tolerant.ts'

/**
 * Webhooks of Didit: the envelope that all events share, and the fields that some of them add.
 *
 * No field is required, since no field is in every delivery: `event_id` is missing from console tests, entity events name
 * no Session, and version 1 had neither `webhook_type` nor `timestamp`. An unknown `webhook_type` is an event too. The
 * seven fields that identify the event must have the right type. Any other field of an unexpected type reads as null.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */
export const webhookEventSchema = z.looseObject({
  /** Repeats when Didit retries: use it to act once. */
  event_id: z.nullish(z.string()),
  webhook_type: z.nullish(z.string()),
  /** Unix seconds of the sending; an early form of entity events wrote an ISO date. */
  timestamp: z.nullish(z.union([z.number(), z.string()])),
  /** Unix seconds. Not after `timestamp`, but not always the same. */
  created_at: z.nullish(z.union([z.number(), z.string()])),
  application_id: text,
  environment: z.nullish(z.string()),
  /** A Session's status, or that of an entity or transaction in capitals. */
  status: z.nullish(z.string()),

  session_id: z.nullish(z.string()),
  session_kind: text,
  business_session_id: text,
  vendor_business_id: text,
  workflow_id: text,
  workflow_version: number,
  vendor_data: text,
  metadata: anyJson,
  /**
   * The Decision, with Approved, Declined, In Review and Abandoned. Only two of its fields are checked, so that an
   * unexpected block does not make the event unreadable. Read it with `decisionSchema`, or from the API.
   */
  decision: objectOf({ session_id: text, status: text }),
  resubmit_info: resubmitInfo,
  trigger: text,
  sandbox_scenario: text,

  previous_status: text,
  vendor_user_id: text,
  changed_fields: texts,
  changes: openObject,
  transaction_id: text,
  txn_id: text,
})

/** One webhook, in Didit's own field names. Unknown fields are kept. */
export type WebhookEvent = z.infer<typeof webhookEventSchema>
