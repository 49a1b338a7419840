/** Input of the person on the hosted page, as far as the decision shows it. Anything else stays in the browser. */
export interface PersonRun {
  /** Three letters of the country that issued the document, and `P`, `ID` or `DL`. */
  readonly documentCountry?: string
  readonly documentType?: DocumentCode
  /** Age in years, as estimated from the picture of the face. */
  readonly ageEstimate?: number
  readonly phone?: string
  readonly email?: string
  /** Number of codes entered, including wrong ones. */
  readonly phoneAttempts?: number
  readonly emailAttempts?: number
  readonly addressType?: AddressProof
  readonly companyName?: string
  readonly registrationNumber?: string
  /** Answers by the `value` of each question: text, or several choices joined by commas. */
  readonly answers?: Readonly<Record<string, string>>
}

/** The vendor's codes for passport, identity card and driving licence. */
export const documentCodes = ['P', 'ID', 'DL'] as const
export type DocumentCode = (typeof documentCodes)[number]

/** Kinds of documents that prove an address. */
export const addressProofs = ['UTILITY_BILL', 'BANK_STATEMENT', 'GOVERNMENT_ISSUED_DOCUMENT'] as const
export type AddressProof = (typeof addressProofs)[number]
