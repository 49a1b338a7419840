import type { Snapshot, Target } from '@didit-verify/core'

/**
 * Whose answers a query holds: the companion server's address, and the signed-in person.
 *
 * `userKey` is null rather than missing: TanStack matches keys by the fields they have, so a scope without the field
 * would match everybody's queries.
 */
export interface Scope {
  readonly endpoint: string
  readonly userKey: string | null
}

/** What a Decision was asked for: it is asked again when one of these changes. */
export type DecisionOccasion = Pick<Snapshot, 'sessionId' | 'status' | 'settled'>

/** The keys of all queries, for `queryClient.invalidateQueries` and its like. Nothing else spells them. */
export const diditKeys = {
  /** Everything of one person at one server. */
  all: (scope: Scope) => ['didit', scope] as const,
  session: (scope: Scope, target: Target) => [...diditKeys.all(scope), 'session', nameOf(target)] as const,
  /** Without an occasion: every Decision of the target. */
  decision: (scope: Scope, target: Target, occasion?: DecisionOccasion | null) =>
    [
      ...diditKeys.all(scope),
      'decision',
      nameOf(target),
      ...(occasion ? [occasion.sessionId, occasion.status, occasion.settled] : []),
    ] as const,
}

// `{}` and `{ workflow: 'default' }` are one target, as in the client, and must be one key.
const nameOf = ({ workflow = 'default', sessionId }: Target): Target => ({ workflow, sessionId })
