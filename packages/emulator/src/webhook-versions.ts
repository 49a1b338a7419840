import { isObject, type Json } from './json.ts'
import type { WebhookVersion } from './webhook-destinations.ts'

/**
 * What receivers of older versions get. Only Session events have older shapes; everything else is sent as it is.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */

type Fields = { readonly [field: string]: Json }

/** The blocks of a decision by their names of today, and as they were called when there was one of each. */
const singular: Readonly<Record<string, string>> = {
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
const notInV2 = ['session_kind', 'environment', 'expected_details', 'contact_details', 'expires_at']
const notInV2Either = ['document_ai_documents', 'registry_checks', 'document_verifications', 'key_people_checks']
const envelopeOfV2 =
  'webhook_type timestamp created_at session_id status workflow_id vendor_data metadata decision resubmit_info'.split(
    ' ',
  )
const kycOfV1 =
  'status document_type document_number first_name last_name date_of_birth expiration_date issuing_state'.split(' ')
const decisionOfV1 = 'session_id session_number session_url status vendor_data reviews created_at'.split(' ')

const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
const only = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name] as Json]])))

/** The first item of a block, as it was before blocks were lists. */
function firstOf(block: Json): Json {
  const item = Array.isArray(block) ? (block as readonly Json[])[0] : null
  if (item === undefined || !isObject(item)) return null
  const { warnings } = item
  return {
    ...without(item, ['node_id']),
    ...(Array.isArray(warnings)
      ? {
          warnings: (warnings as readonly Json[]).map((warning) =>
            isObject(warning) ? without(warning, ['feature', 'node_id']) : warning,
          ),
        }
      : {}),
  }
}

/** A decision in its second version: one of each block, under its old name. */
function decisionInV2(decision: Fields): Fields {
  const kept = without(decision, [...Object.keys(singular), ...notInV2, ...notInV2Either])
  const blocks = Object.entries(singular).map(([now, then]) => [then, firstOf(decision[now] ?? null)] as const)
  return { ...kept, ...Object.fromEntries(blocks) }
}

function decisionInV1(decision: Fields): Fields {
  const { id_verification: id = null, liveness = null, face_match = null, aml = null } = decisionInV2(decision)
  return { ...only(decision, decisionOfV1), kyc: isObject(id) ? only(id, kycOfV1) : null, liveness, face_match, aml }
}

/** An event as a receiver of that version gets it. */
export function eventIn(version: WebhookVersion, event: Json): Json {
  if (version === 'v3' || !isObject(event)) return event
  const { webhook_type: type, decision } = event
  if (type !== 'status.updated' && type !== 'data.updated') return event
  if (version === 'v2') {
    return { ...only(event, envelopeOfV2), ...(isObject(decision) ? { decision: decisionInV2(decision) } : {}) }
  }
  const envelope = only(event, ['session_id', 'status', 'created_at', 'vendor_data'])
  return isObject(decision) ? { ...envelope, decision: decisionInV1(decision) } : envelope
}
