import { ConfigError, createDiditClient, type DiditClient, type DiditClientOptions } from '@didit-verify/core'
import { QueryClient, QueryClientContext } from '@tanstack/react-query'
import { type ReactNode, useContext, useEffect, useInsertionEffect, useMemo, useRef, useState } from 'react'
import { DiditContext, type DiditContextValue } from './didit-context.ts'
import { diditKeys } from './query-keys.ts'

interface CommonProps {
  /** Identifies the signed-in person: any string that differs between people. A change clears all known data. */
  readonly userKey?: string | null | undefined
  /** Default: the QueryClient from context. Without one, the provider creates its own. */
  readonly queryClient?: QueryClient | undefined
  readonly children?: ReactNode
}

interface OwnClientProps extends CommonProps, Pick<DiditClientOptions, 'endpoint' | 'headers' | 'fetch'> {
  readonly client?: undefined
}

interface GivenClientProps extends CommonProps {
  /** A client of the application, which closes it and passes another one for another person. */
  readonly client: DiditClient
  readonly endpoint?: undefined
  readonly headers?: undefined
  readonly fetch?: undefined
}

/** Props of `<DiditProvider>`. */
export type DiditProviderProps = OwnClientProps | GivenClientProps

/**
 * Provides one client to `useSession`, `useDecision` and `<DiditVerify>` below it.
 *
 * Creates a client for each pair of `endpoint` and `userKey`. `headers` and `fetch` may be new functions at every render.
 * Each request uses the newest ones.
 *
 * @throws {ConfigError} `config-invalid` when `userKey` changes but the given `client` does not.
 * @example
 * ```tsx
 * import { DiditProvider, DiditVerify } from '@didit-verify/react'
 *
 * export const App = ({ userId }: { userId: string }) => (
 *   <DiditProvider userKey={userId}>
 *     <DiditVerify />
 *   </DiditProvider>
 * )
 * ```
 */
export function DiditProvider(props: DiditProviderProps): ReactNode {
  const { client: given, endpoint, userKey = null, children } = props
  const queryClient = useQueryClientOf(props.queryClient)
  useOneClientPerPerson(given, userKey)

  const latest = useRef(props)
  useInsertionEffect(() => {
    latest.current = props
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: a client belongs to one person, so another userKey makes another client
  const client = useMemo(
    () =>
      given ??
      createDiditClient({
        ...(endpoint === undefined ? {} : { endpoint }),
        fetch: (input, init) => (latest.current.fetch ?? fetch)(input, init),
        headers: () => {
          const { headers = {} } = latest.current
          return typeof headers === 'function' ? headers() : headers
        },
      }),
    [given, endpoint, userKey],
  )
  const value = useMemo(
    () => ({ client, queryClient, scope: { endpoint: client.endpoint, userKey } }),
    [client, queryClient, userKey],
  )
  useForgetting(value, given === undefined)
  return <DiditContext.Provider value={value}>{children}</DiditContext.Provider>
}

function useQueryClientOf(given: QueryClient | undefined): QueryClient {
  const outer = useContext(QueryClientContext)
  const [own] = useState(() => new QueryClient())
  const queryClient = given ?? outer ?? own
  // TanStack's own provider does the same: only a mounted QueryClient reacts to focus and network changes.
  useEffect(() => {
    queryClient.mount()
    return () => queryClient.unmount()
  }, [queryClient])
  return queryClient
}

// The provider cannot clear a client of the application, and that client still holds the data of the previous person.
function useOneClientPerPerson(given: DiditClient | undefined, userKey: string | null): void {
  const [before, setBefore] = useState({ given, userKey })
  if (before.given === given && before.userKey === userKey) return
  if (given && before.given === given) {
    throw new ConfigError('The userKey of a DiditProvider changed, but its client did not.', {
      help: 'Hand over a new client for each person, or let the provider make it: give it `endpoint` instead.',
    })
  }
  setBefore({ given, userKey })
}

// When the person changes, their cache, stores and tickets are cleared. Not on unmount: React unmounts and mounts again
// with the same state (StrictMode, Activity), and would return to a closed client. Streams end with their last subscriber.
function useForgetting(value: DiditContextValue, isOurs: boolean): void {
  const previous = useRef({ value, isOurs })
  useEffect(() => {
    const old = previous.current
    previous.current = { value, isOurs }
    const { client, scope, queryClient } = old.value
    if (client !== value.client && old.isOurs) client.close()
    const isSameScope = scope.endpoint === value.scope.endpoint && scope.userKey === value.scope.userKey
    if (!isSameScope) queryClient.removeQueries({ queryKey: diditKeys.all(scope) })
  }, [value, isOurs])
}
