import type { Json } from '../runtime/json.ts'
import type { WebhookType } from './destinations.ts'
import type { Event, WebhookEventOptions } from './session-event.ts'

/** Types of events that do not belong to a Session. */
export type EntityEventType = Exclude<WebhookType, 'status.updated' | 'data.updated'>

type Fields = { readonly [field: string]: Json }

/** Sample fields by type. The statuses of transactions differ from those of Sessions. */
const fieldsOf: Readonly<Record<EntityEventType, (uuid: () => string) => Fields>> = {
  'user.status.updated': (uuid) => ({ status: 'BLOCKED', previous_status: 'ACTIVE', vendor_user_id: uuid() }),
  'user.data.updated': (uuid) => ({
    status: 'ACTIVE',
    vendor_user_id: uuid(),
    changed_fields: ['display_name', 'session_count'],
    changes: {
      display_name: { previous: null, current: 'Ada E.' },
      session_count: { previous: 1, current: 2 },
    },
  }),
  'business.status.updated': (uuid) => ({ status: 'FLAGGED', previous_status: 'ACTIVE', vendor_business_id: uuid() }),
  'business.data.updated': (uuid) => ({
    status: 'ACTIVE',
    vendor_business_id: uuid(),
    changed_fields: ['legal_name'],
    changes: { legal_name: { previous: 'Example Orchards', current: 'Example Orchards Ltd' } },
  }),
  'activity.created': (uuid) => ({ vendor_user_id: uuid() }),
  'transaction.created': (uuid) => ({
    transaction_id: uuid(),
    txn_id: 'transaction-42',
    status: 'IN_REVIEW',
    score: 61,
    severity: 'HIGH',
    amount: '0.25',
    currency: 'ETH',
    direction: 'out',
    action_required: null,
  }),
  'transaction.status.updated': (uuid) => ({
    transaction_id: uuid(),
    txn_id: 'transaction-42',
    status: 'APPROVED',
    previous_status: 'IN_REVIEW',
  }),
  'travel_rule.status.updated': (uuid) => ({
    transaction_id: uuid(),
    status: 'AWAITING_COUNTERPARTY',
    travel_rule_status: 'AWAITING_COUNTERPARTY',
    rail: 'didit',
    direction: 'out',
  }),
}

/** Returns the `vendor_data` of an event. Travel rule events have none, because they concern only a transaction. */
const vendorDataOf = (type: EntityEventType): Fields => {
  if (type === 'travel_rule.status.updated') return {}
  return { vendor_data: type.startsWith('business.') ? 'merchant-1' : 'user-1' }
}

/**
 * Creates an event about a user, a business, a transaction or a travel rule, with the documented fields.
 *
 * The emulator has no such entities, so the values are samples. The `fields` of `sendEvent` replace them.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */
export function entityEvent(
  type: EntityEventType,
  applicationId: string,
  { environment, clock, identity }: WebhookEventOptions,
): Event {
  const now = clock.seconds()
  return {
    event_id: identity.uuid(),
    webhook_type: type,
    timestamp: now,
    created_at: now,
    application_id: applicationId,
    environment,
    ...vendorDataOf(type),
    ...fieldsOf[type](() => identity.uuid()),
  }
}
