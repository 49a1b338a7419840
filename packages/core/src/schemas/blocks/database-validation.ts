import * as z from 'zod/mini'
import { listOf, objectOf, openObject, text } from '../tolerant.ts'
import { checkFields } from './check.ts'

export const databaseFields = {
  ...checkFields,
  /** Three letters (ISO alpha-3). */
  issuing_state: text,
  /** `one_by_one`, `two_by_two` or `not_enabled`: how many registers have to agree. */
  validation_type: text,
  /** `no_match`, `partial_match` or `full_match`. */
  match_type: text,
  /** The data sent to the register. The fields depend on the country. Dates are `YYYY-MM-DD`. */
  screened_data: objectOf({
    first_name: text,
    last_name: text,
    date_of_birth: text,
    tax_number: text,
    personal_number: text,
    document_number: text,
    document_type: text,
    expiration_date: text,
  }),
  validations: listOf(
    z.looseObject({
      service_id: text,
      service_name: text,
      validation: objectOf({ full_name: text, date_of_birth: text, identification_number: text }),
      outcome_code: text,
      outcome_detail: text,
      /** Answer of the register, in its own fields. */
      source_data: openObject,
    }),
  ),
  /** Registers that could not be asked. Left out when there are none. */
  errors: listOf(z.looseObject({ service_id: text })),
}

const databaseValidation = z.looseObject(databaseFields)

/** One question to the registers of a country. */
export interface DatabaseValidation extends z.infer<typeof databaseValidation> {}

/**
 * Comparison of the document's data with the registers of its country.
 *
 * @see Didit docs, "Database validation report": https://docs.didit.me/reference/database-validation-report
 */
export const databaseValidationSchema: z.ZodMiniType<DatabaseValidation> = databaseValidation
