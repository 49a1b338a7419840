import type { Issue, RequestError } from '@didit-verify/core/schemas'

/**
 * A list at Didit: awaited, it is one page; iterated, it is every row from that page on, read page by page.
 *
 * Nothing is asked before one of the two is done. Awaiting twice gives the same page; each iteration asks afresh.
 */
export type Listing<Page, Row> = Promise<Page> & AsyncIterable<Row>

/** One page, as Didit cuts every list. */
interface PageOf<Row> {
  readonly next?: string | null | undefined
  readonly results: readonly Row[]
}

/** The query of a list, as far as it is about pages. */
interface Paging {
  readonly [field: string]: unknown
}

/** How a list is read. */
export interface ListingOptions<Page extends PageOf<Row>, Row, Query extends Paging> {
  /** The first page of each part, in turn. Awaited, a listing is the page of `query`. */
  readonly query: Query
  readonly parts: readonly Query[]
  readonly read: (query: Query) => Promise<Page>
  /** What tells a row from every other; null when that cannot be told. */
  readonly keyOf: (row: Row) => string | null
  readonly invalid: () => RequestError
}

/** What is wrong with a link that leads nowhere. */
export const badLink: readonly Issue[] = [{ path: 'next', message: 'Expected the address of the next page.' }]

/** How many rows are remembered, so that none comes twice when new ones have moved all others to later pages. */
const mostRemembered = 5000
/** As many pages may follow each other without a row that is new. More is no list that grows, but one that goes round. */
const mostFruitless = 20
/** What may be taken from Didit's link to the next page. Our own filters stay as they are. */
const pagingFields = ['limit', 'offset', 'page', 'page_size', 'cursor']

/** Creates a listing. */
export function createListing<Page extends PageOf<Row>, Row, Query extends Paging>(
  options: ListingOptions<Page, Row, Query>,
): Listing<Page, Row> {
  const { query, parts, read, keyOf, invalid } = options
  let first: Promise<Page> | undefined
  const page = () => {
    first ??= read(query)
    return first
  }

  async function* rows(): AsyncGenerator<Row, void, undefined> {
    const seen = new Set<string>()
    for (const part of parts) {
      const visited = new Set<string>()
      let fruitless = 0
      let at: Query | null = part
      while (at !== null) {
        const place = placeOf(at)
        if (visited.has(place) || fruitless >= mostFruitless) throw invalid()
        visited.add(place)
        fruitless += 1
        const { results, next }: Page = await read(at)
        for (const row of results) {
          const key = keyOf(row)
          if (key !== null && seen.has(key)) continue
          if (key !== null) remember(seen, key)
          fruitless = 0
          yield row
        }
        at = results.length > 0 && next ? nextQuery(at, next) : null
      }
    }
  }

  /**
   * Our own query for the next page. Didit's link is read and never called: the key goes to our own address only, whatever
   * host a proxy between has written into it.
   */
  function nextQuery(at: Query, next: string): Query {
    if (!URL.canParse(next)) throw invalid()
    const link = new URL(next).searchParams
    const moved = pagingFields.filter((field) => link.has(field) && link.get(field) !== String(at[field]))
    if (moved.length === 0) throw invalid()
    const paging = moved.map((field) => {
      const value = link.get(field) as string
      return [field, /^\d{1,15}$/.test(value) ? Number(value) : value]
    })
    return { ...at, ...Object.fromEntries(paging) }
  }

  return {
    // biome-ignore lint/suspicious/noThenProperty: awaiting a listing is how its page is had
    then: (onPage, onFault) => page().then(onPage, onFault),
    catch: (onFault) => page().catch(onFault),
    finally: (onEnd) => page().finally(onEnd),
    [Symbol.asyncIterator]: rows,
    [Symbol.toStringTag]: 'Listing',
  }
}

const placeOf = (query: Paging): string => JSON.stringify(pagingFields.map((field) => query[field] ?? null))

function remember(seen: Set<string>, key: string): void {
  seen.add(key)
  if (seen.size <= mostRemembered) return
  const [oldest] = seen
  if (oldest !== undefined) seen.delete(oldest)
}
