import { ConfigError, type DiditClient } from '@didit-verify/core'
import type { QueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { Scope } from './query-keys.ts'

/** Value that a provider passes to the hooks below it. A new object when the person or the server changes. */
export interface DiditContextValue {
  readonly client: DiditClient
  readonly scope: Scope
  readonly queryClient: QueryClient
}

export const DiditContext = createContext<DiditContextValue | null>(null)

/**
 * Returns the value of the nearest provider.
 *
 * @throws {ConfigError} `config-invalid` without a provider above.
 */
export function useDiditContext(): DiditContextValue {
  const value = useContext(DiditContext)
  if (value) return value
  throw new ConfigError('There is no DiditProvider above this component.', {
    help: 'Wrap the app, or the part of it that verifies people, in <DiditProvider>.',
  })
}
