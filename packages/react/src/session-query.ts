import type { DiditClient, DiditError, Snapshot, Target } from '@didit-verify/core'
import { queryOptions } from '@tanstack/react-query'
import { diditKeys, type Scope } from './query-keys.ts'
import { queryRetry } from './query-retry.ts'

/**
 * The query options that `useSession` uses, for prefetching and for TanStack's own hooks.
 *
 * The answer goes through the store and comes back as the store's Snapshot, so a slow answer never overwrites a newer
 * push. `null` says that there is no Session yet; it is no error.
 */
export const sessionQuery = (client: DiditClient, scope: Scope, target: Target = {}) =>
  queryOptions<Snapshot | null, DiditError, Snapshot | null, ReturnType<typeof diditKeys.session>>({
    queryKey: diditKeys.session(scope, target),
    queryFn: ({ signal }) => client.getSession(target, { signal }),
    // The stream brings what changes meanwhile; a focus of the window need not ask each time.
    staleTime: 30_000,
    ...queryRetry,
  })
