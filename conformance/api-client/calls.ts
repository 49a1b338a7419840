import { blocklistCalls } from './blocklist-calls.ts'
import type { Call } from './call.ts'
import { sessionCalls } from './session-calls.ts'
import { standaloneCalls } from './standalone-calls.ts'

/** Every call of the client. */
export const calls: readonly Call[] = [...sessionCalls, ...blocklistCalls, ...standaloneCalls]

/** Required fields, by the name of the call. */
export const required: Readonly<Record<string, readonly string[]>> = {
  'sessions.create': ['workflow_id'],
  'sessions.updateStatus': ['new_status'],
  'sessions.share': ['for_application_id'],
  'sessions.importShared': ['share_token', 'workflow_id', 'trust_review'],
  'blocklist.add': ['session_id'],
  'blocklist.remove': ['session_id'],
  poa: ['document'],
  aml: ['full_name'],
  ageEstimation: ['user_image'],
  passiveLiveness: ['user_image'],
  'phone.send': ['phone_number'],
  'phone.check': ['phone_number', 'code'],
}
