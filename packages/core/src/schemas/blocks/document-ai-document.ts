import * as z from 'zod/mini'
import { flag, listOf, number, openObject, text } from '../tolerant.ts'
import { checkFields } from './check.ts'
import { fileMetadata } from './file-metadata.ts'

const documentAiDocument = z.looseObject({
  ...checkFields,
  items: listOf(
    z.looseObject({
      uuid: text,
      node_id: text,
      /** The workflow's own name of this kind of document. */
      document_key: text,
      original_filename: text,
      /** In bytes. */
      file_size: number,
      /** Lives for an hour. */
      file_url: text,
      status: text,
      /** By the `key` of each of the `fields`. */
      extracted_data: openObject,
      fields: listOf(
        z.looseObject({
          key: text,
          name: text,
          instruction: text,
          /** `text`, `number` or `date`. */
          type: text,
          required: flag,
        }),
      ),
      document_metadata: fileMetadata,
      cross_check_result: openObject,
      created_at: text,
    }),
  ),
})

/** One step that asked for documents. */
export interface DocumentAiDocument extends z.infer<typeof documentAiDocument> {}

/**
 * Other documents that a workflow asks for, read by the fields its author described.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */
export const documentAiDocumentSchema: z.ZodMiniType<DocumentAiDocument> = documentAiDocument
