import * as z from 'zod/mini'
import { number, text } from '../tolerant.ts'
import { checkFields } from './check.ts'

const faceMatch = z.looseObject({
  ...checkFields,
  /** From 0 to 100. */
  score: number,
  /** The earlier Session, when its face was the reference; null when it was the document's. */
  source_image_session_id: text,
  source_image: text,
  target_image: text,
})

/** One comparison of two faces. */
export interface FaceMatch extends z.infer<typeof faceMatch> {}

/**
 * Comparison of the face at the camera with the face on the document, or with the face of an earlier Session.
 *
 * @see Didit docs, "Face match report": https://docs.didit.me/reference/report-3
 */
export const faceMatchSchema: z.ZodMiniType<FaceMatch> = faceMatch
