import type { JsonObject } from '../runtime/json.ts'
import { feedEntry } from '../sessions/activity.ts'
import { nodeOf } from '../sessions/feature-names.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import type { Blocklist } from './blocklist.ts'

/**
 * The fields that `include=events` adds to a decision. The vendor does not document the contents of `events` and
 * `cost_breakdown`, so their shape is the emulator's own.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/sessions-api/retrieve-session
 */

/** Type of each seeded Workflow, by the last three digits of its id. */
const workflowTypes: Readonly<Record<string, string>> = {
  '555': 'kyc',
  '556': 'adaptive_age_verification',
  '557': 'biometric_authentication',
  '558': 'address_verification',
  '559': 'questionnaire_verification',
}

/** Returns the name of a feature under `include=events`, where one feature has another name. */
const featureName = (feature: string) => (feature === 'EMAIL_VERIFICATION' ? 'EMAIL' : feature)

export function withEvents(decision: JsonObject, session: StoredSession, blocklist: Blocklist): JsonObject {
  const { session_kind: kind, ...rest } = decision
  if (kind === 'business') return decision
  const { application, workflow } = session
  const listed = blocklist.list(application).filter((entry) => entry.session === session)
  const isListed = (type: string) => listed.some((entry) => entry.type === type)
  const features = workflow.features as readonly string[]
  return {
    ...rest,
    features: features.map((feature) => ({ feature: featureName(feature), node_id: nodeOf(feature) })),
    events: session.history.map(({ status, at }) => ({ type: 'STATUS', status, timestamp: vendorTime(at) })),
    activity_reviews: session.activities.map(feedEntry).reverse(),
    blocklisted: {
      face: isListed('face'),
      document: isListed('document'),
      phone: isListed('phone'),
      email: isListed('email'),
    },
    cost_breakdown: { total: 0, items: [] },
    workflow_type: workflowTypes[workflow.workflowId.slice(-3)] ?? null,
    workflow_version: workflow.version,
    workflow_version_id: workflow.workflowId,
    api_service: session.apiService,
    session_type: session.apiService === null ? 'HOSTED' : 'API',
    has_device_nfc_support: features.includes('NFC'),
  }
}
