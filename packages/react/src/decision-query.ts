import type { DiditClient, DiditError, RedactedDecision, Target } from '@didit-verify/core'
import { queryOptions } from '@tanstack/react-query'
import { type DecisionOccasion, diditKeys, type Scope } from './query-keys.ts'
import { queryRetry } from './query-retry.ts'

/**
 * Returns the query options of `useDecision`.
 *
 * The key contains the occasion, so that checks of an earlier status are never shown with a later one. Without an occasion
 * (there is no Session yet) the query is disabled.
 *
 * @param occasion - The current Snapshot. Its `sessionId`, `status` and `settled` become part of the key.
 * @example
 * ```ts
 * import { createDiditClient } from '@didit-verify/core'
 * import { decisionQuery } from '@didit-verify/react'
 * import { QueryClient } from '@tanstack/react-query'
 *
 * const client = createDiditClient()
 * const session = await client.getSession()
 * await new QueryClient().prefetchQuery(
 *   decisionQuery(client, { endpoint: client.endpoint, userKey: 'user-1' }, {}, session),
 * )
 * ```
 */
export const decisionQuery = (
  client: DiditClient,
  scope: Scope,
  target: Target = {},
  occasion: DecisionOccasion | null = null,
) =>
  queryOptions<RedactedDecision | null, DiditError, RedactedDecision | null, ReturnType<typeof diditKeys.decision>>({
    queryKey: diditKeys.decision(scope, target, occasion),
    queryFn: ({ signal }) => client.getDecision(target, { signal }),
    enabled: occasion !== null,
    staleTime: 30_000,
    ...queryRetry,
  })
