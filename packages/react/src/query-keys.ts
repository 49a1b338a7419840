import type { Snapshot, Target } from '@didit-verify/core'

/**
 * Owner of the data of a query: the address of the companion server, and the signed-in person.
 *
 * `userKey` is null rather than missing. TanStack compares only fields that are present, so a scope without the field would
 * match the queries of all people.
 */
export interface Scope {
  readonly endpoint: string
  readonly userKey: string | null
}

/** Facts of a Session that belong to one Decision. When one of them changes, the Decision is fetched again. */
export type DecisionOccasion = Pick<Snapshot, 'sessionId' | 'status' | 'settled'>

/** Keys of all queries, for example for `queryClient.invalidateQueries`. */
export const diditKeys = {
  /** Key of all queries of one person at one server. */
  all: (scope: Scope) => ['didit', scope] as const,
  session: (scope: Scope, target: Target) => [...diditKeys.all(scope), 'session', nameOf(target)] as const,
  /** Without `occasion`: the key of every Decision of the target. */
  decision: (scope: Scope, target: Target, occasion?: DecisionOccasion | null) =>
    [
      ...diditKeys.all(scope),
      'decision',
      nameOf(target),
      ...(occasion ? [occasion.sessionId, occasion.status, occasion.settled] : []),
    ] as const,
}

// `{}` and `{ workflow: 'default' }` are the same target, as in the client, so they need the same key.
const nameOf = ({ workflow = 'default', sessionId }: Target): Target => ({ workflow, sessionId })
