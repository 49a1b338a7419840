import { type DiditError, type Flow, idleState, type Phase, type Snapshot, type Target } from '@didit-verify/core'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useInsertionEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useDiditContext } from './didit-context.ts'
import { createCommands, type SessionCommands } from './session-commands.ts'
import { sessionQuery } from './session-query.ts'

/** Which Session a hook follows. Nothing: the signed-in person's current Session of the Workflow `default`. */
export interface UseSessionOptions extends Target {
  /** False: asks nothing, opens no stream, shows nothing. Default true. */
  readonly enabled?: boolean | undefined
}

/** What `useSession` returns. There is no `status` beside `query`: TanStack's `'success'` must not read as verified. */
export interface SessionResult extends SessionCommands {
  /** The newest Snapshot; null while none has come (`query.isLoading`) and when there is no Session yet. */
  readonly session: Snapshot | null
  readonly phase: Phase
  /** What this browser sees of the hosted page. Says nothing about the outcome. */
  readonly flow: Flow
  readonly error: DiditError | null
  readonly query: UseQueryResult<Snapshot | null, DiditError>
}

const getIdle = () => idleState

/**
 * Follows one Session, live, and offers what a person can do with it.
 *
 * Mounting reads and never creates. All components with one target share one request and one stream.
 *
 * @param options.workflow - The alias of a Workflow. Default `default`.
 * @param options.sessionId - A certain Session instead of the current one.
 * @param options.enabled - False while it is not known who is signed in.
 * @throws {ConfigError} `config-invalid` without a `DiditProvider` above.
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

  // The cache may know the answer from an earlier client, or from a server render. This store has to hear it too, or it
  // would have no Session to open a stream for. A request that is under way is joined, not repeated.
  const { refetch } = query
  useEffect(() => {
    if (enabled && !store.getState().loaded) void refetch({ cancelRefetch: false })
  }, [enabled, store, refetch])

  const latest = useRef(store)
  useInsertionEffect(() => {
    latest.current = store
  })
  const [commands] = useState(() => createCommands(() => latest.current))

  // Once the store has heard the server it knows more than the query, whose error outlives a start that went well.
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
