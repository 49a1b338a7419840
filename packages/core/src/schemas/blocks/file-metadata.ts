import * as z from 'zod/mini'
import { flag, listOf, number, objectOf, openObject, text, texts } from '../tolerant.ts'

/** Metadata of a file, and signs that it was edited. */
export const fileMetadata = objectOf({
  /** In bytes. */
  file_size: number,
  content_type: text,
  creation_date: text,
  modified_date: text,
  exif_original_date: text,
  exif_digitized_date: text,
  has_different_creation_mod_date: flag,
  creator: text,
  producer: text,
  software: text,
  processed_by_known_editor: flag,
  encryption: text,
  is_signed: flag,
  is_tampered: flag,
  signature_info: openObject,
  overlay_manipulation: objectOf({
    analyzed: flag,
    detected: flag,
    signals: texts,
    /** In points of the page, whose own size comes along. */
    manipulated_regions: listOf(
      z.looseObject({
        page: number,
        x: number,
        y: number,
        width: number,
        height: number,
        page_width: number,
        page_height: number,
      }),
    ),
  }),
})
