import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import { internalIdOf, isBusiness } from '../decision/session-row.ts'
import { viewOf } from '../decision/view.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Identity } from '../runtime/identity.ts'
import type { Json } from '../runtime/json.ts'
import { nodeOf } from '../sessions/feature-names.ts'
import { scenarioSlugOf } from '../sessions/session-scenario.ts'
import type { StoredSession } from '../sessions/sessions.ts'

/** Statuses whose events contain the whole decision. */
const carriesDecision: readonly KnownSessionStatus[] = ['Approved', 'Declined', 'In Review', 'Abandoned']

/** Dependencies of the functions that create events. */
export interface WebhookEventOptions {
  readonly environment: string
  readonly clock: Clock
  readonly identity: Identity
}

/** An event in the newest version, before it is converted for a receiver with an older one. */
export type Event = { readonly [field: string]: Json }

/**
 * Creates the `status.updated` event of a Session from its current state.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */
export function statusUpdated(session: StoredSession, { environment, clock, identity }: WebhookEventOptions): Event {
  const now = clock.seconds()
  return {
    event_id: identity.uuid(),
    webhook_type: 'status.updated',
    timestamp: now,
    created_at: now,
    application_id: session.application.applicationId,
    environment,
    status: session.status,
    session_id: session.sessionId,
    // A standalone check has no Workflow.
    workflow_id: session.apiService === null ? session.workflow.workflowId : null,
    workflow_version: session.apiService === null ? session.workflow.version : null,
    ...businessFields(session),
    vendor_data: session.request.vendorData,
    metadata: session.metadata,
    ...(environment === 'sandbox' ? { sandbox_scenario: scenarioSlugOf(session) } : {}),
    ...(carriesDecision.includes(session.status) ? { decision: viewOf(session, environment, clock.now()) } : {}),
    ...(session.status === 'Resubmitted' ? { resubmit_info: resubmitInfo(session) } : {}),
  }
}

/**
 * Creates the `data.updated` event of a Session, which Didit sends after a reviewer edits its data.
 *
 * @param trigger - The cause. Didit does not document its values; one of its samples has `console_edit`.
 */
export function dataUpdated(session: StoredSession, trigger: string, options: WebhookEventOptions): Event {
  const { resubmit_info: _onlyOfStatuses, ...event } = statusUpdated(session, options)
  return { ...event, webhook_type: 'data.updated', trigger }
}

/** Returns the fields that only the Session of a company has. */
function businessFields(session: StoredSession): Event {
  if (!isBusiness(session)) return {}
  return {
    session_kind: 'business',
    business_session_id: session.sessionId,
    vendor_business_id: internalIdOf(session.application, session.request.vendorData),
  }
}

function resubmitInfo(session: StoredSession): Json {
  const feature = session.workflow.features[0] as string
  // A test can set the status directly. Such a Session has no list of steps to repeat.
  const nodes = session.resubmission.length > 0 ? session.resubmission : [{ node_id: nodeOf(feature), feature }]
  return {
    nodes_to_resubmit: nodes.map((node) => ({ ...node })),
    reasons: Object.fromEntries(nodes.map((node) => [node.node_id, 'The picture was too dark to read.'])),
  }
}
