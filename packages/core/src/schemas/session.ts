import * as z from 'zod/mini'
import { tolerant } from './tolerant.ts'

/**
 * Didit's answers to the creation and deletion of a Session.
 *
 * Didit changes its API in place, so unknown fields are kept. A scoped key can blank out every URL and the token, so these
 * may be null. Only the id and the status are required.
 *
 * @see Didit docs, "Create session": https://docs.didit.me/reference/create-session-verification-sessions
 * @see Didit docs, "Delete session": https://docs.didit.me/reference/delete-session-verification-sessions
 */

/** The answer to `POST /v3/session/`: a new Session, or the unfinished one of the same `vendor_data`. */
export const createdSessionSchema = z.looseObject({
  session_id: z.guid(),
  /** Not always `Not Started`: a reused Session keeps its own status. */
  status: z.string().check(z.minLength(1)),
  session_number: tolerant(z.number()),
  /** A secret: it permits actions in the Session. */
  session_token: tolerant(z.string()),
  url: tolerant(z.string()),
  vendor_data: tolerant(z.string()),
  metadata: z.optional(z.unknown()),
  callback: tolerant(z.string()),
  workflow_id: tolerant(z.string()),
  workflow_version: tolerant(z.number()),
})

/** A Session as Didit answers its creation. */
export type CreatedSession = z.infer<typeof createdSessionSchema>

/** The answer to a delete, where Didit gives one with a body: the API of mid-2026 answered 204 and nothing else. */
export const deletedSessionSchema = z.looseObject({
  session_id: tolerant(z.guid()),
  session_number: tolerant(z.number()),
  /** `retained_with_user`, `deleted`, `none` or `ineligible_no_vendor_user`; an open list. */
  face_retention_outcome: tolerant(z.string()),
  biometric_template_uuid: tolerant(z.string()),
  biometric_template_expires_at: tolerant(z.string()),
  deleted_child_verifications: tolerant(z.number()),
})
