import * as z from 'zod/mini'

/**
 * The Decision: everything Didit found out in one Session. Only the outer level is spelled out.
 *
 * A workflow's settings or a scoped key can turn any inner field into null, and Didit adds fields without notice.
 * So a Decision needs an id and a status, everything else may be missing or null, and unknown fields are kept.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */

/** One finding of a check. `risk` is an open list of codes; `log_type` says how much it weighs. */
export const decisionWarningSchema = z.looseObject({
  feature: z.nullish(z.string()),
  risk: z.nullish(z.string()),
  log_type: z.nullish(z.string()),
  short_description: z.nullish(z.string()),
  long_description: z.nullish(z.string()),
  additional_data: z.optional(z.unknown()),
  node_id: z.nullish(z.string()),
})

/** One finding of a check. */
export type DecisionWarning = z.infer<typeof decisionWarningSchema>

/** One run of one check. A workflow may run a step twice: `node_id` tells the runs apart. */
export const decisionCheckSchema = z.looseObject({
  status: z.nullish(z.string()),
  node_id: z.nullish(z.string()),
  warnings: z.nullish(z.array(decisionWarningSchema)),
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

const block = z.nullish(z.array(decisionCheckSchema))
const blocks = Object.fromEntries(decisionBlocks.map((name) => [name, block])) as Record<DecisionBlock, typeof block>

/** The answer to `GET /v3/session/:id/decision/`. */
export const decisionSchema = z.looseObject({
  session_id: z.guid(),
  status: z.string().check(z.minLength(1)),
  /** `user` or `business`; missing means `user`. */
  session_kind: z.nullish(z.string()),
  session_number: z.nullish(z.number()),
  session_url: z.nullish(z.string()),
  environment: z.nullish(z.string()),
  workflow_id: z.nullish(z.string()),
  /** What the workflow contains, not what has run. With `include=events` the items are objects. */
  features: z.nullish(
    z.array(z.union([z.string(), z.looseObject({ feature: z.nullish(z.string()), node_id: z.nullish(z.string()) })])),
  ),
  vendor_data: z.nullish(z.string()),
  metadata: z.optional(z.unknown()),
  expected_details: z.nullish(z.looseObject({})),
  contact_details: z.nullish(z.looseObject({})),
  callback: z.nullish(z.string()),
  ...blocks,
  reviews: z.nullish(z.array(z.looseObject({}))),
  created_at: z.nullish(z.string()),
  /** Null without a configured expiry. */
  expires_at: z.nullish(z.string()),
})

/** The full outcome of a Session, personal data included: it stays on the server. */
export type Decision = z.infer<typeof decisionSchema>
