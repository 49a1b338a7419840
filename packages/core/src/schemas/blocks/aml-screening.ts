import * as z from 'zod/mini'
import { flag, listOf, number, objectOf, text } from '../tolerant.ts'
import { amlHitSchema } from './aml-hit.ts'
import { checkFields } from './check.ts'

/**
 * Screening of a person or company against lists of sanctions, politically exposed persons and adverse news.
 *
 * @see Didit docs, "AML screening report": https://docs.didit.me/core-technology/aml-screening/report-aml-screening
 */

export const amlFields = {
  ...checkFields,
  total_hits: number,
  /** `person` or `company`. */
  entity_type: text,
  hits: listOf(amlHitSchema),
  /** The highest risk score of the hits, without false positives, from 0 to 100. */
  score: number,
  /** `nationality` has two letters (ISO alpha-2), `date_of_birth` is `YYYY-MM-DD`. */
  screened_data: objectOf({ full_name: text, nationality: text, date_of_birth: text, document_number: text }),
  is_ongoing_monitoring_enabled: flag,
  /** `YYYY-MM-DD`. */
  next_ongoing_monitoring_bill_date: text,
}

const amlScreening = z.looseObject(amlFields)

/** One screening. */
export interface AmlScreening extends z.infer<typeof amlScreening> {}

/** Both the check in a Session and the standalone check, which has no monitoring fields. */
export const amlScreeningSchema: z.ZodMiniType<AmlScreening> = amlScreening
