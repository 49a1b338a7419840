import * as z from 'zod/mini'
import { text } from './tolerant.ts'

/** The body of `POST /v3/session/:id/sandbox/arm/`: a slug such as `decline_aml_hit`. */
export const armSessionRequestSchema = z.looseObject({ scenario: z.string().check(z.minLength(1)) })

/** Request that fixes how a Session of the sandbox ends. */
export type ArmSessionRequest = z.infer<typeof armSessionRequestSchema>

/** The answer to `POST /v3/session/:id/sandbox/arm/`. */
export const armedSessionSchema = z.looseObject({ session_id: z.guid(), scenario: text, status: text })

/** A Session of the sandbox with a fixed outcome. */
export type ArmedSession = z.infer<typeof armedSessionSchema>
