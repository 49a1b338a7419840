import type { Json, JsonObject } from '../runtime/json.ts'
import { vendorTime } from '../runtime/vendor-time.ts'
import type { CreateRequest } from '../sessions/create-request.ts'
import { mediaLink } from '../sessions/media-links.ts'
import type { Sessions, StoredSession } from '../sessions/sessions.ts'
import { type Application, type Feature, type Workflow, workflows } from '../sessions/workflows.ts'

/**
 * The result of a standalone check, kept as a Session of type API: with a decision and a webhook, without a hosted page.
 *
 * @see Didit docs, "Standalone APIs": https://docs.didit.me/standalone-apis/aml-screening
 */

/** One standalone check. */
export interface Service {
  /** As `api_service` names it. */
  readonly name: 'POA' | 'AML' | 'AGE_ESTIMATION' | 'PASSIVE_LIVENESS' | 'PHONE_VERIFICATION'
  /** As the `features` of a decision name it. */
  readonly feature: Feature
  /** The block of a decision that shows the result. */
  readonly block: string
  readonly nodeId: string
}

export const services = {
  poa: { name: 'POA', feature: 'POA', block: 'poa_verifications', nodeId: 'feature_poa_1' },
  aml: { name: 'AML', feature: 'AML', block: 'aml_screenings', nodeId: 'feature_aml_1' },
  age: { name: 'AGE_ESTIMATION', feature: 'AGE_ESTIMATION', block: 'liveness_checks', nodeId: 'feature_age_1' },
  liveness: { name: 'PASSIVE_LIVENESS', feature: 'LIVENESS', block: 'liveness_checks', nodeId: 'feature_liveness_1' },
  phone: { name: 'PHONE_VERIFICATION', feature: 'PHONE', block: 'phone_verifications', nodeId: 'feature_phone_1' },
} as const satisfies Record<string, Service>

/** What the caller said of whoever is checked; echoed, and kept with the result. */
export interface Caller {
  readonly application: Application
  readonly vendorData: string | null
  readonly metadata: Json
}

/** The blocks a user's decision has, in the vendor's order. */
const blocks =
  'id_verifications nfc_verifications liveness_checks face_matches phone_verifications email_verifications poa_verifications document_ai_documents questionnaire_responses aml_screenings ip_analyses database_validations'.split(
    ' ',
  )

/** A warning in a decision names its step, which an answer of a standalone check does not have. */
export const withNodeId = (warnings: readonly JsonObject[], { nodeId }: Service): JsonObject[] =>
  warnings.map((warning) => ({ ...warning, node_id: nodeId }))

/** Makes the Session that keeps a result. It has none until `showResult`. */
export function createResultSession(sessions: Sessions, service: Service, caller: Caller): StoredSession {
  const workflow: Workflow = {
    ...(workflows[0] as Workflow),
    label: service.name,
    features: [service.feature],
    steps: [],
    decidedBy: service.feature,
  }
  const request: CreateRequest = {
    workflowId: workflow.workflowId,
    vendorData: caller.vendorData,
    callback: null,
    metadata: caller.metadata,
    language: null,
    contactDetails: null,
    expectedDetails: null,
    hasPortrait: false,
    sandboxScenario: null,
  }
  return sessions.create(caller.application, workflow, request, service.name)
}

/** Drawings stand for what was sent, since nothing of it is kept. Their links begin anew each time somebody looks. */
const picturesOf: Readonly<Record<string, (session: StoredSession, now: number) => JsonObject>> = {
  poa_verifications: (session, now) => ({ document_file: mediaLink(session, 'proof-of-address.svg', now) }),
  liveness_checks: (session, now) => ({ reference_image: mediaLink(session, 'selfie.svg', now) }),
}

function blockOf(session: StoredSession, block: string, now: number): Json {
  const item = session.apiBlocks[block]
  return item === undefined ? null : [{ ...item, ...picturesOf[block]?.(session, now) }]
}

/** Shows a result in the decision of its Session from now on. */
export function storeResult(session: StoredSession, { block, nodeId }: Service, item: JsonObject): void {
  session.apiBlocks = { [block]: { node_id: nodeId, ...item } }
}

/** The decision of a Session that keeps a standalone result. */
export function standaloneDecision(session: StoredSession, environment: string, now: number): JsonObject {
  return {
    session_id: session.sessionId,
    session_kind: 'user',
    session_number: session.sessionNumber,
    session_url: null,
    status: session.status,
    environment,
    // It ran through no Workflow.
    workflow_id: null,
    features: session.workflow.features,
    vendor_data: session.request.vendorData,
    metadata: session.metadata,
    expected_details: null,
    contact_details: null,
    callback: null,
    ...Object.fromEntries(blocks.map((block) => [block, blockOf(session, block, now)])),
    reviews: session.reviews.map((review) => ({ ...review })),
    created_at: vendorTime(session.createdAt),
    expires_at: null,
  }
}
