import * as z from 'zod/mini'
import { decisionSchema } from './decision.ts'
import { decisionV1Schema, normaliseDecision } from './decision-v2.ts'
import { resubmitInfo } from './resubmit-info.ts'
import { anyJson, number, objectOf, text, texts, tolerant } from './tolerant.ts'

/**
 * Each of the ten kinds of webhook, with the fields that its kind has.
 *
 * For those who handle one kind and want its type. A receiver reads `webhookEventSchema` first, which lets in what these
 * would not: unknown kinds, older envelopes, and an event whose fields are not all where they should be.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */

const status = z.string().check(z.minLength(1))

function eventOf<Type extends string, Shape extends z.core.$ZodShape>(webhookType: Type, shape: Shape) {
  return z.looseObject({
    webhook_type: z.literal(webhookType),
    /** Missing from the console's test events. */
    event_id: text,
    /** Unix seconds of the sending. */
    timestamp: z.number(),
    /** Unix seconds. Not after `timestamp`, but not always the same. */
    created_at: number,
    application_id: text,
    /** `live` or `sandbox`. */
    environment: text,
    ...shape,
  })
}

/** A Decision within an event. One of version 1 or 2 is read into today's shape; one without an id reads as null. */
const decision = tolerant(z.pipe(z.transform(normaliseDecision), decisionSchema))

const sessionFields = {
  session_id: z.guid(),
  /** `business`, or missing. */
  session_kind: text,
  business_session_id: text,
  vendor_business_id: text,
  status,
  workflow_id: text,
  workflow_version: number,
  vendor_data: text,
  metadata: anyJson,
  /** On Approved, Declined, In Review and Abandoned only. */
  decision,
  sandbox_scenario: text,
}

/** In capitals: `ACTIVE`, `FLAGGED`, `BLOCKED`. */
const entityFields = { status: text, vendor_data: text }
const userFields = { ...entityFields, vendor_user_id: text }
const businessFields = { ...entityFields, vendor_business_id: text }
const changeFields = {
  changed_fields: texts,
  /** By the name of the field. */
  changes: tolerant(z.record(z.string(), objectOf({ previous: anyJson, current: anyJson }))),
}
const transactionFields = {
  transaction_id: text,
  /** Your own id of it. */
  txn_id: text,
  vendor_data: text,
  /** In capitals, as `severity`. */
  status: text,
  score: number,
  severity: text,
  /** A decimal number, mostly as text. */
  amount: tolerant(z.union([z.string(), z.number()])),
  currency: text,
  /** `in` or `out`. */
  direction: text,
  action_required: anyJson,
}

/** The schema of each `webhook_type`. */
export const webhookEventSchemas = {
  'status.updated': eventOf('status.updated', {
    ...sessionFields,
    /** On Resubmitted only: the steps to repeat. */
    resubmit_info: resubmitInfo,
  }),
  'data.updated': eventOf('data.updated', {
    ...sessionFields,
    /** Cause of the change. More values may follow. */
    trigger: text,
  }),
  'user.status.updated': eventOf('user.status.updated', { ...userFields, previous_status: text }),
  'user.data.updated': eventOf('user.data.updated', { ...userFields, ...changeFields }),
  'business.status.updated': eventOf('business.status.updated', { ...businessFields, previous_status: text }),
  'business.data.updated': eventOf('business.data.updated', { ...businessFields, ...changeFields }),
  /** Can be subscribed to and tested; Didit sends none for live traffic. */
  'activity.created': eventOf('activity.created', userFields),
  'transaction.created': eventOf('transaction.created', transactionFields),
  'transaction.status.updated': eventOf('transaction.status.updated', { ...transactionFields, previous_status: text }),
  'travel_rule.status.updated': eventOf('travel_rule.status.updated', {
    transaction_id: text,
    vendor_data: text,
    status: text,
    travel_rule_status: text,
    rail: text,
    direction: text,
  }),
}

/** The ten kinds of webhook. Didit may add others. */
export type WebhookType = keyof typeof webhookEventSchemas

/** The event of one kind: `WebhookEventOf<'status.updated'>`. */
export type WebhookEventOf<Type extends WebhookType> = z.infer<(typeof webhookEventSchemas)[Type]>

/** A status event of version 1: no `webhook_type`, no `timestamp`. `created_at`, in Unix seconds, is when it was sent. */
export const webhookEventV1Schema = z.looseObject({
  session_id: z.guid(),
  status,
  created_at: z.number(),
  vendor_data: text,
  decision: tolerant(decisionV1Schema),
})

/** A status event of version 1. */
export type WebhookEventV1 = z.infer<typeof webhookEventV1Schema>

/** An entity event as the docs showed it in early 2026, with its fields in `data` and its kind in `event`. */
export const nestedEntityEventSchema = z.looseObject({
  event: z.string().check(z.minLength(1)),
  application_id: text,
  /** An ISO 8601 moment. */
  timestamp: text,
  data: z.looseObject({
    uuid: text,
    vendor_data: text,
    status: text,
    previous_status: text,
    reason: text,
    actor: anyJson,
    metadata: anyJson,
  }),
})

/** An entity event of early 2026. */
export type NestedEntityEvent = z.infer<typeof nestedEntityEventSchema>
