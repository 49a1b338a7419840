import { createDiditClient } from '@didit-verify/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, render, waitFor } from '@testing-library/react'
import { Activity, Component, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, expect, test, vi } from 'vitest'
import { approved, createFakeCompanion, snapshot } from '../testing/fake-companion.ts'
import { Probe, settle } from '../testing/render.tsx'
import { DiditProvider, diditKeys, useDecision, useSession } from './index.ts'

afterEach(cleanup)

const Status = () => {
  const { session, phase, query } = useSession()
  return <p>{session?.status ?? (query.isLoading ? 'loading' : phase)}</p>
}
const Both = () => {
  const { session, query } = useSession()
  const { decision } = useDecision()
  return <p>{`${session} ${decision} ${query.isLoading}`}</p>
}
class Boundary extends Component<{ children: ReactNode; onError: (error: unknown) => void }> {
  override state = { failed: false }
  static getDerivedStateFromError = () => ({ failed: true })
  override componentDidCatch(error: unknown) {
    this.props.onError(error)
  }
  override render() {
    return this.state.failed ? null : this.props.children
  }
}
const shown = () => document.querySelector('p')?.textContent

test('clears everything of one person when another signs in', async () => {
  const companion = createFakeCompanion(approved())
  const queryClient = new QueryClient()
  queryClient.setQueryData(['unrelated'], 1)
  const tree = (userKey: string | null) => (
    <DiditProvider queryClient={queryClient} fetch={companion.fetch} userKey={userKey}>
      <Status />
    </DiditProvider>
  )
  const { rerender } = render(tree('ada'))
  await waitFor(() => expect(shown()).toBe('Approved'))
  const adas = diditKeys.all({ endpoint: '/api/didit', userKey: 'ada' })
  expect(queryClient.getQueriesData({ queryKey: adas })).toHaveLength(1)

  companion.session = snapshot({ sessionId: 'c0ffee00-0000-4000-8000-000000000002' })
  companion.isSlow = true
  rerender(tree('bob'))
  expect(shown()).toBe('loading')
  expect(queryClient.getQueriesData({ queryKey: adas })).toEqual([])
  expect(queryClient.getQueryData(['unrelated'])).toBe(1)
  companion.isSlow = false
  act(() => companion.release())
  await waitFor(() => expect(shown()).toBe('In Progress'))

  companion.session = null
  rerender(tree(null))
  await waitFor(() => expect(shown()).toBe('none'))
  await waitFor(() => expect(companion.streams).toBe(0))
})

test('does not clear the next person out with one who was not signed in', async () => {
  const companion = createFakeCompanion(null)
  const queryClient = new QueryClient()
  const tree = (userKey?: string) => (
    <DiditProvider queryClient={queryClient} fetch={companion.fetch} userKey={userKey}>
      <Status />
    </DiditProvider>
  )
  const { rerender } = render(tree())
  await waitFor(() => expect(shown()).toBe('none'))
  rerender(tree('ada'))
  await waitFor(() => expect(shown()).toBe('none'))
  const key = (userKey: string | null) => diditKeys.session({ endpoint: '/api/didit', userKey }, {})
  expect(queryClient.getQueryState(key('ada'))).toMatchObject({ status: 'success' })
  expect(queryClient.getQueryState(key(null))).toBeUndefined()
})

test('gives up what is under way for the person before', async () => {
  const companion = createFakeCompanion(null)
  const outcomes: string[] = []
  let start = async (): Promise<unknown> => null
  const tree = (userKey: string) => (
    <DiditProvider fetch={companion.fetch} userKey={userKey}>
      <Probe
        useIt={() => {
          start = useSession().start
        }}
      />
      <Status />
    </DiditProvider>
  )
  const { rerender } = render(tree('ada'))
  await act(settle)
  companion.isSlow = true
  act(() => {
    start().catch((error) => outcomes.push(error.code))
  })
  await waitFor(() => expect(companion.calls('POST /sessions')).toHaveLength(1))
  rerender(tree('bob'))
  await waitFor(() => expect(outcomes).toEqual(['aborted']))
  act(() => companion.release())
  await act(settle)
  expect(shown()).toBe('none')
})

