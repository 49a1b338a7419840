import type { DiditError, Phase, RedactedDecision } from '@didit-verify/core'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { decisionQuery } from './decision-query.ts'
import { useDiditContext } from './didit-context.ts'
import { type UseSessionOptions, useSession } from './use-session.ts'

/** Result of `useDecision`. */
export interface DecisionResult {
  /** The redacted Decision. Null without a Session, and until the answer for its current status arrives. */
  readonly decision: RedactedDecision | null
  /** The Session's phase, as `useSession` gives it. */
  readonly phase: Phase
  readonly error: DiditError | null
  readonly query: UseQueryResult<RedactedDecision | null, DiditError>
}

/**
 * Returns the redacted Decision of one Session, and follows it.
 *
 * Fetches it again when the status or `settled` changes. Sends no request while there is no Session.
 *
 * @param options - The options of `useSession`. Both hooks share one request and one stream.
 * @throws {ConfigError} `config-invalid` without a `DiditProvider` above.
 * @example
 * ```tsx
 * import { useDecision } from '@didit-verify/react'
 *
 * export function Checks() {
 *   const { decision } = useDecision()
 *   return <ul>{decision?.checks.map(({ kind, status }) => <li key={kind}>{`${kind}: ${status}`}</li>)}</ul>
 * }
 * ```
 */
export function useDecision(options: UseSessionOptions = {}): DecisionResult {
  const { client, scope, queryClient } = useDiditContext()
  const { session, phase, error } = useSession(options)
  const query = useQuery(decisionQuery(client, scope, options, session), queryClient)
  return { decision: query.data ?? null, phase, error: query.error ?? error, query }
}
