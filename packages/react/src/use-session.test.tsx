import { QueryClient } from '@tanstack/react-query'
import { act, cleanup, render, renderHook, waitFor } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, expect, test } from 'vitest'
import { approved, createFakeCompanion, snapshot } from '../testing/fake-companion.ts'
import { Probe, renderWith, settle } from '../testing/render.tsx'
import { DiditProvider, type UseSessionOptions, useDiditSession, useSession } from './index.ts'

afterEach(cleanup)

const current = 'GET /sessions/current'
const followCurrent = () => useSession()
const follow = (options: UseSessionOptions) => useSession(options)

test('gives null, and no error, while the person has no Session', async () => {
  const companion = createFakeCompanion(null)
  const { result } = renderWith(companion, followCurrent)
  expect(result.current.query.isLoading).toBe(true)
  await waitFor(() => expect(result.current.query.isSuccess).toBe(true))
  expect(result.current).toMatchObject({ session: null, phase: 'none', flow: 'idle', error: null })
  expect('status' in result.current).toBe(false)
  expect(companion.requests.map(({ call }) => call)).toEqual([current])
})

test('shows the Session, then what is pushed', async () => {
  const companion = createFakeCompanion(snapshot())
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(result.current.phase).toBe('active'))
  await waitFor(() => expect(companion.streams).toBe(1))
  act(() => companion.push(approved()))
  await waitFor(() => expect(result.current.session).toEqual(approved()))
  expect(result.current.phase).toBe('approved')
})

test('copies what is pushed into the query cache', async () => {
  const companion = createFakeCompanion(snapshot())
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(companion.streams).toBe(1))
  act(() => companion.push(approved()))
  await waitFor(() => expect(result.current.query.data).toEqual(approved()))
})

test('renders once for a push that comes twice', async () => {
  const companion = createFakeCompanion(snapshot())
  let renders = 0
  const { result } = renderWith(companion, () => {
    renders++
    return useSession()
  })
  await waitFor(() => expect(companion.streams).toBe(1))
  act(() => companion.push(snapshot({ status: 'In Review', phase: 'review', revision: 15 })))
  await waitFor(() => expect(result.current.phase).toBe('review'))
  const before = renders
  const { session } = result.current
  companion.send(snapshot({ status: 'In Review', phase: 'review', revision: 15 }))
  await act(settle)
  expect(renders).toBe(before)
  expect(result.current.session).toBe(session)
})

test('never goes back to an older Snapshot, neither pushed nor answered', async () => {
  const companion = createFakeCompanion(snapshot())
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(companion.streams).toBe(1))
  act(() => companion.push(snapshot({ status: 'In Review', phase: 'review', revision: 15 })))
  await waitFor(() => expect(result.current.phase).toBe('review'))
  companion.send(snapshot({ revision: 12 }))
  await act(settle)
  expect(result.current.session?.revision).toBe(15)
  companion.session = snapshot({ revision: 11 })
  await act(() => result.current.query.refetch())
  expect(result.current.session?.revision).toBe(15)
  expect(result.current.query.data?.revision).toBe(15)
})

test('creates nothing on mount, in StrictMode neither', async () => {
  const companion = createFakeCompanion(null)
  const { result } = renderWith(companion, followCurrent, { reactStrictMode: true })
  await waitFor(() => expect(result.current.query.isSuccess).toBe(true))
  expect(companion.calls('POST /sessions')).toEqual([])
})

test('holds one stream in StrictMode and none after unmounting', async () => {
  const companion = createFakeCompanion(snapshot())
  const { result, unmount } = renderWith(companion, followCurrent, { reactStrictMode: true })
  await waitFor(() => expect(result.current.phase).toBe('active'))
  await waitFor(() => expect(companion.streams).toBe(1))
  unmount()
  await waitFor(() => expect(companion.streams).toBe(0))
})

test('shares one request and one stream between components with one target', async () => {
  const companion = createFakeCompanion(snapshot())
  const seen: (string | undefined)[] = []
  const see = (index: number, target?: UseSessionOptions) => () => {
    seen[index] = useSession(target).session?.status
  }
  render(
    <DiditProvider queryClient={new QueryClient()} fetch={companion.fetch}>
      <Probe useIt={see(0)} />
      <Probe useIt={see(1, { workflow: 'default' })} />
    </DiditProvider>,
  )
  await waitFor(() => expect(companion.streams).toBe(1))
  act(() => companion.push(approved()))
  await waitFor(() => expect(seen).toEqual(['Approved', 'Approved']))
  expect(companion.calls(current)).toHaveLength(1)
  expect(companion.calls('GET /sessions/:id/events')).toHaveLength(1)
})

