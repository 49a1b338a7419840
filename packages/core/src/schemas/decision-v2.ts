import * as z from 'zod/mini'
import { amlScreeningSchema } from './blocks/aml-screening.ts'
import { emailVerificationSchema, phoneVerificationSchema } from './blocks/contact.ts'
import { databaseFields } from './blocks/database-validation.ts'
import { faceMatchSchema } from './blocks/face-match.ts'
import { idVerificationSchema } from './blocks/id-verification.ts'
import { ipAnalysisSchema } from './blocks/ip-analysis.ts'
import { livenessCheckSchema } from './blocks/liveness-check.ts'
import { nfcVerificationSchema } from './blocks/nfc-verification.ts'
import { poaVerificationSchema } from './blocks/poa-verification.ts'
import { questionnaireResponseSchema } from './blocks/questionnaire-response.ts'
import type { DecisionBlock } from './decision.ts'
import { decisionFields } from './decision-fields.ts'
import { objectOf, text, tolerant } from './tolerant.ts'

/**
 * Decisions as earlier versions of the API wrote them: one check of a kind, under a name in the singular.
 *
 * They still arrive at webhook destinations that were set up for `v1` or `v2`, and version 2 is what an import answered
 * until late 2026. Neither says which step a check was, which kind the Session is, nor in which environment it ran.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */

/** Version 2 said what matched in one object, and not in one for each register. */
const validations = tolerant(
  z.union([
    z.array(z.looseObject({})),
    z.looseObject({ full_name: text, date_of_birth: text, identification_number: text }),
  ]),
)

const decisionV2 = z.looseObject({
  ...decisionFields,
  id_verification: tolerant(idVerificationSchema),
  nfc: tolerant(nfcVerificationSchema),
  liveness: tolerant(livenessCheckSchema),
  face_match: tolerant(faceMatchSchema),
  phone: tolerant(phoneVerificationSchema),
  email: tolerant(emailVerificationSchema),
  poa: tolerant(poaVerificationSchema),
  aml: tolerant(amlScreeningSchema),
  ip_analysis: tolerant(ipAnalysisSchema),
  database_validation: objectOf({ ...databaseFields, validations }),
  questionnaire: tolerant(questionnaireResponseSchema),
})

/** A Decision of version 2. */
export interface DecisionV2 extends z.infer<typeof decisionV2> {}

/** A Decision of version 2. */
export const decisionV2Schema: z.ZodMiniType<DecisionV2> = decisionV2

const decisionV1 = z.looseObject({
  ...decisionFields,
  kyc: tolerant(idVerificationSchema),
  liveness: tolerant(livenessCheckSchema),
  face_match: tolerant(faceMatchSchema),
  aml: tolerant(amlScreeningSchema),
})

/** A Decision of version 1. */
export interface DecisionV1 extends z.infer<typeof decisionV1> {}

/** A Decision of version 1. */
export const decisionV1Schema: z.ZodMiniType<DecisionV1> = decisionV1

const newNames: Readonly<Record<string, DecisionBlock>> = {
  kyc: 'id_verifications',
  id_verification: 'id_verifications',
  nfc: 'nfc_verifications',
  liveness: 'liveness_checks',
  face_match: 'face_matches',
  phone: 'phone_verifications',
  email: 'email_verifications',
  poa: 'poa_verifications',
  aml: 'aml_screenings',
  ip_analysis: 'ip_analyses',
  database_validation: 'database_validations',
  questionnaire: 'questionnaire_responses',
}

/**
 * Puts a Decision of version 1 or 2 into today's shape. Anything else comes back as it is.
 *
 * A check becomes the only item of its list, null stays null. The result is not checked: read it with `decisionSchema`.
 * `session_kind` becomes `user`, since Didit introduced businesses with version 3.
 *
 * @example
 * ```ts
 * import { decisionSchema, normaliseDecision } from '@didit-verify/core/schemas'
 *
 * declare const answer: unknown
 *
 * const decision = decisionSchema.parse(normaliseDecision(answer))
 * ```
 */
export function normaliseDecision(raw: unknown): unknown {
  if (!isRecord(raw)) return raw
  const older = Object.keys(newNames).filter((name) => Object.hasOwn(raw, name) && isBlock(raw[name]))
  if (older.length === 0) return raw
  const decision: Record<string, unknown> = { session_kind: 'user', ...raw }
  for (const name of older) {
    const check = decision[name]
    delete decision[name]
    const block = newNames[name] as DecisionBlock
    // A payload between two versions may have the list already. The list then has more details.
    if (decision[block] === undefined || decision[block] === null) {
      decision[block] = isRecord(check) ? [name === 'database_validation' ? listValidations(check) : check] : null
    }
  }
  return decision
}

function listValidations(check: Record<string, unknown>): Record<string, unknown> {
  return isRecord(check.validations) ? { ...check, validations: [{ validation: check.validations }] } : check
}

function isBlock(value: unknown): boolean {
  return value === null || isRecord(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
