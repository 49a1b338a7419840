import { expect, test, vi } from 'vitest'
import { createListing } from './listing.ts'
import { badAnswer } from './refusal.ts'

interface Row {
  readonly id: string | null
}
interface Query {
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  readonly [field: string]: unknown
}

const origin = 'https://verification.didit.me'

/** A list that may grow at its head between two pages, as Didit's does. */
function setUp(ids: (string | null)[], { limit = 2, grow = () => {} }: { limit?: number; grow?: () => void } = {}) {
  const read = vi.fn(async (query: Query) => {
    const { offset = 0 } = query
    const results = ids.slice(offset, offset + limit).map((id): Row => ({ id }))
    const next = offset + limit < ids.length ? `${origin}/v3/sessions/?limit=${limit}&offset=${offset + limit}` : null
    grow()
    return { count: ids.length, next, results }
  })
  const listing = createListing<Awaited<ReturnType<typeof read>>, Row, Query>({
    query: { status: 'Approved' },
    parts: [{ status: 'Approved' }],
    read,
    keyOf: ({ id }) => id,
    invalid: () => badAnswer('GET', { status: 200 }),
  })
  return { read, listing }
}

async function all(listing: AsyncIterable<Row>) {
  const ids = []
  for await (const { id } of listing) ids.push(id)
  return ids
}

test('asks for nothing before it is awaited or iterated', async () => {
  const { read, listing } = setUp(['a'])
  expect(String(listing)).toBe('[object Listing]')
  expect(read).not.toHaveBeenCalled()
  await listing
})

test('awaited twice is the same page, and a promise in all its ways', async () => {
  const { read, listing } = setUp(['a', 'b', 'c'])
  const ended = vi.fn()
  expect(await listing).toBe(await listing)
  expect((await listing.finally(ended)).results).toHaveLength(2)
  expect((await Promise.all([listing]))[0].count).toBe(3)
  expect([read.mock.calls.length, ended.mock.calls.length]).toEqual([1, 1])
  const broken = createListing<{ results: Row[] }, Row, Query>({
    query: {},
    parts: [{}],
    read: async () => Promise.reject(new Error('no')),
    keyOf: () => null,
    invalid: () => badAnswer('GET', { status: 200 }),
  })
  await expect(broken.catch((error) => error.message)).resolves.toBe('no')
})

test('iterated reads page after page, with our own filters and only as far as it is asked', async () => {
  const { read, listing } = setUp(['a', 'b', 'c', 'd', 'e'])
  expect(await all(listing)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(read.mock.calls.map(([query]) => query)).toEqual([
    { status: 'Approved' },
    { status: 'Approved', limit: 2, offset: 2 },
    { status: 'Approved', limit: 2, offset: 4 },
  ])
  for await (const { id } of listing) if (id === 'b') break
  expect(read).toHaveBeenCalledTimes(4)
})

test('gives no row twice when new ones move the others to later pages', async () => {
  const ids: (string | null)[] = ['a', 'b', 'c', 'd', 'e']
  let grown = 0
  const { listing } = setUp(ids, {
    grow: () => {
      if (grown < 3) ids.unshift(`new ${grown++}`)
    },
  })
  expect(await all(listing)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('gives every row that cannot be told from others', async () => {
  const { listing } = setUp([null, null, null])
  expect(await all(listing)).toEqual([null, null, null])
})

test('remembers the latest rows only, however long the list is', async () => {
  const ids: (string | null)[] = Array.from({ length: 12_000 }, (_, n) => `row ${n}`)
  ids.push('row 11999', 'row 0') // the second is long forgotten
  const { listing } = setUp(ids, { limit: 1000 })
  const rows = await all(listing)
  expect([rows.length, rows.at(-1)]).toEqual([12_001, 'row 0'])
})

test.each([
  ['another host', 'https://elsewhere.example/v3/sessions/?limit=1&offset=1&status=Declined', { limit: 1, offset: 1 }],
  ['a cursor', `${origin}/v3/sessions/?cursor=cD0y`, { cursor: 'cD0y' }],
  ['pages', `${origin}/v3/sessions/?page=2`, { page: 2 }],
])('takes of a link with %s where to go on, and nothing else', async (_, next, paging) => {
  const asked: Query[] = []
  const listing = createListing<{ results: Row[]; next: string | null }, Row, Query>({
    query: {},
    parts: [{ status: 'Approved' }],
    read: async (query) => {
      asked.push(query)
      return { results: [{ id: String(asked.length) }], next: asked.length === 1 ? next : null }
    },
    keyOf: ({ id }) => id,
    invalid: () => badAnswer('GET', { status: 200 }),
  })
  expect(await all(listing)).toEqual(['1', '2'])
  expect(asked[1]).toEqual({ status: 'Approved', ...paging })
})

test.each([
  ['nowhere', 'soon'],
  ['to the same page', `${origin}/v3/sessions/?limit=1&offset=0`],
  ['without a place', `${origin}/v3/sessions/`],
])('does not go on along a link that leads %s', async (_, next) => {
  const listing = createListing<{ results: Row[]; next: string }, Row, Query>({
    query: {},
    parts: [{ limit: 1, offset: 0 }],
    read: async () => ({ results: [{ id: 'a' }], next }),
    keyOf: ({ id }) => id,
    invalid: () => badAnswer('GET', { status: 200 }),
  })
  await expect(all(listing)).rejects.toMatchObject({ code: 'didit-answer-invalid' })
})

test.each([
  ['back and forth', (offset: number) => (offset === 50 ? 0 : 50)],
  ['ever further, past the same rows', (offset: number) => offset + 50],
])('does not follow links that lead %s for ever', async (_, follow) => {
  let asked = 0
  const listing = createListing<{ results: Row[]; next: string }, Row, Query>({
    query: {},
    parts: [{ offset: 0 }],
    read: async ({ offset = 0 }) => {
      asked += 1
      if (asked > 100) throw new Error('It goes on and on.')
      return { results: [{ id: 'a' }], next: `${origin}/v3/sessions/?offset=${follow(offset)}` }
    },
    keyOf: ({ id }) => id,
    invalid: () => badAnswer('GET', { status: 200 }),
  })
  await expect(all(listing)).rejects.toMatchObject({ code: 'didit-answer-invalid' })
})

test('ends with a page that is empty, whatever its link says', async () => {
  const listing = createListing<{ results: Row[]; next: string }, Row, Query>({
    query: {},
    parts: [{}],
    read: async () => ({ results: [], next: `${origin}/v3/sessions/?offset=50` }),
    keyOf: ({ id }) => id,
    invalid: () => badAnswer('GET', { status: 200 }),
  })
  expect(await all(listing)).toEqual([])
})
