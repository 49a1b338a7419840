/** What the person did on the hosted page, as far as a decision shows it. Nothing that is known only to the browser. */
export interface PersonRun {
  /** Three letters of the country that issued the document, and `P`, `ID` or `DL`. */
  readonly documentCountry?: string
  readonly documentType?: DocumentCode
  /** What a picture of the face was taken for. */
  readonly ageEstimate?: number
  readonly phone?: string
  readonly email?: string
  /** Codes entered, the wrong ones too. */
  readonly phoneAttempts?: number
  readonly emailAttempts?: number
  readonly addressType?: AddressProof
  readonly companyName?: string
  readonly registrationNumber?: string
  /** By the `value` of each question: text, or several choices joined by commas. */
  readonly answers?: Readonly<Record<string, string>>
}

/** A document as the vendor abbreviates it: passport, identity card, driving licence. */
export const documentCodes = ['P', 'ID', 'DL'] as const
export type DocumentCode = (typeof documentCodes)[number]

/** What proves an address. */
export const addressProofs = ['UTILITY_BILL', 'BANK_STATEMENT', 'GOVERNMENT_ISSUED_DOCUMENT'] as const
export type AddressProof = (typeof addressProofs)[number]
