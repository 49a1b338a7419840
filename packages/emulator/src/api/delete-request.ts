import { isObject, type Json, readJson } from '../runtime/json.ts'
import type { FieldErrors } from '../sessions/create-request.ts'

/**
 * The body of `DELETE /v3/session/{id}/delete/` in the generation `late-2026`: empty, or options for the stored face.
 *
 * @see Didit docs, "Delete session": https://docs.didit.me/sessions-api/delete-session
 */

/** A valid request. Omitted fields have their defaults. */
export interface DeleteRequest {
  readonly retainsFace: boolean
  readonly faceDays: number | null
}

const instructions: readonly Json[] = ['operational_session_delete', 'privacy_erasure']

const rules: Readonly<Record<string, (value: Json) => string | null>> = {
  retain_face_embeddings: (value) => (typeof value === 'boolean' ? null : 'Must be a valid boolean.'),
  face_retention_days: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 3650
      ? null
      : 'Ensure this value is between 1 and 3650.',
  face_retention_deadline: (value) =>
    typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? null : 'Datetime has wrong format.',
  deletion_instruction: (value) => (instructions.includes(value) ? null : `"${String(value)}" is not a valid choice.`),
  instruction_id: (value) => (typeof value === 'string' ? null : 'Not a valid string.'),
}

/** Parses the body of a delete call. Returns the request, or the errors in the vendor's words. */
export function readDeleteRequest(text: string): { request: DeleteRequest } | { errors: FieldErrors } {
  let body: Json
  try {
    body = text.trim() === '' ? {} : readJson(text)
  } catch {
    return { errors: { detail: 'JSON parse error' } }
  }
  if (!isObject(body)) return { errors: { non_field_errors: ['Invalid data. Expected a dictionary.'] } }
  const errors: Record<string, Json> = {}
  for (const [field, check] of Object.entries(rules)) {
    const value = body[field] ?? null
    const error = value === null ? null : check(value)
    if (error !== null) errors[field] = [error]
  }
  if (Object.keys(errors).length > 0) return { errors }
  const { retain_face_embeddings: retains, face_retention_days: days } = body
  return { request: { retainsFace: retains === true, faceDays: typeof days === 'number' ? days : null } }
}

/** Parses the body of a bulk deletion. Returns the session numbers, or the errors in the vendor's words. */
export function readBulkDeleteRequest(
  body: Json,
): { readonly numbers: readonly number[] | 'all' } | { readonly errors: FieldErrors } {
  if (!isObject(body)) return { errors: { non_field_errors: ['Invalid data. Expected a dictionary.'] } }
  const { session_numbers: numbers = null, delete_all: all = null } = body
  if (all !== null && typeof all !== 'boolean') return { errors: { delete_all: ['Must be a valid boolean.'] } }
  if (all === true) return { numbers: 'all' }
  const refused = (message: string) => ({ errors: { session_numbers: [message] } })
  if (numbers === null) return refused('Needed unless delete_all is true.')
  if (!Array.isArray(numbers)) return refused('Expected a list of items.')
  if (numbers.length === 0) return refused('This list may not be empty.')
  if (!numbers.every((number) => /^\d+$/.test(String(number)))) return refused('Every number has to be of digits.')
  return { numbers: numbers.map(Number) }
}
