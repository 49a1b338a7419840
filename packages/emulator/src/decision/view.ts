import { isObject, type Json, type JsonObject } from '../runtime/json.ts'
import { blockOf } from '../sessions/feature-names.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import { standaloneDecision } from '../standalone/api-session.ts'
import { decisionOf } from './decision.ts'

/**
 * The decision as somebody reads it: a Session's checks, with what happened to it since they were made.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/sessions-api/retrieve-session
 */

/** The single checks of one block of a decision. */
export const itemsOf = (decision: JsonObject, block: string): readonly JsonObject[] => {
  const items = decision[block]
  return Array.isArray(items) ? items.filter(isObject) : []
}

/** What an import hides: the link, and what the sender had told Didit of the person. */
const imported = (session: StoredSession, original: StoredSession): JsonObject => ({
  status: session.status,
  session_url: null,
  expected_details: null,
  contact_details: null,
  shared_from_session: original.sessionId,
})

/** The data of steps that were sent back is gone. */
function withoutResubmitted(session: StoredSession): JsonObject {
  const blocks = session.resubmission.map(({ feature }) => blockOf(feature)).filter((block) => block !== undefined)
  return Object.fromEntries(blocks.map((block) => [block, null]))
}

/** The decision of a Session as it stands now, for the owner's own eyes. */
export function viewOf(session: StoredSession, environment: string, now: number): JsonObject {
  const { sharedFrom, statusWhenShared, kycExpiresAt } = session
  // The checks of an import came out as they did there, whoever reviews it here.
  const checked = statusWhenShared === null ? session : { ...session, status: statusWhenShared }
  return {
    ...(session.apiService === null
      ? decisionOf(checked, environment, now)
      : standaloneDecision(session, environment, now)),
    ...(kycExpiresAt === null ? {} : { expires_at: vendorTime(kycExpiresAt) }),
    ...withoutResubmitted(session),
    ...(sharedFrom === null ? {} : imported(session, sharedFrom)),
  }
}

const isMedia = (text: string) => /[?&]X-Amz-Signature=/.test(text)

/** The same value without links to pictures, videos and files: null in a field, nothing in a list. */
export function withoutMedia(value: Json): Json {
  if (typeof value === 'string') return isMedia(value) ? null : value
  if (Array.isArray(value)) return value.filter((item) => typeof item !== 'string' || !isMedia(item)).map(withoutMedia)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutMedia(member)]))
}
