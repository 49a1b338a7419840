import { RequestError } from '@didit-verify/core/schemas'
import * as z from 'zod/mini'
import { parseControl } from '../runtime/faults.ts'
import type { Json } from '../runtime/json.ts'
import type { Sessions, StoredSession } from '../sessions/sessions.ts'
import type { Application } from '../sessions/workflows.ts'
import { type WebhookDestinations, type WebhookType, webhookTypes } from '../webhooks/destinations.ts'
import { type EntityEventType, entityEvent } from '../webhooks/entity-event.ts'
import type { WebhookSender } from '../webhooks/sender.ts'
import { dataUpdated, type Event, statusUpdated, type WebhookEventOptions } from '../webhooks/session-event.ts'

/** Input of `sendEvent`. */
export interface EventOrder {
  /** One of the ten `webhook_type`s. */
  readonly type: WebhookType
  /** The Session of the event. Required for `status.updated` and `data.updated` unless `test` is set. */
  readonly sessionId?: string | undefined
  /** The application whose receivers get the event. Default: that of the Session, or the main application. */
  readonly applicationId?: string | undefined
  /** Sends the event to this destination only, even if it is not subscribed to it. */
  readonly destinationId?: string | undefined
  /** Sends a sample marked as a test, as the vendor's console does. Default false. */
  readonly test?: boolean | undefined
  /** Fields that replace those of the event. */
  readonly fields?: { readonly [field: string]: unknown } | undefined
}

/** Result of `sendEvent`. */
export interface SentEvent {
  /** The id of the event, or null for a sample: the vendor's samples have no id. */
  readonly eventId: string | null
  /** The number of receivers. */
  readonly sentTo: number
}

/** Dependencies of `createEventControl`. */
export interface EventControlOptions extends WebhookEventOptions {
  readonly applications: readonly Application[]
  readonly sessions: Sessions
  readonly destinations: WebhookDestinations
  readonly sender: WebhookSender
  /** Creates a Session for samples, which is not stored. */
  readonly sample: (application: Application) => StoredSession
}

/** Fields that `type` and `applicationId` set. `fields` must not replace them. */
const notForFields = ['webhook_type', 'application_id']
const orderSchema = z.strictObject({
  type: z.enum(webhookTypes, `Expected one of: ${webhookTypes.join(', ')}.`),
  sessionId: z.optional(z.string()),
  applicationId: z.optional(z.string()),
  destinationId: z.optional(z.string()),
  test: z.optional(z.boolean()),
  fields: z.optional(z.record(z.string(), z.json())),
})

function refuse(path: string, message: string, status = 400): never {
  throw new RequestError('request-invalid', `The emulator cannot do that. ${path}: ${message}`, {
    status,
    issues: [{ path, message }],
  })
}

/** Creates the control that sends events. */
export function createEventControl(options: EventControlOptions): (order: EventOrder) => SentEvent {
  const { applications, sessions, destinations, sender, sample } = options

  function sessionOf({ sessionId, test = false }: EventOrder, application: Application | undefined): StoredSession {
    if (sessionId !== undefined) {
      const session = sessions.byId(sessionId)
      if (!session) throw new RequestError('session-not-found', 'The emulator has no such Session.', { status: 404 })
      if (application && session.application !== application) {
        refuse('applicationId', 'The Session belongs to another application.')
      }
      return session
    }
    return test
      ? sample(application ?? (applications[0] as Application))
      : refuse('sessionId', 'Give the Session of the event, or set `test`.')
  }

  function eventOf(order: EventOrder, application: Application | undefined): Event {
    if (order.type === 'status.updated') return statusUpdated(sessionOf(order, application), options)
    if (order.type === 'data.updated') return dataUpdated(sessionOf(order, application), 'console_edit', options)
    const { applicationId } = application ?? (applications[0] as Application)
    return entityEvent(order.type as EntityEventType, applicationId, options)
  }

  return (wanted) => {
    const order = parseControl(orderSchema, wanted) as EventOrder
    const taken = Object.keys(order.fields ?? {}).find((name) => notForFields.includes(name))
    if (taken !== undefined) refuse(`fields.${taken}`, 'Use `type` or `applicationId` for this.')
    const application = applications.find(({ applicationId }) => applicationId === order.applicationId)
    if (order.applicationId !== undefined && !application) refuse('applicationId', 'There is no such application.', 404)

    const { event_id: eventId, ...event } = eventOf(order, application)
    const whole = {
      // A captured sample of the vendor has no id.
      ...(order.test ? {} : { event_id: eventId as Json }),
      ...event,
      ...(order.test ? { metadata: { test_webhook: true }, vendor_data: 'test-vendor-data-123' } : {}),
      ...(order.fields as Event | undefined),
    }
    const to =
      order.destinationId === undefined
        ? undefined
        : destinations.byId(String(event.application_id), order.destinationId)
    if (order.destinationId !== undefined && !to) {
      refuse('destinationId', 'The application has no such destination.', 404)
    }
    const sentTo = sender.send(whole, { test: order.test ?? false, ...(to ? { to } : {}) })
    return { eventId: order.test ? null : String(eventId), sentTo }
  }
}
