import { act, cleanup, waitFor } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { approved, createFakeCompanion, decisionOf, snapshot } from '../testing/fake-companion.ts'
import { renderWith, settle } from '../testing/render.tsx'
import { type UseSessionOptions, useDecision, useDiditDecision, useSession } from './index.ts'

afterEach(cleanup)

const asked = 'GET /sessions/:id/decision'

test('asks for no Decision while there is no Session, then for that of the new one', async () => {
  const companion = createFakeCompanion(null)
  const { result } = renderWith(companion, () => ({ ...useDecision(), start: useSession().start }))
  await act(settle)
  expect(result.current).toMatchObject({ decision: null, phase: 'none', error: null })
  expect(companion.requests.map(({ call }) => call)).toEqual(['GET /sessions/current'])
  await act(() => result.current.start())
  await waitFor(() => expect(result.current.decision?.status).toBe('Not Started'))
  expect(companion.calls(asked)).toHaveLength(1)
})

test('asks again when the status changes, and shows no checks of the previous status', async () => {
  const companion = createFakeCompanion(snapshot())
  const { result } = renderWith(companion, () => useDiditDecision())
  await waitFor(() => expect(result.current.decision?.status).toBe('In Progress'))
  await waitFor(() => expect(companion.streams).toBe(1))
  companion.isSlow = true
  act(() => companion.push(approved()))
  await waitFor(() => expect(result.current.phase).toBe('approved'))
  expect(result.current.decision).toBeNull()
  companion.isSlow = false
  await waitFor(() => expect(companion.calls(asked)).toHaveLength(2))
  act(() => companion.release())
  await waitFor(() => expect(result.current.decision).toEqual(decisionOf(approved())))
})

test('asks again when a status becomes settled, but not for a new revision alone', async () => {
  const companion = createFakeCompanion(approved({ settled: false }))
  const { result } = renderWith(companion, () => useDecision())
  await waitFor(() => expect(result.current.decision).not.toBeNull())
  await waitFor(() => expect(companion.streams).toBe(1))
  act(() => companion.push(approved({ settled: false, revision: 21 })))
  await act(settle)
  expect(companion.calls(asked)).toHaveLength(1)
  act(() => companion.push(approved({ settled: true, revision: 22 })))
  await waitFor(() => expect(companion.calls(asked)).toHaveLength(2))
})

test('lets no late answer for an earlier status in', async () => {
  const companion = createFakeCompanion(snapshot())
  const { result } = renderWith(companion, () => useDecision())
  await waitFor(() => expect(companion.streams).toBe(1))
  await waitFor(() => expect(result.current.decision).not.toBeNull())
  const declined = snapshot({ status: 'Declined', phase: 'declined', revision: 30, settled: false })
  companion.isSlow = true
  act(() => companion.push(declined))
  await waitFor(() => expect(companion.calls(asked)).toHaveLength(2))
  const releaseDeclined = companion.release
  companion.isSlow = false
  act(() => companion.push(approved({ revision: 31 })))
  await waitFor(() => expect(result.current.decision?.status).toBe('Approved'))
  companion.session = declined
  act(() => releaseDeclined())
  await act(settle)
  expect(result.current.decision?.status).toBe('Approved')
})

test('shows an error answer as `error` and keeps the phase', async () => {
  const companion = createFakeCompanion(approved())
  const { result } = renderWith(companion, () => ({ own: useDecision({ enabled: true }), session: useSession() }))
  await waitFor(() => expect(result.current.own.decision).not.toBeNull())
  companion.failure = { status: 404, code: 'didit-not-found' }
  await act(() => result.current.own.query.refetch())
  await waitFor(() => expect(result.current.own.error?.code).toBe('didit-not-found'))
  expect(result.current.own.phase).toBe('approved')
  expect(result.current.session.error).toBeNull()
})

test('does nothing while it is not enabled', async () => {
  const companion = createFakeCompanion(approved())
  const { result, rerender } = renderWith(companion, (options: UseSessionOptions) => useDecision(options), {
    initialProps: { enabled: false },
  })
  await act(settle)
  expect(companion.requests).toEqual([])
  rerender({ enabled: true })
  await waitFor(() => expect(result.current.decision).not.toBeNull())
  rerender({ enabled: false })
  expect(result.current).toMatchObject({ decision: null, phase: 'none', error: null })
})
