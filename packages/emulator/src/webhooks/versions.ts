import { webhookInV2 } from '../decision/decision-v2.ts'
import { isObject, type Json, type JsonObject } from '../runtime/json.ts'
import type { WebhookVersion } from './destinations.ts'

/**
 * Converts events for receivers with older versions. Only Session events have older forms. Other events stay the same.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */

const envelopeOfV2 =
  'webhook_type timestamp created_at session_id status workflow_id vendor_data metadata decision resubmit_info'.split(
    ' ',
  )
const kycOfV1 =
  'status document_type document_number first_name last_name date_of_birth expiration_date issuing_state'.split(' ')
const decisionOfV1 = 'session_id session_number session_url status vendor_data reviews created_at'.split(' ')

const only = (fields: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name] as Json]])))

function decisionInV1(decision: JsonObject): JsonObject {
  const { id_verification: id = null, liveness = null, face_match = null, aml = null } = webhookInV2(decision)
  return { ...only(decision, decisionOfV1), kyc: isObject(id) ? only(id, kycOfV1) : null, liveness, face_match, aml }
}

/** Returns an event in the given version. */
export function eventIn(version: WebhookVersion, event: Json): Json {
  if (version === 'v3' || !isObject(event)) return event
  const { webhook_type: type, decision } = event
  if (type !== 'status.updated' && type !== 'data.updated') return event
  if (version === 'v2') {
    return { ...only(event, envelopeOfV2), ...(isObject(decision) ? { decision: webhookInV2(decision) } : {}) }
  }
  const envelope = only(event, ['session_id', 'status', 'created_at', 'vendor_data'])
  return isObject(decision) ? { ...envelope, decision: decisionInV1(decision) } : envelope
}
