import * as z from 'zod/mini'
import { type Decision, decisionSchema } from './decision.ts'
import { normaliseDecision } from './decision-v2.ts'
import { text } from './tolerant.ts'

/**
 * A Session handed from one application to another.
 *
 * @see Didit docs, "Share session": https://docs.didit.me/sessions-api/share-session
 * @see Didit docs, "Import shared session": https://docs.didit.me/sessions-api/import-shared-session
 */

/** The answer to `POST /v3/session/:id/share/`. */
export const sharedSessionSchema = z.looseObject({
  /** A JSON Web Token. It is secret: the named application can import the Session with it, once. */
  share_token: z.string().check(z.minLength(1)),
  for_application_id: text,
  session_kind: text,
})

/** A Session made ready to be imported elsewhere. */
export type SharedSession = z.infer<typeof sharedSessionSchema>

/** The answer to `POST /v3/session/import-shared/`, in both of its shapes: the Decision of the copy. */
export const importedSessionSchema = z.pipe(z.transform(normaliseDecision), decisionSchema)

/** The copy of a Session of another application, as a Decision. `session_url` is null: it cannot be continued. */
export type ImportedSession = Decision

/**
 * Reads the answer of an import, which until late 2026 had the shape of version 2, into today's shape.
 *
 * @throws {$ZodError} When the value is not a Decision. `importedSessionSchema.safeParse` does not throw.
 *
 * @example
 * ```ts
 * import { normaliseImportedSession } from '@didit-verify/core/schemas'
 *
 * declare const answer: unknown
 *
 * const { session_id, status } = normaliseImportedSession(answer)
 * ```
 */
export function normaliseImportedSession(raw: unknown): ImportedSession {
  return importedSessionSchema.parse(raw)
}
