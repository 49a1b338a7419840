import * as z from 'zod/mini'
import { lenient } from './lenient.ts'

/**
 * What creates and deletes a Session at Didit, and what Didit answers.
 *
 * Loose throughout: Didit changes its API in place, so a field this version does not know is kept, and whatever a
 * scoped key may blank out (every URL, the token) may be null. An answer needs its id and status, and nothing else.
 *
 * @see Didit docs, "Create session": https://docs.didit.me/reference/create-session-verification-sessions
 * @see Didit docs, "Delete session": https://docs.didit.me/reference/delete-session-verification-sessions
 */

/** The body of `POST /v3/session/`, in Didit's own field names. */
export const createSessionRequestSchema = z.looseObject({
  // The vendor's own examples are no RFC UUIDs, hence `guid`: any 8-4-4-4-12 hex.
  workflow_id: z.guid(),
  vendor_data: z.optional(z.string()),
  callback: z.optional(z.string()),
  callback_method: z.optional(z.enum(['initiator', 'completer', 'both'])),
  /** Any JSON; it comes back as sent, a JSON string as a string. */
  metadata: z.optional(z.unknown()),
  language: z.optional(z.string()),
  contact_details: z.optional(
    z.looseObject({
      email: z.optional(z.string()),
      send_notification_emails: z.optional(z.boolean()),
      email_lang: z.optional(z.string()),
      phone: z.optional(z.string()),
    }),
  ),
  expected_details: z.optional(
    z.looseObject({
      first_name: z.optional(z.string()),
      last_name: z.optional(z.string()),
      date_of_birth: z.optional(z.string()),
      gender: z.optional(z.nullable(z.string())),
      nationality: z.optional(z.string()),
      country: z.optional(z.string()),
      id_country: z.optional(z.string()),
      poa_country: z.optional(z.string()),
      address: z.optional(z.string()),
      identification_number: z.optional(z.string()),
      ip_address: z.optional(z.string()),
      expected_document_types: z.optional(z.array(z.string())),
      company_name: z.optional(z.string()),
      registry_country: z.optional(z.string()),
      registration_number: z.optional(z.string()),
    }),
  ),
  portrait_image: z.optional(z.string()),
  sandbox_scenario: z.optional(z.string()),
})

/** What creates a Session. `vendor_data` makes a repeated creation return the unfinished Session instead of a second. */
export type CreateSessionRequest = z.infer<typeof createSessionRequestSchema>

/** The answer to `POST /v3/session/`: a new Session, or the unfinished one of the same `vendor_data`. */
export const createdSessionSchema = z.looseObject({
  session_id: z.guid(),
  /** Not always `Not Started`: a reused Session keeps its own status. */
  status: z.string().check(z.minLength(1)),
  session_number: lenient(z.number()),
  /** A secret: whoever holds it can act in the Session. */
  session_token: lenient(z.string()),
  url: lenient(z.string()),
  vendor_data: lenient(z.string()),
  metadata: z.optional(z.unknown()),
  callback: lenient(z.string()),
  workflow_id: lenient(z.string()),
  workflow_version: lenient(z.number()),
})

/** A Session as Didit answers its creation. */
export type CreatedSession = z.infer<typeof createdSessionSchema>

/**
 * The optional body of a delete. Without one Didit keeps no face. The API of mid-2026 read none.
 */
export interface DeleteSessionRequest {
  /** Whether the face stays with Didit's user, so that the person need not enrol again. */
  readonly retain_face_embeddings?: boolean | null | undefined
  /** From 1 to 3650. */
  readonly face_retention_days?: number | undefined
  /** An ISO 8601 moment. */
  readonly face_retention_deadline?: string | undefined
  readonly deletion_instruction?: 'operational_session_delete' | 'privacy_erasure' | undefined
  readonly instruction_id?: string | undefined
}

/** The answer to a delete, where Didit gives one with a body: the API of mid-2026 answered 204 and nothing else. */
export const deletedSessionSchema = z.looseObject({
  session_id: lenient(z.guid()),
  session_number: lenient(z.number()),
  /** `retained_with_user`, `deleted`, `none` or `ineligible_no_vendor_user`; an open list. */
  face_retention_outcome: lenient(z.string()),
  biometric_template_uuid: lenient(z.string()),
  biometric_template_expires_at: lenient(z.string()),
  deleted_child_verifications: lenient(z.number()),
})
