/**
 * The names of each check: in `features`, as a block of the decision, and in requests to repeat it.
 *
 * @see Didit docs, "Update status": https://docs.didit.me/sessions-api/update-status
 */

/** Returns true for a Workflow that checks a company instead of a person. */
export const isBusinessWorkflow = ({ features }: { readonly features: readonly string[] }) =>
  features.some((feature) => feature.startsWith('KYB'))

/** The block of the decision for each feature of a Workflow. */
export const blockOfFeature: Readonly<Record<string, string>> = {
  ID_VERIFICATION: 'id_verifications',
  NFC: 'nfc_verifications',
  LIVENESS: 'liveness_checks',
  AGE_ESTIMATION: 'liveness_checks',
  FACE_MATCH: 'face_matches',
  PHONE: 'phone_verifications',
  EMAIL_VERIFICATION: 'email_verifications',
  POA: 'poa_verifications',
  DOCUMENT_AI: 'document_ai_documents',
  QUESTIONNAIRE: 'questionnaire_responses',
  AML: 'aml_screenings',
  IP_ANALYSIS: 'ip_analyses',
  DATABASE_VALIDATION: 'database_validations',
  KYB_REGISTRY: 'registry_checks',
  KYB_DOCUMENTS: 'document_verifications',
  KYB_KEY_PEOPLE: 'key_people_checks',
}

/** Nodes of the seeded Workflows whose name cannot be derived from the feature. */
const nodes: Readonly<Record<string, string>> = {
  ID_VERIFICATION: 'feature_ocr_1',
  IP_ANALYSIS: 'feature_ip_1',
  AGE_ESTIMATION: 'feature_age_1',
  EMAIL_VERIFICATION: 'feature_email_1',
  DATABASE_VALIDATION: 'feature_db_validation_1',
}

/** Returns the node of a feature, whether it has run or not. */
export const nodeOf = (feature: string) => nodes[feature] ?? `feature_${feature.toLowerCase()}_1`

/** Alternative names of steps in requests. */
const aliases: Readonly<Record<string, string>> = {
  ID_VERIFICATION: 'OCR',
  POA: 'PROOF_OF_ADDRESS',
  PHONE: 'PHONE_VERIFICATION',
  EMAIL: 'EMAIL_VERIFICATION',
}

/** The block of the decision for each step, by its name in requests. */
const blockOfStep: Readonly<Record<string, string>> = {
  OCR: 'id_verifications',
  OCR_BACK: 'id_verifications',
  NFC: 'nfc_verifications',
  FACE: 'liveness_checks',
  LIVENESS: 'liveness_checks',
  AGE_ESTIMATION: 'liveness_checks',
  FACE_MATCH: 'face_matches',
  PHONE_VERIFICATION: 'phone_verifications',
  EMAIL_VERIFICATION: 'email_verifications',
  PROOF_OF_ADDRESS: 'poa_verifications',
  DOCUMENT_AI: 'document_ai_documents',
  QUESTIONNAIRE: 'questionnaire_responses',
  AML: 'aml_screenings',
  IP_ANALYSIS: 'ip_analyses',
  DATABASE_VALIDATION: 'database_validations',
  KYB_DOCUMENTS: 'document_verifications',
}

/** Steps of a business Session that can only be repeated through the Sessions of its people. */
export const parentSteps: readonly string[] = ['KYB_REGISTRY', 'KYB_KEY_PEOPLE', 'KYB']

/** All names that a request may use for a step. */
export const stepNames: readonly string[] = [
  ...Object.keys(blockOfStep),
  'FACE_SEARCH',
  ...Object.keys(aliases),
  ...parentSteps,
]

/** Steps that run without the person. */
export const backendSteps: readonly string[] = ['AML', 'DATABASE_VALIDATION', 'IP_ANALYSIS']

/** Returns the official name of a step. */
export const stepOf = (name: string) => aliases[name] ?? name

/** Returns the block of a step. Undefined for a step without data. */
export const blockOf = (step: string): string | undefined => blockOfStep[stepOf(step)]

/** The step that Didit picks when an attempt in a block has to be repeated. It never picks a block not listed here. */
export const automaticSteps: Readonly<Record<string, string>> = {
  id_verifications: 'OCR',
  liveness_checks: 'LIVENESS',
  face_matches: 'FACE_MATCH',
  poa_verifications: 'PROOF_OF_ADDRESS',
  phone_verifications: 'PHONE_VERIFICATION',
  email_verifications: 'EMAIL_VERIFICATION',
  aml_screenings: 'AML',
  database_validations: 'DATABASE_VALIDATION',
  questionnaire_responses: 'QUESTIONNAIRE',
}
