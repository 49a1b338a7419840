import { itemsOf } from './decision-view.ts'
import type { JsonObject } from './json.ts'

/**
 * The decision in its older shape: one check of each kind, no nodes, nothing of where it was made.
 *
 * @see Didit docs, "Import shared session": https://docs.didit.me/sessions-api/import-shared-session
 */

/** What the blocks were called. */
const names: Readonly<Record<string, string>> = {
  id_verifications: 'id_verification',
  nfc_verifications: 'nfc',
  liveness_checks: 'liveness',
  face_matches: 'face_match',
  phone_verifications: 'phone',
  email_verifications: 'email',
  poa_verifications: 'poa',
  aml_screenings: 'aml',
  ip_analyses: 'ip_analysis',
  database_validations: 'database_validation',
  questionnaire_responses: 'questionnaire',
}
const kept = [
  'session_id',
  'session_number',
  'session_url',
  'status',
  'workflow_id',
  'features',
  'vendor_data',
  'metadata',
  'callback',
]
const last = ['reviews', 'created_at', 'expires_at']

const pick = (decision: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(fields.map((field) => [field, decision[field] ?? null]))

function oldCheck({ node_id: _node, ...check }: JsonObject): JsonObject {
  if (!Array.isArray(check.warnings)) return check
  const warnings = itemsOf(check, 'warnings').map(({ feature: _feature, node_id: _id, ...warning }) => warning)
  return { ...check, warnings }
}

/** Writes a decision as version 2 did. Blocks that did not run are left out. */
export function toV2(decision: JsonObject): JsonObject {
  const blocks = Object.entries(names).flatMap(([block, name]) => {
    const [check] = itemsOf(decision, block)
    return check ? [[name, oldCheck(check)] as const] : []
  })
  return { ...pick(decision, kept), ...Object.fromEntries(blocks), ...pick(decision, last) }
}
