import { createHash } from 'node:crypto'
import { isObject, type Json, type JsonObject } from '../runtime/json.ts'
import { blockOfFeature, isBusinessWorkflow } from '../sessions/feature-names.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import type { Application } from '../sessions/workflows.ts'
import { itemsOf } from './view.ts'

/**
 * A Session as one row of the list, derived from its decision.
 *
 * @see Didit docs, "List sessions": https://docs.didit.me/sessions-api/list-sessions
 */

const textOf = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null)
const first = (decision: JsonObject, block: string): JsonObject => itemsOf(decision, block)[0] ?? {}
const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

/** Short codes of documents, by their names in decisions. */
const codes: Readonly<Record<string, string>> = {
  Passport: 'P',
  'Identity Card': 'ID',
  "Driver's License": 'DL',
  'Residence Permit': 'RP',
  'Health Insurance Card': 'HIC',
  'Tax Card': 'TC',
  'Social Security Card': 'SSC',
  'Work Permit': 'WP',
  Visa: 'VISA',
  'Public Service Card': 'PSC',
  'Birth Certificate': 'BC',
}
/** The codes that a row may contain. */
const named = ['P', 'ID', 'DL', 'RP', 'HIC', 'TC']

/** Returns the code of the document. Null while there is no document. */
export function documentCodeOf(decision: JsonObject): string | null {
  const type = textOf(first(decision, 'id_verifications').document_type)
  return type === null ? null : (codes[type] ?? 'OTHER')
}

/** Returns the full name in screened data, or else its two parts joined. */
export function nameOf({ full_name: whole, first_name: one, last_name: other }: JsonObject): string | null {
  const parts = [one, other].map(textOf).filter((part) => part !== null)
  return textOf(whole) ?? (parts.length > 0 ? parts.join(' ') : null)
}

/** Returns the name of the person from the best available source. */
export const fullNameOf = (decision: JsonObject): string | null =>
  textOf(first(decision, 'id_verifications').full_name) ??
  nameOf(objectOf(first(decision, 'aml_screenings').screened_data)) ??
  nameOf(objectOf(first(decision, 'database_validations').screened_data)) ??
  textOf(first(decision, 'poa_verifications').name_on_document) ??
  nameOf(objectOf(decision.expected_details))

/** Returns only codes of three letters, as in rows. Some blocks have two letters. */
const alpha3 = (value: Json | undefined) => (/^[A-Z]{3}$/.test(String(value)) ? textOf(value) : null)

/** Returns the country of the document, or else of the next best source. */
function countryOf(decision: JsonObject): string | null {
  const expected = objectOf(decision.expected_details)
  const sources = [
    first(decision, 'id_verifications').issuing_state,
    first(decision, 'database_validations').issuing_state,
    first(decision, 'poa_verifications').issuing_state,
    expected.id_country,
    expected.country,
    expected.nationality,
  ]
  return sources.map(alpha3).find((country) => country !== null) ?? null
}

/** Returns the verified phone number and e-mail address, or else those that the Session was created with. */
export function contactsOf(decision: JsonObject): { readonly phone: Json; readonly email: Json } {
  const contact = objectOf(decision.contact_details)
  const [phone, email] = [first(decision, 'phone_verifications'), first(decision, 'email_verifications')]
  const number = textOf(phone.full_number) ?? textOf(contact.phone)
  const address = textOf(email.email) ?? textOf(contact.email)
  return {
    phone: number === null ? null : { number, is_verified: phone.status === 'Approved' },
    email: address === null ? null : { email: address, is_verified: email.status === 'Approved' },
  }
}

