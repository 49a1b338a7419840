import type { DiditError, Phase, RedactedDecision } from '@didit-verify/core'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { decisionQuery } from './decision-query.ts'
import { useDiditContext } from './didit-context.ts'
import { type UseSessionOptions, useSession } from './use-session.ts'

/** What `useDecision` returns. */
export interface DecisionResult {
  /** What the person may see of the outcome; null while there is no Session, or no answer for its present status. */
  readonly decision: RedactedDecision | null
  /** The Session's phase, as `useSession` gives it. */
  readonly phase: Phase
  readonly error: DiditError | null
  readonly query: UseQueryResult<RedactedDecision | null, DiditError>
}

/**
 * Follows the checks of one Session, as far as the person may see them.
 *
 * Asks anew when the status or `settled` changes, and not at all while there is no Session.
 *
 * @param options - The same as for `useSession`; beside it, nothing is asked or opened twice.
 * @throws {ConfigError} `config-invalid` without a `DiditProvider` above.
 */
export function useDecision(options: UseSessionOptions = {}): DecisionResult {
  const { client, scope, queryClient } = useDiditContext()
  const { session, phase, error } = useSession(options)
  const query = useQuery(decisionQuery(client, scope, options, session), queryClient)
  return { decision: query.data ?? null, phase, error: query.error ?? error, query }
}
