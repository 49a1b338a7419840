import { isIP } from 'node:net'
import { isObject, type Json } from '../runtime/json.ts'
import { scenarioSlugs } from './scenarios.ts'

/**
 * The body of `POST /v3/session/`, validated as the vendor does: input errors are `{field: [text]}`, errors found while
 * the Session is created are `{field: text}`.
 *
 * @see Didit docs, "Create session": https://docs.didit.me/sessions-api/create-session
 */

/** A valid request. Omitted fields have their defaults. */
export interface CreateRequest {
  readonly workflowId: string
  readonly vendorData: string | null
  readonly callback: string | null
  readonly metadata: Json
  readonly language: string | null
  readonly contactDetails: Json
  readonly expectedDetails: Json
  readonly hasPortrait: boolean
  readonly sandboxScenario: string | null
}

/** Errors by field, in the vendor's shapes. */
export type FieldErrors = { readonly [field: string]: Json }

const languages =
  'en ar bg bn bs ca cnr cs da de el es et fa fi fr he hi hr hu hy id it ja ka kk ko ky lt lv mk mn ms nl no pl pt-BR pt ro ru sk sl so sq sr sv th tr uk uz vi zh-CN zh-TW zh'.split(
    ' ',
  )
const callbackMethods = ['initiator', 'completer', 'both']
const documentTypes = ['P', 'ID', 'DL', 'RP', 'HIC', 'TC', 'SSC']
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const country = /^[A-Z]{3}$/
const maxPortraitBytes = 2 * 1024 * 1024

/** Returns true for an id in a form that the vendor's router accepts. */
export const isUuid = (text: string) => uuid.test(text)

/** Returns the error of a value, or null. Absent and null values are valid unless a rule says otherwise. */
type Rule = (value: Json) => Json | null

const choice = (value: Json) => [`"${String(value)}" is not a valid choice.`]
const isText: Rule = (value) => (typeof value === 'string' ? null : ['Not a valid string.'])
const oneOf =
  (allowed: readonly string[]): Rule =>
  (value) =>
    typeof value === 'string' && allowed.includes(value) ? null : choice(value)
const isDate: Rule = (value) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
    ? null
    : ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.']
const isCountry: Rule = (value) =>
  typeof value === 'string' && country.test(value) ? null : ['Use an ISO 3166-1 alpha-3 country code.']
const isBoolean: Rule = (value) => (typeof value === 'boolean' ? null : ['Must be a valid boolean.'])
const isCallback: Rule = (value) => {
  // A hosted page navigates to this address, so schemes that can run code are refused.
  const scheme = typeof value === 'string' ? /^([a-z][a-z0-9+.-]*):./i.exec(value)?.[1]?.toLowerCase() : undefined
  return scheme === undefined || ['javascript', 'data', 'vbscript', 'blob', 'file'].includes(scheme)
    ? ['Enter a valid URL.']
    : null
}
const areDocumentTypes: Rule = (value) => {
  if (!Array.isArray(value)) return ['Expected a list of items.']
  const unknown = value.find((item) => !documentTypes.includes(String(item).toUpperCase()))
  return unknown === undefined ? null : choice(unknown)
}
const maxLength =
  (length: number): Rule =>
  (value) =>
    isText(value) ??
    ((value as string).length > length ? [`Ensure this field has no more than ${length} characters.`] : null)
const isPortrait: Rule = (value) => {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/\s]+=*$/.test(value)) return ['Invalid image.']
  return (value.length * 3) / 4 > maxPortraitBytes ? ['Image size exceeds 2MB.'] : null
}

/** Checks the members of an object. The error has the same shape, with only the invalid members. */
const members =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (value) => {
    if (!isObject(value)) return { non_field_errors: ['Invalid data. Expected a dictionary.'] }
    const errors: Record<string, Json> = {}
    for (const [name, rule] of Object.entries(rules)) {
      const member = value[name]
      const error = member === undefined || member === null ? null : rule(member)
      if (error !== null) errors[name] = error
    }
    return Object.keys(errors).length > 0 ? errors : null
  }

const expectedDetails = members({
  first_name: isText,
  last_name: isText,
  date_of_birth: isDate,
  gender: oneOf(['M', 'F']),
  nationality: isCountry,
  country: isCountry,
  id_country: isCountry,
  poa_country: isCountry,
  address: isText,
  identification_number: isText,
  ip_address: (value) =>
    typeof value === 'string' && isIP(value) !== 0 ? null : ['Enter a valid IPv4 or IPv6 address.'],
  expected_document_types: areDocumentTypes,
  company_name: maxLength(255),
  registry_country: (value) =>
    maxLength(10)(value) ??
    (/^[A-Z]{2}(-[A-Z0-9]{1,7})?$/.test(String(value)) ? null : ['Use XX or XX-YY with ISO 3166 codes.']),
  registration_number: maxLength(100),
})

const body = members({
  workflow_id: (value) => (typeof value === 'string' && isUuid(value) ? null : ['Must be a valid UUID.']),
  vendor_data: isText,
  callback: isCallback,
  callback_method: oneOf(callbackMethods),
  language: oneOf(languages),
  contact_details: members({
    email: (value) => (typeof value === 'string' && email.test(value) ? null : ['Enter a valid email address.']),
    send_notification_emails: isBoolean,
    email_lang: oneOf(languages),
    phone: isText,
  }),
  expected_details: (value) => {
    const error = expectedDetails(value)
    if (error !== null || !isObject(value) || typeof value.address !== 'string') return error
    const hasCountry = [value.country, value.id_country, value.poa_country].some((code) => typeof code === 'string')
    return hasCountry ? null : { address: ['Name a country with the address: country, id_country or poa_country.'] }
  },
  portrait_image: isPortrait,
  sandbox_scenario: oneOf(scenarioSlugs),
})

/** Returns the expected details with the document types in upper case and without duplicates. */
function expectedOf(value: Json | undefined): Json {
  if (!isObject(value) || !Array.isArray(value.expected_document_types)) return value ?? null
  const types = value.expected_document_types.map((type) => String(type).toUpperCase())
  return { ...value, expected_document_types: [...new Set(types)] }
}

const textOrNull = (value: Json | undefined) => (typeof value === 'string' ? value : null)

/** Parses the body of a create call. Returns the request, or the errors in the vendor's words. */
export function readCreateRequest(value: Json): { request: CreateRequest } | { errors: FieldErrors } {
  const errors = body(value)
  if (errors !== null) return { errors: errors as FieldErrors }
  const input = value as { readonly [field: string]: Json }
  if (input.workflow_id === undefined || input.workflow_id === null) {
    return { errors: { workflow_id: ['This field is required.'] } }
  }
  return {
    request: {
      workflowId: (input.workflow_id as string).toLowerCase(),
      vendorData: textOrNull(input.vendor_data),
      callback: textOrNull(input.callback),
      metadata: input.metadata ?? null,
      language: textOrNull(input.language),
      contactDetails: input.contact_details ?? null,
      expectedDetails: expectedOf(input.expected_details),
      hasPortrait: typeof input.portrait_image === 'string',
      sandboxScenario: textOrNull(input.sandbox_scenario),
    },
  }
}
