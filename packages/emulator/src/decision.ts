import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import {
  amlScreening,
  type Block,
  type CheckStatus,
  faceMatch,
  idVerification,
  ipAnalysis,
  liveness,
  proofOfAddress,
  questionnaire,
} from './decision-checks.ts'
import { isObject, type Json } from './json.ts'
import { type StoredSession, vendorTime } from './sessions.ts'
import type { Feature } from './workflows.ts'

/**
 * The decision of a Session as it stands.
 *
 * A declined one carries an expired document, which the person may be told, and a sanctions hit, which nobody may:
 * so that whoever redacts decisions has something to hide.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/sessions-api/retrieve-session
 */

/** Statuses that only a Session with data can have. */
const processed: readonly KnownSessionStatus[] = ['In Review', 'Approved', 'Declined', 'Resubmitted', 'Kyc Expired']

/** How a check came out. A `deciding` one fails a declined Session, a `screening` one also holds up a reviewed one. */
function checkStatus(status: KnownSessionStatus, kind: 'deciding' | 'screening' | 'side'): CheckStatus {
  if (status === 'Declined') return kind === 'side' ? 'Approved' : 'Declined'
  if (status === 'In Review' || status === 'Resubmitted') return kind === 'screening' ? 'In Review' : 'Approved'
  return 'Approved'
}

function blocksOf(session: StoredSession, now: number): Block {
  const { features } = session.workflow
  const has = (feature: Feature) => features.includes(feature)
  const wasLeft = session.status === 'Abandoned' && session.started
  const isProcessed = processed.includes(session.status)
  const when = (condition: boolean, block: () => Block): Json => (condition ? [block()] : null)
  // A face check of a known person has no document, so there the face decides.
  const face = has('ID_VERIFICATION') ? 'side' : 'deciding'
  // Without a watch list to look at, a review is about the check itself.
  const deciding = has('AML') ? 'deciding' : 'screening'
  return {
    id_verifications: when(has('ID_VERIFICATION') && (isProcessed || wasLeft), () =>
      idVerification(session, wasLeft ? 'Not Finished' : checkStatus(session.status, deciding), now),
    ),
    nfc_verifications: null,
    liveness_checks: when((has('LIVENESS') || has('AGE_ESTIMATION')) && isProcessed, () =>
      has('AGE_ESTIMATION')
        ? liveness(session, 'AGE_ESTIMATION', checkStatus(session.status, deciding))
        : liveness(session, 'LIVENESS', 'Approved'),
    ),
    face_matches: when(has('FACE_MATCH') && isProcessed, () => faceMatch(session, checkStatus(session.status, face))),
    phone_verifications: null,
    email_verifications: null,
    poa_verifications: when(has('POA') && isProcessed, () =>
      proofOfAddress(session, checkStatus(session.status, deciding)),
    ),
    document_ai_documents: null,
    questionnaire_responses: when(has('QUESTIONNAIRE') && isProcessed, () =>
      questionnaire(session, checkStatus(session.status, deciding)),
    ),
    aml_screenings: when(has('AML') && isProcessed, () =>
      amlScreening(session, checkStatus(session.status, 'screening')),
    ),
    ip_analyses: when(has('IP_ANALYSIS') && (isProcessed || session.started), ipAnalysis),
    database_validations: null,
  }
}

/** What the person's record says of how to reach them: null when neither address nor number was given. */
function contactDetails(value: Json): Json {
  if (!isObject(value) || (value.email === undefined && value.phone === undefined)) return null
  return {
    email: value.email ?? null,
    email_lang: value.email_lang ?? 'en',
    send_notification_emails: value.send_notification_emails ?? false,
    phone: value.phone ?? null,
  }
}

/** Builds the decision of a Session as it stands now. */
export function decisionOf(session: StoredSession, environment: string, now: number): Block {
  return {
    session_id: session.sessionId,
    session_kind: 'user',
    session_number: session.sessionNumber,
    session_url: session.url,
    status: session.status,
    environment,
    workflow_id: session.workflow.workflowId,
    features: session.workflow.features,
    vendor_data: session.request.vendorData,
    metadata: session.metadata,
    expected_details: session.request.expectedDetails,
    contact_details: contactDetails(session.request.contactDetails),
    callback: session.callback,
    ...blocksOf(session, now),
    reviews: session.reviews.map((review) => ({ ...review })),
    created_at: vendorTime(session.createdAt),
    expires_at: vendorTime(session.expiresAt),
  }
}
