import * as z from 'zod/mini'
import { anyJson, flag, listOf, number, objectOf, text, texts } from '../tolerant.ts'
import { documentAddress } from './address.ts'
import { checkFields } from './check.ts'

/**
 * The identity document: what was read from it, and the pictures of it.
 *
 * @see Didit docs, "ID verification report": https://docs.didit.me/reference/report
 */

/** Quality of a picture. Scores are from 0 to 100. */
const quality = objectOf({
  focus_score: number,
  brightness_score: number,
  /** `ok`, `too_dark` or `too_bright`. */
  brightness_issue: text,
  is_document_fully_visible: flag,
  resolution_score: number,
  overall_score: number,
})

/** The machine-readable zone, as it stands on the document: dates are `YYMMDD`, fillers are dropped. */
const machineReadableZone = objectOf({
  /** `TD1`, `TD2` or `TD3`, by the size of the document. */
  mrz_type: text,
  mrz_string: text,
  mrz_key: text,
  surname: text,
  name: text,
  sex: text,
  country: text,
  nationality: text,
  birth_date: text,
  birth_date_hash: text,
  expiry_date: text,
  expiry_date_hash: text,
  document_type: text,
  document_number: text,
  document_number_hash: text,
  personal_number: text,
  optional_data: text,
  optional_data_2: text,
  final_hash: text,
  warnings: texts,
  errors: texts,
})

/** Fields of some documents only. Driving licences add a `dl_class_code_…` key for each class. */
const extraFields = objectOf({
  dl_categories: texts,
  blood_group: text,
  // These ten only where a document is written in two scripts.
  first_name_latin: text,
  first_name_non_latin: text,
  middle_name_latin: text,
  middle_name_non_latin: text,
  last_name_latin: text,
  last_name_non_latin: text,
  full_name_latin: text,
  full_name_non_latin: text,
  address_latin: text,
  address_non_latin: text,
  place_of_birth_latin: text,
  place_of_birth_non_latin: text,
})

/** Another Session with the same document. */
const match = z.looseObject({
  session_id: text,
  session_number: number,
  vendor_data: text,
  verification_date: text,
  /** `document_type` is a code here (`P`), not a name. */
  user_details: objectOf({ name: text, document_type: text, document_number: text }),
  status: text,
  is_blocklisted: flag,
  /** Null for a Session that a person went through; else the standalone check it came from. */
  api_service: text,
  front_image_url: text,
})

const idVerification = z.looseObject({
  ...checkFields,
  /** A name for display, such as `Passport` or `Identity Card`. */
  document_type: text,
  document_subtype: text,
  document_number: text,
  personal_number: text,
  first_name: text,
  last_name: text,
  full_name: text,
  gender: text,
  marital_status: text,
  /** `YYYY-MM-DD`, as the other dates here. */
  date_of_birth: text,
  place_of_birth: text,
  /** In years, on the day of the check. */
  age: number,
  /** Three letters (ISO alpha-3), as `issuing_state`. */
  nationality: text,
  issuing_state: text,
  issuing_state_name: text,
  date_of_issue: text,
  expiration_date: text,
  address: text,
  formatted_address: text,
  parsed_address: documentAddress,
  extra_fields: extraFields,
  /** Null where the document has none, or none was readable. */
  mrz: machineReadableZone,

  portrait_image: text,
  front_image: text,
  front_video: text,
  back_image: text,
  back_video: text,
  full_front_image: text,
  full_back_image: text,
  front_image_camera_front: text,
  back_image_camera_front: text,
  extra_files: texts,
  /** Similarity of the face beside the document and its portrait, from 0 to 100. */
  front_image_camera_front_face_match_score: number,
  back_image_camera_front_face_match_score: number,
  front_image_quality_score: quality,
  back_image_quality_score: quality,
  matches: listOf(match),

  // Since late 2026; of these only the names are known.
  /** `document`, `id_lookup` or `wallet`. */
  verification_method: text,
  assurance: anyJson,
  wallet_provider: anyJson,
  fallback_from: anyJson,
  id_lookup: anyJson,
  wallet_verification: anyJson,
})

/** One document, and what was read from it. */
export interface IdVerification extends z.infer<typeof idVerification> {}

/** One document. Every address of a picture lives for an hour: read the Decision again for fresh ones. */
export const idVerificationSchema: z.ZodMiniType<IdVerification> = idVerification
