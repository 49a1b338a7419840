import * as z from 'zod/mini'
import { anyJson, number, objectOf, text, texts } from '../tolerant.ts'
import { provenAddress } from './address.ts'
import { checkFields } from './check.ts'
import { fileMetadata } from './file-metadata.ts'

/**
 * A proof of address: a bill, a bank statement or a letter of an authority.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */

export const poaFields = {
  ...checkFields,
  /** Lives for an hour. */
  document_file: text,
  document_metadata: fileMetadata,
  /** Two letters in some answers and three in others (ISO alpha-2 and alpha-3). */
  issuing_state: text,
  /** `UTILITY_BILL`, `BANK_STATEMENT`, `GOVERNMENT_ISSUED_DOCUMENT`, `OTHER_POA_DOCUMENT` or `UNKNOWN`. */
  document_type: text,
  document_subtype: text,
  document_language: text,
  issuer: text,
  /** `YYYY-MM-DD`. */
  issue_date: text,
  expiration_date: text,
  poa_address: text,
  poa_formatted_address: text,
  poa_parsed_address: provenAddress,
  name_on_document: text,
  /** Similarity of the name to the expected name, and to the name on the identity document, from 0 to 100. */
  name_match_score_expected_details: number,
  name_match_score_id_verification: number,
  /** The address that was expected when the Session was created. Null when none was. */
  expected_details_address: text,
  expected_details_formatted_address: text,
  expected_details_parsed_address: provenAddress,
  extra_fields: objectOf({
    bank_account_number: text,
    bank_iban: text,
    bank_sort_code: text,
    bank_routing_number: text,
    bank_swift_bic: text,
    bank_branch_name: text,
    bank_branch_address: text,
    document_phone_number: text,
    additional_names: texts,
  }),
  extra_files: texts,
  /** Since late 2026. Only the name of this field is known. */
  detected_codes: anyJson,
}

const poaVerification = z.looseObject(poaFields)

/** One proof of address. */
export interface PoaVerification extends z.infer<typeof poaVerification> {}

/** Both the check in a Session and the standalone check, which leaves out the file and what the file says of itself. */
export const poaVerificationSchema: z.ZodMiniType<PoaVerification> = poaVerification
