import * as z from 'zod/mini'
import { flag, listOf, number, objectOf, openObject, text, texts, tolerant } from '../tolerant.ts'
import { checkFields } from './check.ts'
import { fileMetadata } from './file-metadata.ts'

/**
 * The papers of a business: that it exists, who owns it, who speaks for it.
 *
 * @see Didit docs, "Business verification": https://docs.didit.me/business-verification/overview
 */

const paper = z.looseObject({
  uuid: text,
  /** `LEGAL_PRESENCE`, `COMPANY_DETAILS`, `OWNERSHIP_STRUCTURE`, `REPRESENTATIVES_AUTHORIZATION` or `OTHER`. */
  document_type: text,
  document_subtype: text,
  document_group: text,
  description: text,
  original_filename: text,
  /** In bytes. */
  file_size: number,
  /** Lives for an hour. */
  file_url: text,
  document_metadata: fileMetadata,
  status: text,
  ocr_data: openObject,
  cross_check_result: openObject,
  is_requested: flag,
  is_console_upload: flag,
  is_confirmed: flag,
  created_at: text,
})

/** Number of documents of a group, by status. */
const group = objectOf({
  total: number,
  approved: number,
  declined: number,
  in_review: number,
  pending: number,
  missing: number,
  other: number,
})

const documentVerification = z.looseObject({
  ...checkFields,
  items: listOf(paper),
  /** By the name of the group, in lower case. */
  groups: tolerant(z.record(z.string(), group)),
  required_groups: texts,
})

/** One step that asked for papers. */
export interface DocumentVerification extends z.infer<typeof documentVerification> {}

/** Reads one step that asked for papers. */
export const documentVerificationSchema: z.ZodMiniType<DocumentVerification> = documentVerification
