import * as z from 'zod/mini'
import { anyJson, listOf, number, objectOf, text } from '../tolerant.ts'

/**
 * Fields that the items of every block of a Decision share.
 *
 * A workflow's response settings can turn any field of an item into null, except these three.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */

const decisionWarning = z.looseObject({
  /** The check that found it. Older payloads (V2) have neither this field nor `node_id`. */
  feature: text,
  risk: text,
  /** `error` declined, `warning` sent to review, `information` had no effect. */
  log_type: text,
  short_description: text,
  long_description: text,
  /** Basis of the finding, such as the Session that was blocked. Null for most codes. */
  additional_data: anyJson,
  node_id: text,
})

/** One finding of a check. */
export interface DecisionWarning extends z.infer<typeof decisionWarning> {}

/** One finding of a check. `risk` is an open list of codes; `log_type` says how much it weighs. */
export const decisionWarningSchema: z.ZodMiniType<DecisionWarning> = decisionWarning

/** The three fields that the items of every block have. */
export const checkFields = {
  /** `Not Finished`, `Approved`, `Declined` or `In Review`, and with some blocks `Expired` or `Resub Requested`. */
  status: text,
  /** The step of the Workflow's graph. */
  node_id: text,
  warnings: listOf(decisionWarningSchema),
}

/** One run of one check. A workflow may run a step twice: `node_id` tells the runs apart. */
export const decisionCheckSchema = z.looseObject(checkFields)

/** One run of one check, with whatever else Didit says of it. */
export type DecisionCheck = z.infer<typeof decisionCheckSchema>

/** A step of a Session and how it stands: what lists and key people show of a whole workflow. */
export const featureStatusSchema = z.looseObject({ feature: text, status: text })

/** Geographic position, in degrees. */
export const coordinates = objectOf({ latitude: number, longitude: number })
