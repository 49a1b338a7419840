import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { createDeskClient, type SessionFile, type SessionList } from './desk-client.ts'
import { applyChange, deskKeys, fileQuery, listQuery, writeStatus } from './desk-queries.ts'

const page = { limit: 20, offset: 0 }
const row = (id: string, status: string) => ({
  row: { session_id: id, session_number: 7, status },
  snapshot: null,
  userId: null,
  workflow: null,
})
const list = (...sessions: ReturnType<typeof row>[]): SessionList => ({ count: sessions.length, ...page, sessions })
const file = (id: string, status: string): SessionFile => ({
  decision: { session_id: id, session_number: 7, status },
  snapshot: null,
  userId: null,
  workflow: null,
  events: [],
})
const change = (sessionId: string, status: string) => ({
  sessionId,
  status,
  phase: 'approved',
  revision: 1,
  updatedAt: 0,
  source: 'webhook',
})

/** Creates the query cache of Harbour Bank's desk, without a server. */
function createTestQueries() {
  const queryClient = new QueryClient()
  const client = createDeskClient('harbour')
  const all = deskKeys.list('harbour', {}, page)
  queryClient.setQueryData(all, list(row('a', 'In Review'), row('b', 'In Review')))
  queryClient.setQueryData(deskKeys.file('harbour', 'a'), file('a', 'In Review'))
  const look = (options: { queryKey: readonly unknown[] }) => {
    // The query is in use, and no server answers.
    const queryFn = () => new Promise<never>(() => {})
    const { queryKey } = options
    return new QueryObserver(queryClient, { queryKey, queryFn, staleTime: 60_000 }).subscribe(() => {})
  }
  const statuses = () => queryClient.getQueryData<SessionList>(all)?.sessions.map((it) => it.row.status)
  return { queryClient, client, all, look, statuses }
}

test('a status is written wherever the Session is shown, and nowhere else', () => {
  const { queryClient, all, statuses } = createTestQueries()
  const other = deskKeys.list('harbour', { status: 'Approved' }, page)
  const partner = deskKeys.list('lantern', {}, page)
  queryClient.setQueryData(other, list(row('c', 'Approved')))
  queryClient.setQueryData(partner, list(row('a', 'In Review')))
  const [before, others] = [queryClient.getQueryData(all), queryClient.getQueryState(other)?.dataUpdateCount]
  writeStatus(queryClient, 'harbour', 'a', 'Approved')
  expect(statuses()).toEqual(['Approved', 'In Review'])
  expect(queryClient.getQueryData<SessionFile>(deskKeys.file('harbour', 'a'))?.decision.status).toBe('Approved')
  // Objects that were handed out before do not change.
  expect(before).toEqual(list(row('a', 'In Review'), row('b', 'In Review')))
  expect(queryClient.getQueryState(other)?.dataUpdateCount).toBe(others)
  expect(queryClient.getQueryData(partner)).toEqual(list(row('a', 'In Review')))
})

test('a change of a Session on the screen is shown, and its file read again', () => {
  const { queryClient, client, look, statuses } = createTestQueries()
  look(listQuery(client, {}, page))
  expect(applyChange(queryClient, 'harbour', change('a', 'Approved'))).toEqual({
    number: 7,
    isOnScreen: true,
    isKnown: false,
  })
  expect(statuses()).toEqual(['Approved', 'In Review'])
  expect(queryClient.getQueryState(deskKeys.file('harbour', 'a'))?.isInvalidated).toBe(true)
  // The reviewer's own change comes back by the stream, and is not announced.
  expect(applyChange(queryClient, 'harbour', change('a', 'Approved')).isKnown).toBe(true)
})

test('a change of a Session that is not on the screen is one elsewhere', () => {
  const { queryClient, client, look } = createTestQueries()
  expect(applyChange(queryClient, 'harbour', change('a', 'Approved')).isOnScreen).toBe(false)
  const close = look(fileQuery(client, 'a'))
  expect(applyChange(queryClient, 'harbour', change('a', 'Declined')).isOnScreen).toBe(true)
  close()
  expect(applyChange(queryClient, 'harbour', change('z', 'Declined'))).toEqual({
    number: null,
    isOnScreen: false,
    isKnown: false,
  })
})
