import type { JsonObject } from '../runtime/json.ts'
import type { FieldReader } from './fields.ts'
import { createWarning, isDeclining } from './warnings.ts'

/**
 * Check of a proof of address. The name of the file decides the result: the document itself is not read.
 *
 * @see Didit docs, "Proof of address API": https://docs.didit.me/standalone-apis/proof-of-address
 */

const languages =
  'ar bn hy bg bs ca cnr sq zh hr cs da nl en et fi fr ka kk de el he hi hu id it ja ko ky lv lt mk mn ms no fa pl pt ro ru sr sk sl so es sv th tr uk uz vi'.split(
    ' ',
  )
const actions = ['DECLINE', 'NO_ACTION'] as const
const kinds = ['utility_bill', 'bank_statement', 'government_issued_document', 'other_poa_document'] as const
type Kind = (typeof kinds)[number]
const defaultAges: Readonly<Record<Kind, number>> = {
  utility_bill: 3,
  bank_statement: 3,
  government_issued_document: 12,
  other_poa_document: 12,
}
const subtypes: Readonly<Record<Kind, string>> = {
  utility_bill: 'ELECTRICITY_BILL',
  bank_statement: 'ACCOUNT_STATEMENT',
  government_issued_document: 'TAX_ASSESSMENT',
  other_poa_document: 'OTHER',
}
const feature = 'PROOF_OF_ADDRESS'
const dayMs = 86_400_000

/** The options of the request. */
export interface PoaRequest {
  readonly password: string | null
  readonly expected: {
    readonly address: string | null
    readonly country: string | null
    readonly name: string | null
  }
  readonly languages: readonly string[]
  /** Greatest age in months by kind of document. -1 accepts any age, null rejects the kind. */
  readonly months: Readonly<Record<Kind, number | null>>
  readonly declinesOn: {
    readonly issues: boolean
    readonly authenticity: boolean
    readonly language: boolean
    readonly mismatch: boolean
    readonly issuer: boolean
  }
}

function readMonths(reader: FieldReader): PoaRequest['months'] {
  const name = 'poa_document_age_months'
  const given = reader.text(name)
  if (given === null) return defaultAges
  const months: Record<Kind, number | null> = {
    utility_bill: null,
    bank_statement: null,
    government_issued_document: null,
    other_poa_document: null,
  }
  for (const pair of given.split(',')) {
    const [key = '', value = ''] = pair.split(':').map((part) => part.trim())
    const kind = kinds.find((known) => known === key)
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN
    if (kind === undefined) reader.addError(name, `"${key}" is no kind of document. There are: ${kinds.join(', ')}.`)
    else if (number !== -1 && !(number >= 1 && number <= 120)) {
      reader.addError(name, `Give ${key} -1, or 1 to 120 months, not "${value}".`)
    } else months[kind] = number
  }
  return months
}

function readLanguages(reader: FieldReader): readonly string[] {
  const name = 'poa_languages_allowed'
  const given = (reader.text(name) ?? '').split(',').map((code) => code.trim())
  const codes = given.filter((code) => code !== '')
  const unknown = codes.find((code) => !languages.includes(code))
  if (unknown !== undefined) {
    reader.addError(name, `"${unknown}" is no language that is supported. There are: ${languages.join(', ')}.`)
  }
  return codes.length > 0 ? codes : languages
}

/** Reads the fields of a request. The reader collects the errors. */
export function readPoaRequest(reader: FieldReader): PoaRequest {
  const isDecline = (name: string) => reader.choice(name, actions, 'DECLINE') === 'DECLINE'
  // The vendor accepts this field without effect.
  isDecline('poa_name_mismatch_action')
  const names = [reader.text('expected_first_name'), reader.text('expected_last_name')].filter((name) => name !== null)
  return {
    password: reader.text('document_password'),
    expected: {
      address: reader.text('expected_address'),
      country: reader.text('expected_country'),
      name: names.length > 0 ? names.join(' ') : null,
    },
    languages: readLanguages(reader),
    months: readMonths(reader),
    declinesOn: {
      issues: isDecline('poa_document_issues_action'),
      authenticity: isDecline('poa_document_authenticity_action'),
      language: isDecline('poa_unsupported_language_action'),
      mismatch: isDecline('poa_address_mismatch_action'),
      issuer: isDecline('poa_issuer_not_identified_action'),
    },
  }
}

const day = (epochMs: number) => new Date(epochMs).toISOString().slice(0, 10)

/** Returns the same day some months earlier, or the last day of a shorter month. */
function monthsBefore(epochMs: number, months: number): string {
  const now = new Date(epochMs)
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1))
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return day(first.getTime() + (Math.min(now.getUTCDate(), last) - 1) * dayMs)
}

function kindOf(file: string): Kind | null {
  if (file.includes('unknown')) return null
  if (file.includes('bank')) return 'bank_statement'
  if (file.includes('government')) return 'government_issued_document'
  return file.includes('other-kind') ? 'other_poa_document' : 'utility_bill'
}

