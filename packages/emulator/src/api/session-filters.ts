import { contactsOf, documentCodeOf, fullNameOf, internalIdOf, isBusiness, nameOf } from '../decision/session-row.ts'
import { itemsOf } from '../decision/view.ts'
import { isObject, type Json, type JsonObject } from '../runtime/json.ts'
import { blockOfFeature } from '../sessions/feature-names.ts'
import type { StoredSession } from '../sessions/sessions.ts'

/**
 * The filters of the list. A Session must match every given parameter, and for each one any of its values.
 *
 * @see Didit docs, "List sessions": https://docs.didit.me/sessions-api/list-sessions
 */

/** Returns true for a Session that matches. The decision is created only if a filter needs it: lists can be long. */
export type SessionFilter = (session: StoredSession, decision: () => JsonObject) => boolean

/** Errors by parameter, in the vendor's words. */
export type QueryErrors = Readonly<Record<string, readonly string[]>>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const apiServices =
  'ID_VERIFICATION FACE_MATCH AGE_ESTIMATION FACE_SEARCH POA AML KYB_REGISTRY PASSIVE_LIVENESS DATABASE_VALIDATION PHONE_VERIFICATION EMAIL_VERIFICATION'.split(
    ' ',
  )
const dayMs = 24 * 60 * 60 * 1000

const list = (text: string) =>
  text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '')
const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : '')
const document = (decision: JsonObject): JsonObject => itemsOf(decision, 'id_verifications')[0] ?? {}
const memberOf = (check: JsonObject | undefined, block: string, field: string) => {
  const inner = check?.[block]
  return isObject(inner) ? textOf(inner[field]) : ''
}

/** Returns midnight UTC of a day in epoch milliseconds. NaN for anything but an existing day. */
function dayOf(text: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? at : Number.NaN
}

function search(text: string): SessionFilter {
  const wanted = plain(text.trim())
  if (uuid.test(wanted)) return ({ sessionId }) => sessionId === wanted
  const digits = wanted.replace(/[+\-. ]/g, '')
  const isNumeric = /^\d+$/.test(digits)
  return (session, decision) => {
    if (plain(session.request.vendorData ?? '').includes(wanted)) return true
    const made = decision()
    const { phone, email } = contactsOf(made)
    if (wanted.includes('@')) return isObject(email) && plain(textOf(email.email)).startsWith(wanted)
    const { document_number: number, personal_number: personal } = document(made)
    const hasNumber = [number, personal].some((known) => plain(textOf(known)).includes(wanted))
    const hasDigits = /\d/.test(wanted)
    if (hasDigits && (hasNumber || String(session.sessionNumber).startsWith(digits))) return true
    if (isNumeric) return isObject(phone) && textOf(phone.number).replace(/\D/g, '').startsWith(digits)
    return plain(fullNameOf(made) ?? '').includes(wanted)
  }
}

/** Search among companies, which has fewer fields. */
function searchBusiness(text: string): SessionFilter {
  const wanted = plain(text.trim())
  return (session) => {
    const expected = isObject(session.request.expectedDetails) ? session.request.expectedDetails : {}
    const texts = [expected.company_name, expected.registration_number, session.request.vendorData]
    return (
      session.sessionId === wanted ||
      String(session.sessionNumber) === wanted ||
      texts.some((known) => plain(textOf(known ?? '')).includes(wanted))
    )
  }
}

function screened(name: string, service: string | undefined): SessionFilter {
  const blocks =
    service === 'AML' || service === 'DATABASE_VALIDATION'
      ? [blockOfFeature[service] as string]
      : ['aml_screenings', 'database_validations']
  return (_session, decision) =>
    blocks.some((block) =>
      itemsOf(decision(), block).some(({ screened_data: data }) =>
        plain((isObject(data) ? nameOf(data) : null) ?? '').includes(plain(name)),
      ),
    )
}

const risksOf = (decision: JsonObject): readonly string[] =>
  [...new Set(Object.values(blockOfFeature))].flatMap((block) =>
    itemsOf(decision, block).flatMap((check) => itemsOf(check, 'warnings').map(({ risk }) => textOf(risk))),
  )

/** Splits a list of document names. A single name may contain a comma. */
const documentNames = (text: string) => (text.split(' - ').length > 2 ? list(text) : [text])

/** Returns the name of the document as the filter expects it. */
const documentNameOf = (decision: JsonObject) =>
  `${textOf(document(decision).issuing_state_name)} - ${textOf(document(decision).document_type)}`

const finishes = ['Approved', 'Declined', 'In Review']