test('asks each time with the newest headers, and keeps its client for them', async () => {
  const companion = createFakeCompanion(snapshot())
  let refetch: (() => Promise<unknown>) | undefined
  const tree = (token: string) => (
    <DiditProvider fetch={companion.fetch} headers={{ Authorization: `Bearer ${token}` }}>
      <Probe
        useIt={() => {
          refetch = useSession().query.refetch
        }}
      />
    </DiditProvider>
  )
  const { rerender } = render(tree('one'))
  await waitFor(() => expect(companion.streams).toBe(1))
  rerender(tree('two'))
  await act(() => refetch?.())
  const sent = companion.calls('GET /sessions/current').map(({ headers }) => headers.get('authorization'))
  expect(sent).toEqual(['Bearer one', 'Bearer two'])
})

test("uses the app's QueryClient when there is one, and its own otherwise", async () => {
  const companion = createFakeCompanion(snapshot())
  const queryClient = new QueryClient()
  const inner = (
    <DiditProvider endpoint="/verify" fetch={companion.fetch}>
      <Status />
    </DiditProvider>
  )
  const { unmount } = render(<QueryClientProvider client={queryClient}>{inner}</QueryClientProvider>)
  await waitFor(() => expect(shown()).toBe('In Progress'))
  const key = diditKeys.session({ endpoint: '/verify', userKey: null }, {})
  expect(queryClient.getQueryData(key)).toEqual(snapshot())
  unmount()
  render(inner)
  await waitFor(() => expect(shown()).toBe('In Progress'))
})

test('works on after it was hidden and shown again', async () => {
  const companion = createFakeCompanion(snapshot())
  const tree = (mode: 'visible' | 'hidden') => (
    <Activity mode={mode}>
      <DiditProvider fetch={companion.fetch}>
        <Status />
      </DiditProvider>
    </Activity>
  )
  const { rerender } = render(tree('visible'))
  await waitFor(() => expect(companion.streams).toBe(1))
  rerender(tree('hidden'))
  await waitFor(() => expect(companion.streams).toBe(0))
  rerender(tree('visible'))
  await waitFor(() => expect(companion.streams).toBe(1))
  act(() => companion.push(approved()))
  await waitFor(() => expect(shown()).toBe('Approved'))
})

test('refuses to show one person the client of another', async () => {
  const companion = createFakeCompanion(approved())
  const client = createDiditClient({ fetch: companion.fetch })
  const caught: unknown[] = []
  const tree = (own: typeof client, userKey: string) => (
    <Boundary onError={(error) => caught.push(error)}>
      <DiditProvider client={own} userKey={userKey}>
        <Status />
      </DiditProvider>
    </Boundary>
  )
  const { rerender } = render(tree(client, 'ada'))
  await waitFor(() => expect(shown()).toBe('Approved'))
  rerender(tree(createDiditClient({ fetch: companion.fetch }), 'bob'))
  await waitFor(() => expect(shown()).toBe('Approved'))
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const other = createDiditClient({ fetch: companion.fetch })
  rerender(tree(other, 'bob'))
  rerender(tree(other, 'eve'))
  expect(caught).toMatchObject([{ code: 'config-invalid' }])
  expect(shown()).toBeUndefined()
  vi.restoreAllMocks()
})

test('follows a new client for the same person', async () => {
  const companion = createFakeCompanion(snapshot())
  const tree = (client: ReturnType<typeof createDiditClient>) => (
    <DiditProvider client={client}>
      <Status />
    </DiditProvider>
  )
  const { rerender } = render(tree(createDiditClient({ fetch: companion.fetch })))
  await waitFor(() => expect(companion.streams).toBe(1))
  const second = createDiditClient({ fetch: companion.fetch })
  rerender(tree(second))
  await waitFor(() => expect(second.session().getSnapshot()).toEqual(snapshot()))
  await waitFor(() => expect(companion.streams).toBe(1))
  act(() => companion.push(approved()))
  await waitFor(() => expect(shown()).toBe('Approved'))
})

test('renders on a server without asking anything', () => {
  const companion = createFakeCompanion(approved())
  const globals = { window: globalThis.window, document: globalThis.document }
  Object.assign(globalThis, { window: undefined, document: undefined })
  try {
    const html = renderToString(
      <DiditProvider fetch={companion.fetch}>
        <Both />
      </DiditProvider>,
    )
    expect(html).toBe('<p>null null true</p>')
  } finally {
    Object.assign(globalThis, globals)
  }
  expect(companion.requests).toEqual([])
})
