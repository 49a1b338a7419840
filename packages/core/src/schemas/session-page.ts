import * as z from 'zod/mini'
import { featureStatusSchema } from './blocks/check.ts'
import { pageFields } from './page.ts'
import { flag, listOf, number, objectOf, text } from './tolerant.ts'

/**
 * The list of an application's Sessions, newest first.
 *
 * @see Didit docs, "List sessions": https://docs.didit.me/sessions-api/list-sessions
 */

/** A few facts of each check, and only of those that gave any. */
const additionalDetails = objectOf({
  aml: objectOf({
    total_hits: number,
    entity_type: text,
    is_adverse_media_fetched: flag,
    screened_data: objectOf({ nationality: text, document_number: text, date_of_birth: text }),
  }),
  database_validation: objectOf({ validation_type: text, match_type: text, identification_number: text }),
  poa: objectOf({ document_type: text, issuer: text, address: text, name_on_document: text }),
  /** Scores from 0 to 100. */
  liveness: objectOf({ method: text, score: number }),
  face_match: objectOf({ score: number, source_image: text, target_image: text }),
  phone_verification: objectOf({ country_code: text, is_temporary: flag, is_ported: flag, is_blocked: flag }),
  email_verification: objectOf({
    is_breached: flag,
    is_disposable: flag,
    is_undeliverable: flag,
    is_blocklisted: flag,
  }),
})

const sessionRow = z.looseObject({
  session_id: z.guid(),
  status: z.string().check(z.minLength(1)),
  /** `user` or `business`. */
  session_kind: text,
  /** Businesses have a numbering of their own. */
  session_number: number,
  vendor_data: text,
  created_at: text,
  /** Three letters (ISO alpha-3) for a person, the register's two for a business. */
  country: text,

  // People only. Null where no check has found it out yet.
  /** A secret. Null for keys that may not write Sessions. */
  session_url: text,
  /** Lives for an hour. */
  portrait_image: text,
  /** A name for display, such as `Passport`. Null for the rarer kinds. */
  document_type: text,
  full_name: text,
  didit_internal_id: text,
  features: listOf(featureStatusSchema),
  phone_number: objectOf({ number: text, is_verified: flag }),
  email_address: objectOf({ email: text, is_verified: flag }),
  additional_details: additionalDetails,

  // Businesses only.
  workflow_id: text,
  workflow_type: text,
  workflow_label: text,
  company_name: text,
  registration_number: text,
})

/** One Session of the list, of a person or a business. */
export interface SessionRow extends z.infer<typeof sessionRow> {}

/**
 * One Session of the list. A row needs its id and status.
 *
 * Rows of people and of businesses have fields of their own; those of the other kind are missing.
 */
export const sessionRowSchema: z.ZodMiniType<SessionRow> = sessionRow

/** The answer to `GET /v3/sessions/`. With `session_kind=all` it holds up to twice `limit` rows, people first. */
export const sessionPageSchema = z.looseObject({ ...pageFields, results: z.array(sessionRowSchema) })

/** One page of Sessions. */
export type SessionPage = z.infer<typeof sessionPageSchema>
