import { ConfigError, type DiditClient } from '@didit-verify/core'
import type { QueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { Scope } from './query-keys.ts'

/** What a provider hands to the hooks below it; a new object when the person or the server changes. */
export interface DiditContextValue {
  readonly client: DiditClient
  readonly scope: Scope
  readonly queryClient: QueryClient
}

export const DiditContext = createContext<DiditContextValue | null>(null)

/** The nearest provider's value. @throws {ConfigError} `config-invalid` when there is no provider above. */
export function useDiditContext(): DiditContextValue {
  const value = useContext(DiditContext)
  if (value) return value
  throw new ConfigError('There is no DiditProvider above this component.', {
    help: 'Wrap the app, or the part of it that verifies people, in <DiditProvider>.',
  })
}
