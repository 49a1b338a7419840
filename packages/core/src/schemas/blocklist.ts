import * as z from 'zod/mini'
import { pageFields } from './page.ts'
import { number, text } from './tolerant.ts'

/**
 * Faces, documents, phone numbers and email addresses that decline every later Session.
 *
 * @see Didit docs, "Blocklist": https://docs.didit.me/core-technology/blocklist
 */

/** The answer to `POST /v3/blocklist/add/` and `…/remove/`: a sentence to show, not to branch on. */
export const blocklistMessageSchema = z.looseObject({ message: text })

/** Answer to a change of the blocklist. */
export type BlocklistMessage = z.infer<typeof blocklistMessageSchema>

const blocklistItem = z.looseObject({
  /** `face`, `document`, `phone` or `email`. */
  type: text,
  session_id: text,
  session_number: number,
  blocklisted_at: text,
  /** Lives for an hour, as `front_image`. */
  face_image: text,
  /** A name for display, such as `Passport`. */
  document_type: text,
  document_number: text,
  front_image: text,
  /** E.164. */
  phone_number: text,
  /** Two letters (ISO alpha-2). */
  country_code: text,
  email: text,
})

/** One entry of the blocklist. */
export interface BlocklistItem extends z.infer<typeof blocklistItem> {}

/** One entry of the blocklist, with the Session that it came from. The fields of the other three types are null. */
export const blocklistItemSchema: z.ZodMiniType<BlocklistItem> = blocklistItem

/** The answer to `GET /v3/blocklist/`, newest first. Entries made by hand and those of deleted Sessions are not in it. */
export const blocklistPageSchema = z.looseObject({ ...pageFields, results: z.array(blocklistItemSchema) })

/** One page of the blocklist. */
export type BlocklistPage = z.infer<typeof blocklistPageSchema>