test('creates one Session for two presses', async () => {
  const companion = createFakeCompanion(null)
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(result.current.query.isSuccess).toBe(true))
  const [first, second] = await act(() => Promise.all([result.current.start(), result.current.start()]))
  expect(first).toEqual(second)
  expect(first.kind).toBe('open')
  expect(companion.calls('POST /sessions')).toHaveLength(1)
  expect(result.current).toMatchObject({ flow: 'opening', phase: 'active', session: { status: 'Not Started' } })
})

test('shows what start found before the first answer came', async () => {
  const companion = createFakeCompanion(null)
  companion.isSlow = true
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(companion.requests).toHaveLength(1))
  companion.isSlow = false
  await act(() => result.current.start())
  expect(result.current.session?.status).toBe('Not Started')
  expect(result.current.query.isLoading).toBe(false)
  companion.release()
  await act(settle)
  expect(result.current.session?.status).toBe('Not Started')
})

test('tells of a failed start in `error`, raises nothing besides, and lets the caller have it too', async () => {
  const companion = createFakeCompanion(null)
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(result.current.query.isSuccess).toBe(true))
  companion.failure = { status: 502, code: 'didit-credentials' }
  // Not awaited: Vitest fails the run on an unhandled rejection.
  act(() => void result.current.start())
  await waitFor(() => expect(result.current.error?.code).toBe('didit-credentials'))
  expect(result.current.flow).toBe('failed')
  await act(() => expect(result.current.start()).rejects.toMatchObject({ code: 'didit-credentials' }))
})

test('resumes an unfinished Session, and refuses if there is none', async () => {
  const companion = createFakeCompanion(null)
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(result.current.query.isSuccess).toBe(true))
  await expect(result.current.resume()).rejects.toMatchObject({ code: 'session-not-found' })
  expect(companion.calls('POST /sessions')).toEqual([])
  companion.session = snapshot()
  await act(() => result.current.refresh())
  const { kind } = await act(() => result.current.resume())
  expect(kind).toBe('open')
})

test('retries only as long as the host allows it', async () => {
  const declined = { status: 'Declined', phase: 'declined' } as const
  const companion = createFakeCompanion(snapshot({ ...declined, canRetry: false }))
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(result.current.phase).toBe('declined'))
  await expect(result.current.retry()).rejects.toMatchObject({ code: 'attempts-exhausted' })
  expect(companion.calls('POST /sessions')).toEqual([])
  companion.session = snapshot({ ...declined, canRetry: true, revision: 11 })
  await act(() => result.current.refresh())
  expect(result.current.session?.canRetry).toBe(true)
  await act(() => result.current.retry())
  expect(companion.calls('POST /sessions')).toHaveLength(1)
})

test('has the server read Didit on refresh, and looks for a Session while it knows none', async () => {
  const companion = createFakeCompanion(null)
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(result.current.query.isSuccess).toBe(true))
  await act(() => result.current.refresh())
  expect(companion.requests.map(({ call }) => call)).toEqual([current, current])
  companion.session = snapshot()
  await act(() => result.current.refresh())
  companion.session = approved()
  await act(() => result.current.refresh())
  expect(companion.calls('POST /sessions/:id/refresh')).toHaveLength(1)
  expect(result.current.phase).toBe('approved')
})

test('tells of a failed refresh in `error` until something newer is known', async () => {
  const companion = createFakeCompanion(snapshot())
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(companion.streams).toBe(1))
  companion.failure = { status: 429, code: 'rate-limited' }
  act(() => void result.current.refresh())
  await waitFor(() => expect(result.current.error?.code).toBe('rate-limited'))
  expect(result.current.phase).toBe('active')
  act(() => companion.push(approved()))
  await waitFor(() => expect(result.current).toMatchObject({ phase: 'approved', error: null }))
})

test.each([
  [401, 'unauthenticated'],
  [409, 'session-foreign'],
])('shows an error answer %i as `error` without asking again', async (status, code) => {
  const companion = createFakeCompanion(snapshot())
  companion.failure = { status, code }
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(result.current.error?.code).toBe(code))
  expect(result.current).toMatchObject({ session: null, phase: 'none' })
  expect(companion.requests).toHaveLength(1)
  companion.failure = null
  await act(() => result.current.query.refetch())
  expect(result.current.error).toBeNull()
  expect(result.current.phase).toBe('active')
})

