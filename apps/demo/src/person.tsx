import { createDiditClient, type DiditClient } from '@didit-verify/core'
import { DiditProvider } from '@didit-verify/react'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { type Person, type PersonId, personHeader } from '../shared/people.ts'
import * as bank from './bank-client.ts'
import { clearDrafts } from './details/draft.ts'

interface SignInState {
  readonly me: bank.Me
  /** The bank could not be asked to let somebody in or out. */
  readonly hasFailed: boolean
  readonly switchTo: (person: PersonId) => Promise<void>
  readonly leave: () => Promise<void>
  /** Rejects when the bank could not do it. */
  readonly forget: (person: PersonId) => Promise<void>
  readonly renew: (me: bank.Me) => void
}

const SignInContext = createContext<SignInState | null>(null)
const ClientContext = createContext<DiditClient | null>(null)

/** Knows who is signed in, and sees to it that nothing of one person is there for the next. */
export function SignInProvider({ first, children }: { readonly first: bank.Me; readonly children: ReactNode }) {
  const [me, setMe] = useState(first)
  const [hasFailed, setHasFailed] = useState(false)
  const queryClient = useQueryClient()
  const change = useCallback(
    (next: bank.Me) => {
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
      // The next person must not see which page the last one was on.
      history.replaceState(null, '', location.pathname + location.search)
      setMe(next)
    },
    [queryClient],
  )
  const attempt = useCallback(
    async (work: Promise<bank.Me>) => {
      try {
        change(await work)
        setHasFailed(false)
      } catch {
        setHasFailed(true)
      }
    },
    [change],
  )
  const signIn = useMemo<SignInState>(
    () => ({
      me,
      hasFailed,
      renew: setMe,
      switchTo: (person) => attempt(bank.signIn(person)),
      leave: async () => {
        clearDrafts()
        await attempt(bank.signOut())
      },
      forget: async (person) => {
        const next = await bank.forgetMe(person)
        clearDrafts()
        change(next)
      },
    }),
    [me, hasFailed, attempt, change],
  )
  return <SignInContext.Provider value={signIn}>{children}</SignInContext.Provider>
}

/**
 * One client for one person: this page looks into its store for the connection too, which the hooks do not tell.
 * Mounted anew for every person (`key`), so that nobody's client serves anybody else.
 */
export function PersonProvider({ person, children }: { readonly person: Person; readonly children: ReactNode }) {
  const [client, setClient] = useState<DiditClient | null>(null)
  useEffect(() => {
    const own = createDiditClient({ headers: { [personHeader]: person.id } })
    setClient(own)
    return () => own.close()
  }, [person.id])
  if (!client) return null
  return (
    <ClientContext.Provider value={client}>
      <DiditProvider client={client} userKey={person.id}>
        {children}
      </DiditProvider>
    </ClientContext.Provider>
  )
}

export function useSignIn(): SignInState {
  const signIn = useContext(SignInContext)
  if (!signIn) throw new TypeError('There is no SignInProvider above.')
  return signIn
}

export function useDiditClient(): DiditClient {
  const client = useContext(ClientContext)
  if (!client) throw new TypeError('There is no PersonProvider above.')
  return client
}
