import type { JsonObject } from '../runtime/json.ts'
import { itemsOf } from './view.ts'

/**
 * The decision in its older shape (v2): one check of each kind, without nodes and without the environment.
 *
 * An import omits checks that did not run and has the expiry as its last field. A webhook has null for such checks, and
 * no expiry.
 *
 * @see Didit docs, "Import shared session": https://docs.didit.me/sessions-api/import-shared-session
 */

/** The older names of the blocks. */
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
const last = ['reviews', 'created_at']

const pick = (decision: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(fields.map((field) => [field, decision[field] ?? null]))

function oldCheck({ node_id: _node, ...check }: JsonObject): JsonObject {
  if (!Array.isArray(check.warnings)) return check
  const warnings = itemsOf(check, 'warnings').map(({ feature: _feature, node_id: _id, ...warning }) => warning)
  return { ...check, warnings }
}

/** Returns the checks of a decision under their older names. Null for those that did not run. */
function checksOf(decision: JsonObject): [name: string, check: JsonObject | null][] {
  return Object.entries(names).map(([block, name]) => {
    const [check] = itemsOf(decision, block)
    return [name, check ? oldCheck(check) : null]
  })
}

/** Returns a decision in the shape of the response to an import. */
export function importInV2(decision: JsonObject): JsonObject {
  const checks = checksOf(decision).filter(([, check]) => check !== null)
  return { ...pick(decision, kept), ...Object.fromEntries(checks), ...pick(decision, [...last, 'expires_at']) }
}

/** Returns a decision in the shape of a webhook. */
export function webhookInV2(decision: JsonObject): JsonObject {
  return { ...pick(decision, kept), ...Object.fromEntries(checksOf(decision)), ...pick(decision, last) }
}
