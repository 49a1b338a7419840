import * as z from 'zod/mini'
import { decisionSchema } from './decision.ts'
import { text } from './lenient.ts'
import { normaliseDecision } from './older-decision.ts'

/**
 * A Session handed from one application to another.
 *
 * @see Didit docs, "Share session": https://docs.didit.me/reference/share-session-verification-sessions
 * @see Didit docs, "Import shared session": https://docs.didit.me/reference/import-shared-session-verification-sessions
 */

/** The answer to `POST /v3/session/:id/share/`. */
export const sharedSessionSchema = z.looseObject({
  /** A JSON Web Token, and a secret: whoever is the named application can import the Session with it, once. */
  share_token: z.string().check(z.minLength(1)),
  for_application_id: text,
  session_kind: text,
})

/** A Session made ready to be imported elsewhere. */
export type SharedSession = z.infer<typeof sharedSessionSchema>

/**
 * Puts the answer of an import into today's shape, which until late 2026 was that of version 2.
 *
 * `importedSessionSchema` does so by itself. What is no Decision at all comes back as it is.
 */
export function normaliseImportedSession(raw: unknown): unknown {
  return normaliseDecision(raw)
}

/** The answer to `POST /v3/session/import-shared/`, in both of its shapes: the Decision of the copy. */
export const importedSessionSchema = z.pipe(z.transform(normaliseImportedSession), decisionSchema)

/** The copy of a Session of another application, as a Decision. `session_url` is null: nobody can go through it. */
export type ImportedSession = z.infer<typeof importedSessionSchema>