/** Returns the date from a name such as `issued-2026-01-31`, null for `no-date`, or else a date two weeks ago. */
function issueDateOf(file: string, now: number): string | null {
  if (file.includes('no-date')) return null
  const numberInName = /issued-(\d{4}-\d\d-\d\d)/.exec(file)?.[1]
  if (numberInName !== undefined && !Number.isNaN(Date.parse(numberInName))) return numberInName
  return file.includes('decline') || file.includes('expired') ? '2020-01-31' : day(now - 14 * dayMs)
}

const parsedAddress = {
  street_1: '1 Nowhere Lane',
  street_2: null,
  city: 'Sampleton',
  region: 'Exampleshire',
  country: 'ES',
  postal_code: '00000',
  document_location: { latitude: 0.5, longitude: 0.25 },
}

/** Returns the block of the response. Everything agrees with the request unless the name of the file says otherwise. */
export function checkProofOfAddress(fileName: string, request: PoaRequest, now: number): JsonObject {
  const file = fileName.toLowerCase()
  const { expected, declinesOn, months } = request
  const kind = kindOf(file)
  const issueDate = issueDateOf(file, now)
  const language = /lang-([a-z]{2,3})(?![a-z])/.exec(file)?.[1] ?? 'en'
  const type = kind === null ? 'UNKNOWN' : kind.toUpperCase()
  const subtype = kind === null ? 'UNKNOWN' : subtypes[kind]
  const limit = kind === null ? null : months[kind]
  const isOld = issueDate !== null && limit !== null && limit > 0 && issueDate < monthsBefore(now, limit)
  const has = (mark: string) => file.includes(mark)
  const name = has('other-name') ? 'Odo Other' : (expected.name ?? 'Ada Exemplar')
  const address = has('other-address')
    ? '99 Elsewhere Road, Otherby'
    : (expected.address ?? '1 Nowhere Lane, Sampleton')
  const country = has('other-country') ? 'UTO' : (expected.country ?? 'ESP')
  const severity = (isDecline: boolean) => (isDecline ? 'error' : 'information')
  const warnings = [
    has('no-address') && createWarning(feature, 'MISSING_ADDRESS_INFORMATION', 'error'),
    kind === null && createWarning(feature, 'INVALID_DOCUMENT_TYPE', 'error'),
    issueDate === null && createWarning(feature, 'UNABLE_TO_EXTRACT_ISSUE_DATE', 'error'),
    isOld &&
      createWarning(feature, 'POA_DOCUMENT_EXPIRED', 'error', {
        max_age_months: limit,
        document_type: type,
        document_subtype: subtype,
        issue_date: issueDate,
      }),
    kind !== null &&
      limit === null &&
      createWarning(feature, 'POA_DOCUMENT_NOT_SUPPORTED_FOR_APPLICATION', 'information'),
    has('no-name') && createWarning(feature, 'POA_NAME_NOT_DETECTED', 'error'),
    has('other-name') && expected.name !== null
      ? createWarning(feature, 'NAME_MISMATCH_WITH_PROVIDED', severity(declinesOn.mismatch))
      : null,
    has('other-address') && expected.address !== null
      ? createWarning(feature, 'ADDRESS_MISMATCH_WITH_PROVIDED', severity(declinesOn.mismatch))
      : null,
    has('other-country') && expected.country !== null
      ? createWarning(feature, 'POA_COUNTRY_MISMATCH_WITH_PROVIDED', severity(declinesOn.mismatch))
      : null,
    !request.languages.includes(language) &&
      createWarning(feature, 'UNSUPPORTED_DOCUMENT_LANGUAGE', severity(declinesOn.language)),
    has('no-issuer') && createWarning(feature, 'ISSUER_NOT_IDENTIFIED', severity(declinesOn.issuer)),
    has('metadata') && createWarning(feature, 'DOCUMENT_METADATA_MISMATCH', severity(declinesOn.issues)),
    has('tampered') &&
      createWarning(feature, 'SUSPECTED_DOCUMENT_MANIPULATION', severity(declinesOn.authenticity), {
        reason: 'Changed after it was signed',
        detection_method: 'pdf_signature',
      }),
  ].filter((warning) => warning !== false && warning !== null)
  return {
    status: warnings.some(isDeclining) ? 'Declined' : 'Approved',
    issuing_state: country,
    document_type: type,
    document_subtype: subtype,
    document_language: language,
    issuer: has('no-issuer') ? null : 'Example Power',
    issue_date: issueDate,
    expiration_date: null,
    poa_address: has('no-address') ? null : address,
    poa_formatted_address: has('no-address') ? null : `${address}, 00000`,
    poa_parsed_address: has('no-address') ? null : parsedAddress,
    expected_details_address: expected.address,
    expected_details_formatted_address: expected.address === null ? null : `${expected.address}, 00000`,
    expected_details_parsed_address: expected.address === null ? null : { ...parsedAddress, is_verified: true },
    name_on_document: has('no-name') ? null : name,
    extra_fields: {
      bank_account_number: null,
      bank_iban: kind === 'bank_statement' ? 'ES00 0000 0000 0000 0000 0042' : null,
      bank_sort_code: null,
      bank_routing_number: null,
      bank_swift_bic: null,
      bank_branch_name: null,
      bank_branch_address: null,
      document_phone_number: null,
      additional_names: [],
    },
    warnings,
  }
}
