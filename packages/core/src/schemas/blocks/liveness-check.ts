import * as z from 'zod/mini'
import { flag, listOf, number, objectOf, text } from '../tolerant.ts'
import { checkFields } from './check.ts'

/**
 * Check that a living person sat at the camera, with an estimate of their age and other matches of their face.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */

/** The same or a similar face elsewhere. The ids are null where it comes from a list and not from a Session. */
const match = z.looseObject({
  session_id: text,
  session_number: number,
  /** From 0 to 100. */
  similarity_percentage: number,
  vendor_data: text,
  verification_date: text,
  user_details: objectOf({ full_name: text, document_type: text, document_number: text }),
  match_image_url: text,
  status: text,
  is_blocklisted: flag,
  is_allowlisted: flag,
  api_service: text,
  /** `session`, `imported` or `list_entry`. */
  source: text,
})

const livenessCheck = z.looseObject({
  ...checkFields,
  /** `PASSIVE` or `ACTIVE_3D`, and others. */
  method: text,
  /** From 0 to 100. */
  score: number,
  reference_image: text,
  video_url: text,
  /** In years, with a fraction. */
  age_estimation: number,
  /** From 0 to 100, as `face_luminance`. Both only for the passive method. */
  face_quality: number,
  face_luminance: number,
  matches: listOf(match),
})

/** One look into the camera. */
export interface LivenessCheck extends z.infer<typeof livenessCheck> {}

/** One look into the camera. The addresses of picture and video live for an hour. */
export const livenessCheckSchema: z.ZodMiniType<LivenessCheck> = livenessCheck
