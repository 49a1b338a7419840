import { type Json, readJson } from '../runtime/json.ts'
import type { FieldErrors } from '../sessions/create-request.ts'

/**
 * The fields of the standalone checks. One reader serves JSON and forms, because the vendor validates both in one way.
 */

/** The fields of a request: JSON values, or the texts of a form. */
export type Sent = { readonly [field: string]: Json }

/** Reads fields and collects their errors. */
export interface FieldReader {
  text(name: string, options?: { readonly required?: boolean; readonly max?: number }): string | null
  flag(name: string, otherwise: boolean): boolean
  number(name: string, otherwise: number, options: { readonly whole?: boolean; least: number; most: number }): number
  choice<Value extends string>(name: string, values: readonly Value[], otherwise: Value): Value
  /** A day as `YYYY-MM-DD`. */
  date(name: string): string | null
  /** Any JSON value. In a form it is sent as text. */
  metadata(): Json
  /** Adds an error that the caller has found. Only the first error of a field counts. */
  addError(name: string, message: string): void
  /** Returns the errors by field. Null when there are none. */
  errors(): FieldErrors | null
}

const isBlank = (value: Json | undefined) => value === undefined || value === null || value === ''

/** Creates a reader of the fields. */
export function readFields(sent: Sent, isForm: boolean): FieldReader {
  const errors: Record<string, Json> = {}
  const addError = (name: string, message: string) => {
    if (!Object.hasOwn(errors, name)) errors[name] = [message]
  }
  const numeral = (value: Json | undefined) => {
    if (typeof value === 'number') return value
    return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : Number.NaN
  }

  return {
    text(name, { required = false, max } = {}) {
      const value = sent[name]
      if (isBlank(value)) {
        if (required) addError(name, value === '' ? 'This field may not be blank.' : 'This field is required.')
        return null
      }
      if (typeof value !== 'string') {
        addError(name, 'Not a valid string.')
        return null
      }
      if (max !== undefined && value.length > max)
        addError(name, `Ensure this field has no more than ${max} characters.`)
      return value
    },
    flag(name, otherwise) {
      const value = sent[name]
      if (isBlank(value)) return otherwise
      if (typeof value === 'boolean') return value
      const text = isForm && typeof value === 'string' ? value.toLowerCase() : ''
      if (['true', '1'].includes(text)) return true
      if (['false', '0'].includes(text)) return false
      addError(name, 'Must be a valid boolean.')
      return otherwise
    },
    number(name, otherwise, { whole = false, least, most }) {
      if (isBlank(sent[name])) return otherwise
      const value = numeral(sent[name])
      if (Number.isNaN(value) || (whole && !Number.isInteger(value))) {
        addError(name, `A valid ${whole ? 'integer' : 'number'} is required.`)
      } else if (value < least) addError(name, `Ensure this value is greater than or equal to ${least}.`)
      else if (value > most) addError(name, `Ensure this value is less than or equal to ${most}.`)
      return value
    },
    choice(name, values, otherwise) {
      const value = sent[name]
      if (isBlank(value)) return otherwise
      const found = values.find((known) => known === value)
      if (found === undefined) addError(name, `"${String(value)}" is not a valid choice.`)
      return found ?? otherwise
    },
    date(name) {
      const value = sent[name]
      if (isBlank(value)) return null
      const isDay = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
      if (!isDay) addError(name, 'Date has wrong format. Use one of these formats instead: YYYY-MM-DD.')
      return isDay ? (value as string) : null
    },
    metadata() {
      const value = sent.metadata
      if (value === undefined || value === null || value === '') return null
      if (!isForm || typeof value !== 'string') return value
      try {
        return readJson(value)
      } catch {
        addError('metadata', 'Value must be valid JSON.')
        return null
      }
    },
    addError,
    errors: () => (Object.keys(errors).length > 0 ? errors : null),
  }
}
