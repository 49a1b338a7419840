import type { DiditClient, DiditError, Snapshot, Target } from '@didit-verify/core'
import { queryOptions } from '@tanstack/react-query'
import { diditKeys, type Scope } from './query-keys.ts'
import { queryRetry } from './query-retry.ts'

/**
 * Returns the query options of `useSession`, for prefetching and for TanStack's own hooks.
 *
 * The answer passes through the store, so that a slow answer never overwrites a newer push. `null` means that there is no
 * Session yet. This is not an error.
 *
 * @example
 * ```ts
 * import { createDiditClient } from '@didit-verify/core'
 * import { sessionQuery } from '@didit-verify/react'
 * import { QueryClient } from '@tanstack/react-query'
 *
 * const client = createDiditClient()
 * await new QueryClient().prefetchQuery(sessionQuery(client, { endpoint: client.endpoint, userKey: 'user-1' }))
 * ```
 */
export const sessionQuery = (client: DiditClient, scope: Scope, target: Target = {}) =>
  queryOptions<Snapshot | null, DiditError, Snapshot | null, ReturnType<typeof diditKeys.session>>({
    queryKey: diditKeys.session(scope, target),
    queryFn: ({ signal }) => client.getSession(target, { signal }),
    // The stream brings changes, so a focus of the window need not fetch each time.
    staleTime: 30_000,
    ...queryRetry,
  })
