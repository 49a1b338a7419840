import * as z from 'zod/mini'
import * as is from './request-fields.ts'

/**
 * Requests to Didit's blocklist.
 *
 * @see Didit docs, "Blocklist": https://docs.didit.me/core-technology/blocklist
 */

const flag = z.optional(is.flag)

/** The body of `POST /v3/blocklist/add/`. */
export const blocklistAddRequestSchema = z
  .looseObject(
    {
      session_id: is.guid,
      blocklist_face: flag,
      blocklist_document: flag,
      blocklist_phone: flag,
      blocklist_email: flag,
    },
    'Expected an object.',
  )
  .check(
    z.refine((it) => it.blocklist_face || it.blocklist_document || it.blocklist_phone || it.blocklist_email, {
      path: ['blocklist_face'],
      message:
        'Expected at least one of blocklist_face, blocklist_document, blocklist_phone, blocklist_email to be true.',
    }),
  )

/** Request to add parts of a Session to the blocklist. */
export type BlocklistAddRequest = z.infer<typeof blocklistAddRequestSchema>

/** The body of `POST /v3/blocklist/remove/`. */
export const blocklistRemoveRequestSchema = z
  .looseObject(
    { session_id: is.guid, unblock_face: flag, unblock_document: flag, unblock_phone: flag, unblock_email: flag },
    'Expected an object.',
  )
  .check(
    z.refine((it) => it.unblock_face || it.unblock_document || it.unblock_phone || it.unblock_email, {
      path: ['unblock_face'],
      message: 'Expected at least one of unblock_face, unblock_document, unblock_phone, unblock_email to be true.',
    }),
  )

/** Request to remove parts of a Session from the blocklist. */
export type BlocklistRemoveRequest = z.infer<typeof blocklistRemoveRequestSchema>

/** The query of `GET /v3/blocklist/`. */
export const listBlocklistQuerySchema = z.looseObject(
  {
    item_type: z.optional(is.oneOf(['face', 'document', 'phone', 'email'])),
    /** Rows per page. Didit's default is 20. */
    limit: z.optional(is.numberFrom(1)),
    offset: z.optional(is.numberFrom(0)),
  },
  'Expected an object.',
)

/** Filter of the blocklist. */
export type ListBlocklistQuery = z.infer<typeof listBlocklistQuerySchema>