/** Filters for people and companies. */
const shared: Readonly<Record<string, (text: string) => SessionFilter>> = {
  vendor_data: (text) => (session) => session.request.vendorData === text,
  status: (text) => (session) => list(text).includes(session.status),
  workflow_id: (text) => (session) =>
    list(text)
      .filter((id) => uuid.test(id))
      .some((id) => id.toLowerCase() === session.workflow.workflowId),
  date_from: (text) => (session) => session.createdAt >= dayOf(text),
  date_to: (text) => (session) =>
    isBusiness(session) ? session.createdAt <= dayOf(text) : session.createdAt < dayOf(text) + dayMs,
  search: (text) => {
    const [people, companies] = [search(text), searchBusiness(text)]
    return (session, decision) => (isBusiness(session) ? companies : people)(session, decision)
  },
  warning: (text) => (_session, decision) => risksOf(decision()).some((risk) => list(text).includes(risk)),
  country: (text) => (session, decision) => {
    const expected = isObject(session.request.expectedDetails) ? session.request.expectedDetails : {}
    const country = isBusiness(session) ? textOf(expected.registry_country) : textOf(document(decision()).issuing_state)
    return list(text).includes(country)
  },
  organization_name: (text) => (session) => list(text).includes(session.application.applicationId),
}

/** Filters for people only. Companies always match them. */
const ofPeople: Readonly<Record<string, (text: string, all: URLSearchParams) => SessionFilter>> = {
  document_type: (text) => (_session, decision) => list(text).includes(documentCodeOf(decision()) ?? ''),
  document_name: (text) => (_session, decision) => documentNames(text).includes(documentNameOf(decision())),
  region: (text) => (_session, decision) =>
    list(text).includes(memberOf(document(decision()), 'parsed_address', 'region')),
  didit_internal_id: (text) => (session) =>
    internalIdOf(session.application, session.request.vendorData) === text.toLowerCase(),
  // No person of the emulator has an account at Didit.
  euuid: () => () => false,
  session_type: (text) => (session) =>
    list(text).some((type) => type === 'ALL' || type === (session.apiService === null ? 'HOSTED' : 'API')),
  api_service: (text) => (session) => session.apiService === text,
  screened_full_name: (text, all) => screened(text, all.get('api_service') ?? undefined),
  status_initialized_as_in_review: (text) => (session) =>
    text !== 'true' || session.history.find(({ status }) => finishes.includes(status))?.status === 'In Review',
  is_kyc_to_be_reviewed: (text) => (_session, decision) => {
    const { status } = document(decision())
    if (text === 'true') return status === 'In Review'
    return text !== 'false' || (status !== undefined && status !== 'In Review')
  },
}

const errorOf: Readonly<Record<string, (text: string) => string | null>> = {
  date_from: (text) => (Number.isNaN(dayOf(text)) ? 'Enter a valid date.' : null),
  date_to: (text) => (Number.isNaN(dayOf(text)) ? 'Enter a valid date.' : null),
  didit_internal_id: (text) => (uuid.test(text) ? null : 'Enter a valid UUID.'),
  euuid: (text) => (uuid.test(text) ? null : 'Enter a valid UUID.'),
  api_service: (text) =>
    apiServices.includes(text) ? null : `Select a valid choice. ${text} is not one of the available choices.`,
}

/** Parses the query of the list. Returns the filter, or the errors. */
export function readFilters(query: URLSearchParams): { filter: SessionFilter } | { errors: QueryErrors } {
  // A parameter without a value is ignored.
  const given = [...query].filter(([, text]) => text !== '')
  const errors = given
    .map(([name, text]) => [name, (Object.hasOwn(errorOf, name) && errorOf[name]?.(text)) || null] as const)
    .filter((entry): entry is readonly [string, string] => entry[1] !== null)
  if (errors.length > 0) return { errors: Object.fromEntries(errors.map(([name, error]) => [name, [error]])) }
  const both = given.flatMap(([name, text]) => (Object.hasOwn(shared, name) ? [shared[name]?.(text)] : []))
  const people = given.flatMap(([name, text]) => (Object.hasOwn(ofPeople, name) ? [ofPeople[name]?.(text, query)] : []))
  const fits = (filters: readonly (SessionFilter | undefined)[], ...args: Parameters<SessionFilter>) =>
    filters.every((filter) => filter?.(...args) ?? true)
  return {
    filter: (session, decision) =>
      fits(both, session, decision) && (isBusiness(session) || fits(people, session, decision)),
  }
}
