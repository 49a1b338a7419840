import type { DiditClient, DiditError, RedactedDecision, Target } from '@didit-verify/core'
import { queryOptions } from '@tanstack/react-query'
import { type DecisionOccasion, diditKeys, type Scope } from './query-keys.ts'
import { queryRetry } from './query-retry.ts'

/**
 * The query options that `useDecision` uses.
 *
 * The occasion is a part of the key, so the checks of an earlier status never stand beside a later one. Without one
 * (there is no Session yet) the query is disabled.
 *
 * @param occasion - The Snapshot at hand; its `sessionId`, `status` and `settled` count.
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
