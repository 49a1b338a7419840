import type { Json, JsonObject } from '../runtime/json.ts'
import { vendorTime } from '../runtime/vendor-time.ts'
import type { CreateRequest } from '../sessions/create-request.ts'
import { mediaLink } from '../sessions/media-links.ts'
import type { Sessions, StoredSession } from '../sessions/sessions.ts'
import { type Application, type Feature, type Workflow, workflows } from '../sessions/workflows.ts'

/**
 * Results of standalone checks, stored as Sessions of type API: with a decision and a webhook, without a hosted page.
 *
 * @see Didit docs, "Standalone APIs": https://docs.didit.me/standalone-apis/aml-screening
 */

/** One standalone check. */
export interface Service {
  /** The value of `api_service`. */
  readonly name: 'POA' | 'AML' | 'AGE_ESTIMATION' | 'PASSIVE_LIVENESS' | 'PHONE_VERIFICATION'
  /** The name in the `features` of a decision. */
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

/** The caller and its data about the person. They are echoed and stored with the result. */
export interface Caller {
  readonly application: Application
  readonly vendorData: string | null
  readonly metadata: Json
}

/** The blocks of a decision about a person, in the vendor's order. */
const blocks =
  'id_verifications nfc_verifications liveness_checks face_matches phone_verifications email_verifications poa_verifications document_ai_documents questionnaire_responses aml_screenings ip_analyses database_validations'.split(
    ' ',
  )

/** Returns the warnings with their node, which a decision has and the response of a standalone check does not. */
export const withNodeId = (warnings: readonly JsonObject[], { nodeId }: Service): JsonObject[] =>
  warnings.map((warning) => ({ ...warning, node_id: nodeId }))

/** Creates the Session for a result. It has no result until `storeResult`. */
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

/** Links to drawings, since uploaded files are not stored. Each read signs new links. */
const picturesOf: Readonly<Record<string, (session: StoredSession, now: number) => JsonObject>> = {
  poa_verifications: (session, now) => ({ document_file: mediaLink(session, 'proof-of-address.svg', now) }),
  liveness_checks: (session, now) => ({ reference_image: mediaLink(session, 'selfie.svg', now) }),
}

function blockOf(session: StoredSession, block: string, now: number): Json {
  const item = session.apiBlocks[block]
  return item === undefined ? null : [{ ...item, ...picturesOf[block]?.(session, now) }]
}

/** Stores a result, which then appears in the decision of its Session. */
export function storeResult(session: StoredSession, { block, nodeId }: Service, item: JsonObject): void {
  session.apiBlocks = { [block]: { node_id: nodeId, ...item } }
}

/** Returns the decision of a Session with a standalone result. */
export function standaloneDecision(session: StoredSession, environment: string, now: number): JsonObject {
  return {
    session_id: session.sessionId,
    session_kind: 'user',
    session_number: session.sessionNumber,
    session_url: null,
    status: session.status,
    environment,
    // A standalone check has no Workflow.
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