test('forgets a failed answer once a start went well, even when nothing new was found', async () => {
  const companion = createFakeCompanion(snapshot())
  const { result } = renderWith(companion, followCurrent)
  await waitFor(() => expect(companion.streams).toBe(1))
  companion.failure = { status: 401, code: 'unauthenticated' }
  await act(() => result.current.query.refetch())
  expect(result.current.error?.code).toBe('unauthenticated')
  companion.failure = null
  await act(() => result.current.start())
  expect(result.current).toMatchObject({ flow: 'opening', error: null })
})

test('keeps its callbacks, and they act on the target of the moment', async () => {
  const companion = createFakeCompanion(null)
  const { result, rerender } = renderWith(companion, follow, { initialProps: { workflow: 'default' } })
  const { start, resume, retry, refresh } = result.current
  rerender({ workflow: 'transfer' })
  expect(result.current).toMatchObject({ start, resume, retry, refresh })
  await act(() => start())
  expect(companion.calls('POST /sessions')[0]?.body).toMatchObject({ workflow: 'transfer' })
})

test('shows nothing of one Session under another', async () => {
  const companion = createFakeCompanion(approved())
  const { result, rerender } = renderWith(companion, follow, { initialProps: {} as UseSessionOptions })
  await waitFor(() => expect(result.current.phase).toBe('approved'))
  companion.isSlow = true
  rerender({ workflow: 'transfer' })
  expect(result.current).toMatchObject({ session: null, phase: 'none' })
  const other = snapshot({ sessionId: 'c0ffee00-0000-4000-8000-000000000002', workflow: 'transfer' })
  companion.session = other
  companion.isSlow = false
  act(() => companion.release())
  await waitFor(() => expect(result.current.session).toEqual(other))
  rerender({ sessionId: other.sessionId })
  expect(result.current.session).toBeNull()
  await waitFor(() => expect(result.current.session).toEqual(other))
  expect(companion.calls('GET /sessions/:id')).toHaveLength(1)
})

test('does nothing while it is not enabled', async () => {
  const companion = createFakeCompanion(snapshot())
  const { result, rerender } = renderWith(companion, follow, { initialProps: { enabled: false } })
  await act(settle)
  expect(companion.requests).toEqual([])
  expect(result.current).toMatchObject({ session: null, phase: 'none', error: null })
  rerender({ enabled: true })
  await waitFor(() => expect(companion.streams).toBe(1))
  rerender({ enabled: false })
  expect(result.current).toMatchObject({ session: null, phase: 'none', flow: 'idle' })
  await waitFor(() => expect(companion.streams).toBe(0))
})

test('gives a request up when it is unmounted while loading', async () => {
  const companion = createFakeCompanion(snapshot())
  companion.isSlow = true
  const { unmount, queryClient } = renderWith(companion, followCurrent)
  await waitFor(() => expect(companion.requests).toHaveLength(1))
  unmount()
  await waitFor(() => expect(companion.requests[0]?.signal?.aborted).toBe(true))
  companion.release()
  await act(settle)
  expect(companion.requests).toHaveLength(1)
  expect(queryClient.isFetching()).toBe(0)
})

test('opens a stream for what the cache knew already', async () => {
  const companion = createFakeCompanion(snapshot())
  const queryClient = new QueryClient()
  const tree = () => ({
    wrapper: ({ children }: { children: React.ReactNode }) => (
      <DiditProvider queryClient={queryClient} fetch={companion.fetch}>
        {children}
      </DiditProvider>
    ),
  })
  const first = renderHook(followCurrent, tree())
  await waitFor(() => expect(companion.streams).toBe(1))
  first.unmount()
  await waitFor(() => expect(companion.streams).toBe(0))
  // A new provider with a new client, as when the person leaves the page and returns.
  const second = renderHook(followCurrent, tree())
  expect(second.result.current.session).toEqual(snapshot())
  await waitFor(() => expect(companion.streams).toBe(1))
  act(() => companion.push(approved()))
  await waitFor(() => expect(second.result.current.phase).toBe('approved'))
})

test('says what is missing without a provider', () => {
  const silence = console.error
  console.error = () => {}
  try {
    expect(() => renderHook(followCurrent)).toThrow(expect.objectContaining({ code: 'config-invalid' }))
  } finally {
    console.error = silence
  }
})

test('works in a tree that is StrictMode all through', async () => {
  const companion = createFakeCompanion(snapshot())
  const seen: string[] = []
  render(
    <StrictMode>
      <DiditProvider fetch={companion.fetch}>
        <Probe useIt={() => seen.push(useDiditSession().phase)} />
      </DiditProvider>
    </StrictMode>,
  )
  await waitFor(() => expect(companion.streams).toBe(1))
  act(() => companion.push(approved()))
  await waitFor(() => expect(seen.at(-1)).toBe('approved'))
})
