import { useSyncExternalStore } from 'react'
import { type BankId, banks } from '../../server/review/staff.ts'
import { type BlockKind, blockKinds, type Filters, filterNames } from './desk-client.ts'

/** A place on the desk. */
export type Route = { readonly bank: BankId } & (
  | { readonly page: 'sessions'; readonly filters: Filters; readonly offset: number }
  | { readonly page: 'session'; readonly sessionId: string }
  | { readonly page: 'blocklist'; readonly kind: BlockKind | null; readonly offset: number }
  | { readonly page: 'import' }
)

/**
 * Reads the place from the address: `#/harbour/sessions?status=In+Review`, `#/harbour/sessions/<id>` …
 *
 * After the `#`, since a search holds somebody's name: what stands there is sent to no server and is in no log.
 */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [first = '', second = '', third = ''] = path.split('/')
  const bank: BankId = Object.hasOwn(banks, first) ? (first as BankId) : 'harbour'
  const values = new URLSearchParams(search)
  const offset = Math.max(0, Math.trunc(Number(values.get('offset')) || 0))
  if (second === 'sessions' && third !== '') return { bank, page: 'session', sessionId: decode(third) }
  if (second === 'blocklist') {
    const kind = blockKinds.find((it) => it === values.get('kind')) ?? null
    return { bank, page: 'blocklist', kind, offset }
  }
  if (second === 'import') return { bank, page: 'import' }
  const filters = Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = values.get(name)?.trim()
      return value ? [[name, value]] : []
    }),
  )
  return { bank, page: 'sessions', filters, offset }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Writes the address of a place. */
export function hrefOf(route: Route): string {
  const base = `#/${route.bank}`
  if (route.page === 'session') return `${base}/sessions/${encodeURIComponent(route.sessionId)}`
  if (route.page === 'import') return `${base}/import`
  const values = new URLSearchParams()
  if (route.page === 'sessions') {
    for (const name of filterNames) if (route.filters[name]) values.set(name, route.filters[name])
  } else if (route.kind) values.set('kind', route.kind)
  if (route.offset > 0) values.set('offset', String(route.offset))
  const search = values.toString()
  return `${base}/${route.page}${search && `?${search}`}`
}

const subscribe = (notify: () => void) => {
  addEventListener('hashchange', notify)
  return () => removeEventListener('hashchange', notify)
}

/** Returns the current place as text. Equal texts are the same place. */
export const useHash = (): string => useSyncExternalStore(subscribe, () => location.hash)

export function go(route: Route): void {
  location.hash = hrefOf(route)
}
