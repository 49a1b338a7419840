import * as z from 'zod/mini'
import { lenient } from './lenient.ts'

/**
 * The Decision: everything Didit found out in one Session. Only the outer level is spelled out.
 *
 * A workflow's settings or a scoped key can turn any inner field into null, and Didit adds fields without notice.
 * So a Decision needs an id and a status; everything else may be missing or null, and a field of another type than
 * expected reads as null. Unknown fields are kept.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */

/** One finding of a check. `risk` is an open list of codes; `log_type` says how much it weighs. */
export const decisionWarningSchema = z.looseObject({
  feature: lenient(z.string()),
  risk: lenient(z.string()),
  log_type: lenient(z.string()),
  short_description: lenient(z.string()),
  long_description: lenient(z.string()),
  additional_data: z.optional(z.unknown()),
  node_id: lenient(z.string()),
})

/** One finding of a check. */
export type DecisionWarning = z.infer<typeof decisionWarningSchema>

/** One run of one check. A workflow may run a step twice: `node_id` tells the runs apart. */
export const decisionCheckSchema = z.looseObject({
  status: lenient(z.string()),
  node_id: lenient(z.string()),
  warnings: lenient(z.array(decisionWarningSchema)),
})

/** One run of one check, with whatever else Didit says of it. */
export type DecisionCheck = z.infer<typeof decisionCheckSchema>

/** The names under which a Decision lists its checks. Each is null, or missing, until a step of that kind has run. */
export const decisionBlocks = [
  'id_verifications',
  'nfc_verifications',
  'liveness_checks',
  'face_matches',
  'poa_verifications',
  'phone_verifications',
  'email_verifications',
  'aml_screenings',
  'ip_analyses',
  'database_validations',
  'questionnaire_responses',
  'document_ai_documents',
  // of business Sessions
  'registry_checks',
  'document_verifications',
  'key_people_checks',
] as const

/** The name of one list of checks. */
export type DecisionBlock = (typeof decisionBlocks)[number]

const block = lenient(z.array(decisionCheckSchema))
const blocks = Object.fromEntries(decisionBlocks.map((name) => [name, block])) as Record<DecisionBlock, typeof block>

/** The answer to `GET /v3/session/:id/decision/`. */
export const decisionSchema = z.looseObject({
  session_id: z.guid(),
  status: z.string().check(z.minLength(1)),
  /** `user` or `business`; missing means `user`. */
  session_kind: lenient(z.string()),
  session_number: lenient(z.number()),
  session_url: lenient(z.string()),
  environment: lenient(z.string()),
  workflow_id: lenient(z.string()),
  /** What the workflow contains, not what has run. With `include=events` the items are objects. */
  features: lenient(
    z.array(z.union([z.string(), z.looseObject({ feature: lenient(z.string()), node_id: lenient(z.string()) })])),
  ),
  vendor_data: lenient(z.string()),
  metadata: z.optional(z.unknown()),
  expected_details: lenient(z.looseObject({})),
  contact_details: lenient(z.looseObject({})),
  callback: lenient(z.string()),
  ...blocks,
  reviews: lenient(z.array(z.looseObject({}))),
  created_at: lenient(z.string()),
  /** Null without a configured expiry. */
  expires_at: lenient(z.string()),
})

/** The full outcome of a Session, personal data included: it stays on the server. */
export type Decision = z.infer<typeof decisionSchema>
