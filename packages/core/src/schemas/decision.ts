import * as z from 'zod/mini'
import { amlScreeningSchema } from './blocks/aml-screening.ts'
import { emailVerificationSchema, phoneVerificationSchema } from './blocks/contact.ts'
import { databaseValidationSchema } from './blocks/database-validation.ts'
import { documentAiDocumentSchema } from './blocks/document-ai-document.ts'
import { documentVerificationSchema } from './blocks/document-verification.ts'
import { faceMatchSchema } from './blocks/face-match.ts'
import { idVerificationSchema } from './blocks/id-verification.ts'
import { ipAnalysisSchema } from './blocks/ip-analysis.ts'
import { keyPeopleCheckSchema } from './blocks/key-people-check.ts'
import { livenessCheckSchema } from './blocks/liveness-check.ts'
import { nfcVerificationSchema } from './blocks/nfc-verification.ts'
import { poaVerificationSchema } from './blocks/poa-verification.ts'
import { questionnaireResponseSchema } from './blocks/questionnaire-response.ts'
import { registryCheckSchema } from './blocks/registry-check.ts'
import { decisionFields } from './decision-fields.ts'
import { anyJson, flag, listOf, number, objectOf, openObjects, text, texts } from './tolerant.ts'

/**
 * The Decision: the full outcome of one Session.
 *
 * The settings of a Workflow or a scoped key can turn any inner field into null, and Didit adds fields without notice. So
 * only the id and the status are required. A field of an unexpected type reads as null. Unknown fields are kept.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */

/** The lists of checks of a Decision, each with the schema of its items. */
const blocks = {
  id_verifications: listOf(idVerificationSchema),
  nfc_verifications: listOf(nfcVerificationSchema),
  liveness_checks: listOf(livenessCheckSchema),
  face_matches: listOf(faceMatchSchema),
  poa_verifications: listOf(poaVerificationSchema),
  phone_verifications: listOf(phoneVerificationSchema),
  email_verifications: listOf(emailVerificationSchema),
  aml_screenings: listOf(amlScreeningSchema),
  ip_analyses: listOf(ipAnalysisSchema),
  database_validations: listOf(databaseValidationSchema),
  questionnaire_responses: listOf(questionnaireResponseSchema),
  document_ai_documents: listOf(documentAiDocumentSchema),
  // of business Sessions
  registry_checks: listOf(registryCheckSchema),
  document_verifications: listOf(documentVerificationSchema),
  key_people_checks: listOf(keyPeopleCheckSchema),
}

/** The name of one list of checks. */
export type DecisionBlock = keyof typeof blocks

/** The names under which a Decision lists its checks. Each is null, or missing, until a step of that kind has run. */
export const decisionBlocks = Object.keys(blocks) as readonly DecisionBlock[]

/** Expected details from the creation of the Session: only the fields that were sent. */
const expectedDetails = objectOf({
  first_name: text,
  last_name: text,
  /** `YYYY-MM-DD`. */
  date_of_birth: text,
  gender: text,
  /** Three letters (ISO alpha-3), as the other countries but `registry_country`. */
  nationality: text,
  country: text,
  id_country: text,
  poa_country: text,
  address: text,
  identification_number: text,
  ip_address: text,
  expected_document_types: texts,
  company_name: text,
  /** Two letters (ISO alpha-2), with a region or without. */
  registry_country: text,
  registration_number: text,
})

const decision = z.looseObject({
  ...decisionFields,
  /** `user` or `business`; missing means `user`. */
  session_kind: text,
  /** `live` or `sandbox`. */
  environment: text,
  expected_details: expectedDetails,
  /** Null when neither address nor number was given. The number is as typed, which need not be E.164. */
  contact_details: objectOf({ email: text, email_lang: text, send_notification_emails: flag, phone: text }),
  ...blocks,

  // Only with `include=events`. The items of these lists are undocumented.
  events: openObjects,
  activity_reviews: openObjects,
  blocklisted: anyJson,
  cost_breakdown: anyJson,
  workflow_type: text,
  workflow_version: number,
  workflow_version_id: text,
  api_service: text,
  /** `API`, `HOSTED` or `MIGRATED`. */
  session_type: text,
  has_device_nfc_support: flag,
  /** Since late 2026. Only the name of this field is known. */
  nfc_skip_reason: anyJson,
  /** Id of the original Session, if another application shared it. Missing before late 2026. */
  shared_from_session: text,
})

/** The full outcome of a Session, personal data included: it stays on the server. */
export interface Decision extends z.infer<typeof decision> {}

/** The answer to `GET /v3/session/:id/decision/`. */
export const decisionSchema: z.ZodMiniType<Decision> = decision
