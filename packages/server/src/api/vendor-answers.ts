import { type Decision, decisionSchema } from '@didit-verify/core/schemas'
import * as z from 'zod/mini'

/** What Didit answers, as far as this client looks at it. Unknown fields are kept. */

const page = <Row extends z.ZodMiniType>(row: Row) =>
  z.looseObject({
    count: z.number(),
    next: z.nullish(z.string()),
    previous: z.nullish(z.string()),
    results: z.array(row),
  })
const text = z.nullish(z.string())

export const sessionRowSchema = z.looseObject({ session_id: z.guid(), status: z.string() })
export type SessionRow = z.infer<typeof sessionRowSchema>
export const sessionPageSchema = page(sessionRowSchema)
export type SessionPage = z.infer<typeof sessionPageSchema>

export const updatedSessionSchema = z.looseObject({ session_id: z.guid() })
export type UpdatedSession = z.infer<typeof updatedSessionSchema>

export const sharedSessionSchema = z.looseObject({
  share_token: z.string(),
  for_application_id: text,
  session_kind: text,
})
export type SharedSession = z.infer<typeof sharedSessionSchema>

export type ImportedSession = Decision & { readonly shared_from_session?: unknown }
export const importedSessionSchema = decisionSchema

export const blocklistMessageSchema = z.looseObject({ message: z.string() })
export type BlocklistMessage = z.infer<typeof blocklistMessageSchema>
export const blocklistItemSchema = z.looseObject({ type: text, session_id: text, blocklisted_at: text })
export type BlocklistItem = z.infer<typeof blocklistItemSchema>
export const blocklistPageSchema = page(blocklistItemSchema)
export type BlocklistPage = z.infer<typeof blocklistPageSchema>

const result = { request_id: text, vendor_data: text, metadata: z.optional(z.unknown()), created_at: text }
const check = z.nullish(z.looseObject({ status: text }))
export const poaResultSchema = z.looseObject({ ...result, poa: check })
export type PoaResult = z.infer<typeof poaResultSchema>
export const amlResultSchema = z.looseObject({ ...result, aml: check })
export type AmlResult = z.infer<typeof amlResultSchema>
export const ageEstimationResultSchema = z.looseObject({ ...result, age_estimation: check })
export type AgeEstimationResult = z.infer<typeof ageEstimationResultSchema>
export const passiveLivenessResultSchema = z.looseObject({ ...result, liveness: check })
export type PassiveLivenessResult = z.infer<typeof passiveLivenessResultSchema>
export const phoneSendResultSchema = z.looseObject({ ...result, status: z.string() })
export type PhoneSendResult = z.infer<typeof phoneSendResultSchema>
export const phoneCheckResultSchema = z.looseObject({ ...result, status: z.string(), phone: check })
export type PhoneCheckResult = z.infer<typeof phoneCheckResultSchema>
