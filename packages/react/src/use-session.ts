import { type DiditError, type Flow, idleState, type Phase, type Snapshot, type Target } from '@didit-verify/core'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useInsertionEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useDiditContext } from './didit-context.ts'
import { createCommands, type SessionCommands } from './session-commands.ts'
import { sessionQuery } from './session-query.ts'

/** Options of `useSession`. Default: the signed-in person's current Session of the Workflow `default`. */
export interface UseSessionOptions extends Target {
  /** False: the hook sends no request, opens no stream and returns no Session. Default true. */
  readonly enabled?: boolean | undefined
}

/** Result of `useSession`. It has no top-level `status`, since TanStack's `'success'` must not read as verified. */
export interface SessionResult extends SessionCommands {
  /** The newest Snapshot. Null while it loads (`query.isLoading`), and when there is no Session yet. */
  readonly session: Snapshot | null
  readonly phase: Phase
  /** State of the hosted page as this browser sees it. It says nothing about the outcome. */
  readonly flow: Flow
  readonly error: DiditError | null
  readonly query: UseQueryResult<Snapshot | null, DiditError>
}

const getIdle = () => idleState

/**
 * Returns the state of one Session, follows it live, and returns commands such as `start`.
 *
 * Mounting reads the Session and never creates one. All components with the same target share one request and one stream.
 *
 * @param options.workflow - The alias of a Workflow. Default `default`.
 * @param options.sessionId - A certain Session instead of the current one.
 * @param options.enabled - False while the signed-in person is unknown. Default true.
 * @throws {ConfigError} `config-invalid` without a `DiditProvider` above.
 * @example
 * ```tsx
 * import { useSession } from '@didit-verify/react'
 *
 * export function Status() {
 *   const { session, phase, start } = useSession()
 *   if (phase === 'approved' && session?.settled) return <p>Verified</p>
 *   return <button onClick={() => start()}>Verify</button>
 * }
 * ```
 */
export function useSession({ workflow, sessionId, enabled = true }: UseSessionOptions = {}): SessionResult {
  const { client, scope, queryClient } = useDiditContext()
  const store = client.session({ workflow, sessionId })
  const options = sessionQuery(client, scope, { workflow, sessionId })
  const query = useQuery({ ...options, enabled }, queryClient)

  const { queryKey } = options
  const keyText = JSON.stringify(queryKey)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is a new array each time; its text says whether it changed
  const subscribe = useCallback(
    (notify: () => void) =>
      enabled
        ? store.subscribe(() => {
            const { loaded, session } = store.getState()
            if (loaded && queryClient.getQueryData(queryKey) !== session) queryClient.setQueryData(queryKey, session)
            notify()
          })
        : () => {},
    [enabled, store, queryClient, keyText],
  )
  const state = useSyncExternalStore(subscribe, enabled ? store.getState : getIdle, getIdle)

  // The cache may have the answer from an earlier client or from a server render. The store needs it too, to open a stream.
  // A running request is joined, not repeated.
  const { refetch } = query
  useEffect(() => {
    if (enabled && !store.getState().loaded) void refetch({ cancelRefetch: false })
  }, [enabled, store, refetch])

  const latest = useRef(store)
  useInsertionEffect(() => {
    latest.current = store
  })
  const [commands] = useState(() => createCommands(() => latest.current))

  // Once loaded, the store knows more than the query, whose error remains even after a successful start.
  const asked = enabled && !state.loaded ? query : null
  const session = asked?.data ?? state.session
  return {
    ...commands,
    session,
    phase: session?.phase ?? 'none',
    flow: state.flow,
    error: state.error ?? asked?.error ?? null,
    query,
  }
}
