import { isObject, type Json, type JsonObject } from '../runtime/json.ts'
import { blockOf } from '../sessions/feature-names.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import { standaloneDecision } from '../standalone/api-session.ts'
import { decisionOf } from './decision.ts'

/**
 * The decision as the API returns it: the checks of a Session, with the changes since they ran.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/sessions-api/retrieve-session
 */

/** Returns the checks in one block of a decision. */
export const itemsOf = (decision: JsonObject, block: string): readonly JsonObject[] => {
  const items = decision[block]
  return Array.isArray(items) ? items.filter(isObject) : []
}

/** Returns the fields that differ in an import: the link and the details from the sender are hidden. */
const importFields = (session: StoredSession, original: StoredSession): JsonObject => ({
  status: session.status,
  session_url: null,
  expected_details: null,
  contact_details: null,
  shared_from_session: original.sessionId,
})

/** Returns null for the block of each step that is resubmitted. */
function clearedBlocks(session: StoredSession): JsonObject {
  const blocks = session.resubmission.map(({ feature }) => blockOf(feature)).filter((block) => block !== undefined)
  return Object.fromEntries(blocks.map((block) => [block, null]))
}

/** Returns the current decision of a Session, complete, as its owner may see it. */
export function viewOf(session: StoredSession, environment: string, now: number): JsonObject {
  const { sharedFrom, statusWhenShared, kycExpiresAt } = session
  // The checks of an import keep their results. A later review by the receiver does not change them.
  const checked = statusWhenShared === null ? session : { ...session, status: statusWhenShared }
  return {
    ...(session.apiService === null
      ? decisionOf(checked, environment, now)
      : standaloneDecision(session, environment, now)),
    ...(kycExpiresAt === null ? {} : { expires_at: vendorTime(kycExpiresAt) }),
    ...clearedBlocks(session),
    ...(sharedFrom === null ? {} : importFields(session, sharedFrom)),
  }
}

const isMedia = (text: string) => /[?&]X-Amz-Signature=/.test(text)

/** Returns the value without links to media: a field becomes null, an item of a list is removed. */
export function withoutMedia(value: Json): Json {
  if (typeof value === 'string') return isMedia(value) ? null : value
  if (Array.isArray(value)) return value.filter((item) => typeof item !== 'string' || !isMedia(item)).map(withoutMedia)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutMedia(member)]))
}
