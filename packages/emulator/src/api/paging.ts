import type { Context } from 'hono'
import type { Json } from '../runtime/json.ts'

/**
 * Pages of long lists, by the vendor's parameters.
 *
 * @see Didit docs, "List sessions": https://docs.didit.me/sessions-api/list-sessions
 */

/** The requested part of a list. */
export interface Page {
  readonly limit: number
  readonly offset: number
  /** Returns the URL of another part of the same list. */
  linkTo(offset: number): string
}

const wholeNumber = (text: string | undefined, atLeast: number) =>
  text !== undefined && /^\d{1,9}$/.test(text) && Number(text) >= atLeast ? Number(text) : undefined

/** Reads the requested page. Invalid numbers are ignored: the vendor never answers them with an error. */
export function pageOf(context: Context, baseUrl: string, defaultLimit: number): Page {
  const url = new URL(context.req.url)
  const given = (name: string, atLeast: number) => wholeNumber(url.searchParams.get(name) ?? undefined, atLeast)
  const link = (changes: Readonly<Record<string, number>>) => {
    const query = new URLSearchParams(url.searchParams)
    for (const [name, value] of Object.entries(changes)) {
      if (value === 0) query.delete(name)
      else query.set(name, String(value))
    }
    query.sort()
    const text = query.toString()
    return `${baseUrl}${url.pathname}${text === '' ? '' : `?${text}`}`
  }
  // Older vendor documentation numbers the pages, and clients from that time still exist.
  const page = given('page', 1)
  const size = given('page_size', 1)
  const isNumbered = !url.searchParams.has('limit') && (page !== undefined || size !== undefined)
  if (isNumbered) {
    const limit = size ?? defaultLimit
    const linkTo = (offset: number) => link({ page: offset / limit + 1 })
    return { limit, offset: ((page ?? 1) - 1) * limit, linkTo }
  }
  const limit = given('limit', 1) ?? defaultLimit
  return { limit, offset: given('offset', 0) ?? 0, linkTo: (offset) => link({ limit, offset }) }
}

/** Returns the URLs of the next and the previous part. */
export const linksOf = ({ limit, offset, linkTo }: Page, count: number) => ({
  next: offset + limit < count ? linkTo(offset + limit) : null,
  previous: offset > 0 ? linkTo(Math.max(0, offset - limit)) : null,
})

/** Returns the requested part of a list in the vendor's envelope. */
export function envelope<Item>(items: readonly Item[], page: Page, write: (item: Item) => Json): Json {
  const results = items.slice(page.offset, page.offset + page.limit).map(write)
  return { count: items.length, ...linksOf(page, items.length), results }
}
