import { QueryClient } from '@tanstack/react-query'
import { type RenderHookOptions, type RenderHookResult, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { DiditProvider, type DiditProviderProps } from '../src/didit-provider.tsx'
import type { createFakeCompanion } from './fake-companion.ts'

type Companion = ReturnType<typeof createFakeCompanion>

/** Renders a hook below a provider that talks to the given companion. `provider` is read at every render. */
export function renderWith<Result, Props>(
  companion: Companion,
  hook: (props: Props) => Result,
  options: RenderHookOptions<Props> & { provider?: Omit<DiditProviderProps, 'client' | 'children'> } = {},
): RenderHookResult<Result, Props> & { queryClient: QueryClient } {
  const { provider = {}, ...rest } = options
  const queryClient = new QueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => (
    <DiditProvider queryClient={queryClient} fetch={companion.fetch} {...(provider as object)}>
      {children}
    </DiditProvider>
  )
  return { ...renderHook(hook, { wrapper, ...rest }), queryClient }
}

/** A component that only calls a hook. */
export const Probe = ({ useIt }: { useIt: () => unknown }): null => {
  useIt()
  return null
}

/** Waits a few turns of the event loop, so that pending promises and streams arrive. */
export const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => setTimeout(resolve))
}
