import type { Issue, RequestError } from '@didit-verify/core/schemas'

/**
 * A list at Didit. Awaited, it gives one page; iterated, it gives every row from that page on, read page by page.
 *
 * No request is sent before one of the two happens. A second await gives the same page. Each iteration reads again.
 */
export type Listing<Page, Row> = Promise<Page> & AsyncIterable<Row>

/** One page of a list, in Didit's form. */
interface PageOf<Row> {
  readonly next?: string | null | undefined
  readonly results: readonly Row[]
}

/** Paging fields of a query. */
interface Paging {
  readonly [field: string]: unknown
}

/** Options of createListing. */
export interface ListingOptions<Page extends PageOf<Row>, Row, Query extends Paging> {
  /** The query of the page that an awaited listing gives. An iteration starts at `parts`, one after the other. */
  readonly query: Query
  readonly parts: readonly Query[]
  readonly read: (query: Query) => Promise<Page>
  /** Returns a key that identifies the row; null when there is none. */
  readonly keyOf: (row: Row) => string | null
  readonly invalid: () => RequestError
}

/** Issue of an invalid `next` link. */
export const badLink: readonly Issue[] = [{ path: 'next', message: 'Expected the address of the next page.' }]

/** Number of remembered rows. A new row moves older rows to later pages, and they must not be given twice. */
const mostRemembered = 5000
/** Maximum number of successive pages without a new row. More than that means that the links form a loop. */
const mostFruitless = 20
/** Fields that are taken from Didit's `next` link. Our own filters stay as they are. */
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
   * Returns our own query for the next page. Didit's link is only parsed and never called: a proxy may have written
   * another host into it, and the key must go to our base URL only.
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
    // biome-ignore lint/suspicious/noThenProperty: callers await a listing to get its page
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
