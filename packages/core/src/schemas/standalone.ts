import * as z from 'zod/mini'
import { amlFields } from './blocks/aml-screening.ts'
import { checkFields } from './blocks/check.ts'
import { phoneVerificationSchema } from './blocks/contact.ts'
import { poaFields } from './blocks/poa-verification.ts'
import { anyJson, listOf, number, objectOf, text, tolerant } from './tolerant.ts'

/**
 * Answers of the checks without a Session. The verdict is required. A negative verdict is an answer, not an error.
 *
 * @see Didit docs, "Standalone APIs": https://docs.didit.me/standalone-apis/overview
 */

const verdict = z.string().check(z.minLength(1))

const envelope = {
  /** With `save_api_request` the id of a Session, which has a Decision of its own. Else it leads nowhere. */
  request_id: text,
  vendor_data: text,
  metadata: anyJson,
  created_at: text,
}

/** Faces in the picture. `best_angle` is the rotation in degrees at which the face was upright. */
const userImage = objectOf({
  entities: listOf(
    z.looseObject({
      /** In pixels: left, top, right, bottom. Of one length or null, as a gap would shift the rest. */
      bbox: tolerant(z.array(z.number())),
      /** From 0 to 1. */
      confidence: number,
      /** In years. */
      age: number,
      gender: text,
      /** Always null. */
      race: text,
    }),
  ),
  best_angle: number,
})

const faceFields = {
  ...checkFields,
  status: verdict,
  method: text,
  /** From 0 to 100: how sure it is that a living person sat there. */
  score: number,
  user_image: userImage,
}

/** The answer to `POST /v3/poa/`. */
export const poaResultSchema = z.looseObject({
  ...envelope,
  poa: z.looseObject({ ...poaFields, status: verdict }),
})

/** Result of the check of a proof of address. */
export type PoaResult = z.infer<typeof poaResultSchema>

/** The answer to `POST /v3/aml/`. `aml.status` is `Approved`, `In Review` or `Declined`, formerly `Rejected`. */
export const amlResultSchema = z.looseObject({
  ...envelope,
  aml: z.looseObject({ ...amlFields, status: verdict }),
})

/** Result of a screening. */
export type AmlResult = z.infer<typeof amlResultSchema>

/** The answer to `POST /v3/age-estimation/`. Earlier answers called the block `liveness`: it is moved. */
export const ageEstimationResultSchema = z.pipe(
  z.transform(moveOlderBlock),
  z.looseObject({
    ...envelope,
    age_estimation: z.looseObject({
      ...faceFields,
      /** In years, of the largest face. Null when none was found. */
      age_estimation: number,
    }),
  }),
)

/** Result of the age estimation. */
export type AgeEstimationResult = z.infer<typeof ageEstimationResultSchema>

/** The answer to `POST /v3/passive-liveness/`. */
export const passiveLivenessResultSchema = z.looseObject({
  ...envelope,
  liveness: z.looseObject({
    ...faceFields,
    /** From 0 to 100, as `face_luminance`. Null when it could not be measured. */
    face_quality: number,
    face_luminance: number,
  }),
})

/** Result of the liveness check. */
export type PassiveLivenessResult = z.infer<typeof passiveLivenessResultSchema>

/** The answer to `POST /v3/phone/send/`. */
export const phoneSendResultSchema = z.looseObject({
  ...envelope,
  /** `Success`, `Retry` (a second code within five minutes, under the same `request_id`), `Blocked`; an open list. */
  status: verdict,
  reason: text,
})

/** Result of sending a code. */
export type PhoneSendResult = z.infer<typeof phoneSendResultSchema>

/** The answer to `POST /v3/phone/check/`. */
export const phoneCheckResultSchema = z.looseObject({
  ...envelope,
  /** `Approved`, `Declined`, `Failed` (attempts are left) or `Expired or Not Found`. */
  status: verdict,
  message: text,
  /** Data of the phone number. Null while attempts are left, missing when no code was waiting. */
  phone: tolerant(phoneVerificationSchema),
})

/** Result of the check of a code. */
export type PhoneCheckResult = z.infer<typeof phoneCheckResultSchema>

function moveOlderBlock(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || !('liveness' in raw) || 'age_estimation' in raw) return raw
  const { liveness, ...rest } = raw
  return { ...rest, age_estimation: liveness }
}
