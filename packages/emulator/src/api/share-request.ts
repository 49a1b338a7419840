import { isObject, type Json } from '../runtime/json.ts'
import { type FieldErrors, isUuid } from '../sessions/create-request.ts'

/**
 * The bodies of the calls that share a Session with another application and import it there.
 *
 * @see Didit docs, "Share session": https://docs.didit.me/sessions-api/share-session
 */

export interface ShareRequest {
  readonly applicationId: string
  readonly ttlSeconds: number
}

export interface ImportRequest {
  readonly shareToken: string
  readonly workflowId: string
  readonly trustReview: boolean
  /** Undefined keeps the value of the original. */
  readonly vendorData: string | null | undefined
}

const required = ['This field is required.']
const notADictionary: { errors: FieldErrors } = {
  errors: { non_field_errors: ['Invalid data. Expected a dictionary.'] },
}
const minTtl = 60
const maxTtl = 86_400
const defaultTtl = 3600

function uuidError(value: Json): Json {
  if (value === null) return required
  return typeof value === 'string' && isUuid(value) ? null : ['Must be a valid UUID.']
}

function ttlError(value: Json): Json {
  if (value === null) return null
  if (typeof value !== 'number' || !Number.isInteger(value)) return ['A valid integer is required.']
  if (value < minTtl) return [`Ensure this value is greater than or equal to ${minTtl}.`]
  return value > maxTtl ? [`Ensure this value is less than or equal to ${maxTtl}.`] : null
}

const errorsOf = (fieldErrors: Readonly<Record<string, Json>>): FieldErrors | null => {
  const errors = Object.entries(fieldErrors).filter(([, error]) => error !== null)
  return errors.length > 0 ? Object.fromEntries(errors) : null
}

/** Parses the body of a share call. Returns the request, or the errors in the vendor's words. */
export function readShareRequest(body: Json): { request: ShareRequest } | { errors: FieldErrors } {
  if (!isObject(body)) return notADictionary
  const { for_application_id: id = null, ttl_in_seconds: ttl = null } = body
  const errors = errorsOf({ for_application_id: uuidError(id), ttl_in_seconds: ttlError(ttl) })
  if (errors) return { errors }
  return { request: { applicationId: (id as string).toLowerCase(), ttlSeconds: (ttl as number | null) ?? defaultTtl } }
}

function trustError(value: Json, mustSay: boolean): Json {
  if (value === null) return mustSay ? required : null
  return typeof value === 'boolean' ? null : ['Must be a valid boolean.']
}

/** Parses the body of an import. `trust_review` is required or optional, depending on the generation. */
export function readImportRequest(
  body: Json,
  { mustSayTrust }: { readonly mustSayTrust: boolean },
): { request: ImportRequest } | { errors: FieldErrors } {
  if (!isObject(body)) return notADictionary
  const { share_token: token = null, workflow_id: workflow = null, trust_review: trust = null } = body
  const { vendor_data: vendorData } = body
  const errors = errorsOf({
    share_token: token === null ? required : typeof token === 'string' ? null : ['Not a valid string.'],
    workflow_id: uuidError(workflow),
    trust_review: trustError(trust, mustSayTrust),
    vendor_data: (vendorData ?? null) === null || typeof vendorData === 'string' ? null : ['Not a valid string.'],
  })
  if (errors) return { errors }
  return {
    request: {
      shareToken: token as string,
      workflowId: (workflow as string).toLowerCase(),
      trustReview: trust === true,
      vendorData: vendorData as string | null | undefined,
    },
  }
}
