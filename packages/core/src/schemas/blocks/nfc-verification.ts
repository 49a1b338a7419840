import * as z from 'zod/mini'
import { flag, objectOf, text } from '../tolerant.ts'
import { checkFields } from './check.ts'

const nfcVerification = z.looseObject({
  ...checkFields,
  portrait_image: text,
  /** Null where the chip holds no signature. */
  signature_image: text,
  /** Names are in capitals and without accents, as chips write them. Dates are `YYYY-MM-DD`. */
  chip_data: objectOf({
    document_type: text,
    issuing_country: text,
    document_number: text,
    expiration_date: text,
    first_name: text,
    last_name: text,
    birth_date: text,
    gender: text,
    nationality: text,
    address: text,
    place_of_birth: text,
  }),
  /** True when the chip's signature is valid, and when its contents are the signed ones. */
  authenticity: objectOf({ sod_integrity: flag, dg_integrity: flag }),
  /** The certificate that signed the chip. Its moments are `YYYY-MM-DD HH:MM:SS`, without a zone. */
  certificate_summary: objectOf({
    issuer: text,
    subject: text,
    serial_number: text,
    not_valid_after: text,
    not_valid_before: text,
  }),
  /** Since late 2026: the person went on without the chip, and why. */
  is_nfc_skipped: flag,
  skip_reason: text,
})

/** One chip. */
export interface NfcVerification extends z.infer<typeof nfcVerification> {}

/**
 * The chip of a document, read over NFC.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */
export const nfcVerificationSchema: z.ZodMiniType<NfcVerification> = nfcVerification
