import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import { firstOf, personOf } from '../personas/people.ts'
import type { Json } from '../runtime/json.ts'
import { isBusinessWorkflow } from '../sessions/feature-names.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import type { Feature } from '../sessions/workflows.ts'
import { proofOfAddress } from './address.ts'
import { amlScreening } from './aml.ts'
import { companyDocuments, keyPeopleCheck, registryCheck } from './business.ts'
import type { Block, Subject } from './check.ts'
import { contactDetails, emailVerification, phoneVerification } from './contact.ts'
import { databaseValidation, idVerification, nfcVerification } from './document.ts'
import { faceMatch, liveness } from './face.ts'
import { ipAnalysis } from './ip.ts'
import { questionnaireResponse } from './questionnaire.ts'

/** Statuses of Sessions that always have data. */
const processed: readonly KnownSessionStatus[] = ['In Review', 'Approved', 'Declined', 'Resubmitted', 'Kyc Expired']

function blocksOf(subject: Subject): Block {
  const { session, workflow, run } = subject
  const { status, started } = session
  const isProcessed = processed.includes(status)
  const wasLeft = status === 'Abandoned' && started
  const has = (...features: readonly Feature[]) =>
    isProcessed && features.some((feature) => workflow.features.includes(feature))
  const when = (condition: boolean, block: (subject: Subject) => Block): Json => (condition ? [block(subject)] : null)
  // An age check asks for a document only when the estimated age is close to the limit.
  const addsDocument = workflow.steps.includes('age') && run.documentType !== undefined
  const documentStatus = wasLeft ? 'Not Finished' : status === 'Kyc Expired' ? 'Expired' : undefined
  const hasDocument = has('ID_VERIFICATION') || (wasLeft && workflow.features.includes('ID_VERIFICATION'))
  return {
    id_verifications: when(hasDocument || (isProcessed && addsDocument), () => idVerification(subject, documentStatus)),
    nfc_verifications: when(has('NFC'), nfcVerification),
    liveness_checks: when(has('LIVENESS', 'AGE_ESTIMATION'), liveness),
    face_matches: when(has('FACE_MATCH'), faceMatch),
    phone_verifications: when(has('PHONE'), phoneVerification),
    email_verifications: when(has('EMAIL_VERIFICATION'), emailVerification),
    poa_verifications: when(has('POA'), proofOfAddress),
    document_ai_documents: null,
    questionnaire_responses: when(has('QUESTIONNAIRE'), questionnaireResponse),
    aml_screenings: when(has('AML'), amlScreening),
    ip_analyses: when(workflow.features.includes('IP_ANALYSIS') && (isProcessed || started), ipAnalysis),
    database_validations: when(has('DATABASE_VALIDATION'), databaseValidation),
  }
}

/** The blocks of a company appear once it was named. The blocks of a person appear only with the outcome. */
function companyBlocksOf(subject: Subject): Block {
  const { session, run } = subject
  const { status } = session
  const isNamed = processed.includes(status) || status === 'Awaiting User' || run.companyName !== undefined
  const when = (block: (subject: Subject) => Block): Json => (isNamed ? [block(subject)] : null)
  return {
    registry_checks: when(registryCheck),
    document_verifications: when(companyDocuments),
    key_people_checks: when(keyPeopleCheck),
    phone_verifications: null,
    email_verifications: null,
    questionnaire_responses: null,
    aml_screenings: null,
    ip_analyses: null,
  }
}

/**
 * Returns the decision of a Session at this moment.
 *
 * Its links to pictures expire after an hour.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/sessions-api/retrieve-session
 */
export function decisionOf(session: StoredSession, environment: string, now: number): Block {
  const { workflow, run = {} } = firstOf(session)
  const subject: Subject = { session, person: personOf(session), workflow, run, now }
  const isBusiness = isBusinessWorkflow(workflow)
  return {
    session_id: session.sessionId,
    session_kind: isBusiness ? 'business' : 'user',
    session_number: session.sessionNumber,
    // An imported Session cannot be continued.
    session_url: session.sharedFrom === null ? session.url : null,
    status: session.status,
    environment,
    workflow_id: session.workflow.workflowId,
    features: workflow.features,
    vendor_data: session.request.vendorData,
    metadata: session.metadata,
    expected_details: session.request.expectedDetails,
    contact_details: contactDetails(subject),
    callback: session.callback,
    ...(isBusiness ? companyBlocksOf(subject) : blocksOf(subject)),
    reviews: session.reviews.map((review) => ({ ...review })),
    created_at: vendorTime(session.createdAt),
    expires_at: isBusiness ? null : vendorTime(session.expiresAt),
  }
}