/** Returns Didit's id of a user: the same for all Sessions of one `vendor_data`. Null without `vendor_data`. */
export function internalIdOf(application: Application, vendorData: string | null): string | null {
  if (vendorData === null) return null
  const hash = createHash('sha256').update(`${application.applicationId} ${vendorData}`).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

/** Maps the status of a check to the fewer values of a row. */
const rowStatus = (status: Json | undefined) => (status === 'Expired' ? 'Declined' : (status ?? 'Not Finished'))

const pick = (block: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.filter((name) => textOf(block[name]) !== null).map((name) => [name, block[name] as Json]))

const hasRisk = (check: JsonObject, code: string) => itemsOf(check, 'warnings').some(({ risk }) => risk === code)

function detailsOf(decision: JsonObject): Json {
  const write: Readonly<Record<string, readonly [block: string, detail: (check: JsonObject) => Json]>> = {
    aml: [
      'aml_screenings',
      ({ total_hits, entity_type, screened_data }) => ({
        total_hits: total_hits ?? 0,
        entity_type: entity_type ?? 'person',
        is_adverse_media_fetched: false,
        screened_data: pick(objectOf(screened_data), ['nationality', 'document_number', 'date_of_birth']),
      }),
    ],
    database_validation: [
      'database_validations',
      (check) => {
        const { tax_number, personal_number, document_number } = objectOf(check.screened_data)
        const number = textOf(tax_number) ?? textOf(personal_number) ?? textOf(document_number)
        return {
          ...pick(check, ['validation_type', 'match_type']),
          ...(number === null ? {} : { identification_number: number }),
        }
      },
    ],
    poa: [
      'poa_verifications',
      (check) => ({
        ...pick(check, ['document_type', 'issuer', 'name_on_document']),
        ...(textOf(check.poa_address) === null ? {} : { address: check.poa_address as Json }),
      }),
    ],
    liveness: ['liveness_checks', ({ method, score }) => ({ method: method ?? null, score: score ?? null })],
    face_match: [
      'face_matches',
      ({ score, source_image, target_image }) => ({
        score: score ?? null,
        source_image: source_image ?? null,
        target_image: target_image ?? null,
      }),
    ],
    phone_verification: [
      'phone_verifications',
      (check) => ({
        ...pick(check, ['country_code']),
        is_temporary: check.is_disposable === true,
        is_ported: false,
        is_blocked: hasRisk(check, 'PHONE_NUMBER_IN_BLOCKLIST'),
      }),
    ],
    email_verification: [
      'email_verifications',
      (check) => ({
        is_breached: check.is_breached === true,
        is_disposable: check.is_disposable === true,
        is_undeliverable: check.is_undeliverable === true,
        is_blocklisted: hasRisk(check, 'EMAIL_IN_BLOCKLIST'),
      }),
    ],
  }
  const details: Record<string, Json> = {}
  for (const [name, [block, detail]] of Object.entries(write)) {
    const [check] = itemsOf(decision, block)
    if (check) details[name] = detail(check)
  }
  return Object.keys(details).length > 0 ? details : null
}

/** Returns true for a Session about a company. */
export const isBusiness = ({ workflow }: StoredSession) => isBusinessWorkflow(workflow)

/** Returns the row of a Session about a person. */
export function userRow(session: StoredSession, decision: JsonObject): JsonObject {
  const code = documentCodeOf(decision)
  const document = first(decision, 'id_verifications')
  const { phone, email } = contactsOf(decision)
  return {
    session_id: session.sessionId,
    session_kind: 'user',
    session_number: session.sessionNumber,
    session_url: decision.session_url ?? null,
    portrait_image:
      textOf(first(decision, 'nfc_verifications').portrait_image) ??
      textOf(document.portrait_image) ??
      textOf(first(decision, 'liveness_checks').reference_image),
    document_type: code !== null && named.includes(code) ? (document.document_type as Json) : null,
    full_name: fullNameOf(decision),
    country: countryOf(decision),
    status: session.status,
    vendor_data: session.request.vendorData,
    didit_internal_id: internalIdOf(session.application, session.request.vendorData),
    created_at: vendorTime(session.createdAt),
    features: session.workflow.features.map((feature) => ({
      feature,
      status: rowStatus(first(decision, blockOfFeature[feature] ?? '').status),
    })),
    phone_number: phone,
    email_address: email,
    additional_details: detailsOf(decision),
  }
}

/** Returns the row of a Session about a company. */
export function businessRow(session: StoredSession, decision: JsonObject): JsonObject {
  const company = objectOf(first(decision, 'registry_checks').company)
  const expected = objectOf(session.request.expectedDetails)
  return {
    session_id: session.sessionId,
    session_kind: 'business',
    session_number: session.sessionNumber,
    status: session.status,
    vendor_data: session.request.vendorData,
    created_at: vendorTime(session.createdAt),
    workflow_id: session.workflow.workflowId,
    workflow_type: 'kyb',
    workflow_label: session.workflow.label,
    company_name: textOf(company.company_name) ?? textOf(expected.company_name),
    registration_number: textOf(company.registration_number) ?? textOf(expected.registration_number),
    country: textOf(company.country_code) ?? textOf(expected.registry_country)?.slice(0, 2) ?? null,
  }
}
