import { isIP } from 'node:net'
import type { Config } from '../config.ts'
import { type Bindings, peerAddress } from './bindings.ts'

/**
 * Where a request comes from, and under which address it was sent.
 *
 * Anybody can send `X-Forwarded-…`. Each proxy adds to its right end what it has seen itself, so with so many trusted
 * proxies in front, the entry that far from the right is the last one that a trusted one wrote. The leftmost is the
 * client's own word, and is never asked for as such.
 */

type Trust = Pick<Config, 'trustProxy'>

/** A request, or anything else that has headers. */
type WithHeaders = { readonly headers: Pick<Headers, 'get'> }

/**
 * The address of the client: the peer's, or what the trusted proxies saw.
 *
 * @returns Null where nobody knows: a host that brings no peer along, and no trusted proxy.
 */
export function clientAddress({ trustProxy }: Trust, request: WithHeaders, bindings?: Bindings): string | null {
  const forwarded = trustProxy === 0 ? undefined : listOf(request, 'x-forwarded-for').at(-trustProxy)
  // Too short a list did not come through all proxies, and an odd entry tells nothing: both count for nothing.
  return readAddress(forwarded) ?? readAddress(bindings?.[peerAddress])
}

/** The origin under which the browser sent the request, as far as it is known. */
export function publicOrigin(
  { trustProxy, allowedOrigins }: Trust & Pick<Config, 'allowedOrigins'>,
  request: Request,
): string {
  const own = new URL(request.url)
  const host = trustProxy === 0 ? undefined : entryOf(request, 'x-forwarded-host', trustProxy)
  const protocol = trustProxy === 0 ? undefined : entryOf(request, 'x-forwarded-proto', trustProxy)?.toLowerCase()
  const scheme = protocol === 'http' || protocol === 'https' ? `${protocol}:` : own.protocol
  const told = `${scheme}//${host !== undefined && /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host) ? host : own.host}`
  const url = URL.canParse(told) ? new URL(told) : own
  // A proxy that ends TLS often says nothing of it: of the host's own pages we know the scheme.
  const listed = [...allowedOrigins].filter((origin) => new URL(origin).host === url.host)
  return listed.includes(url.origin) ? url.origin : (listed[0] ?? url.origin)
}

/**
 * An IPv4 address, or the half of an IPv6 one that names a network: whoever has one address of it has them all.
 *
 * @param address - As `clientAddress` gives it.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = (part = '') => (part === '' ? [] : part.replace(/[\d.]+\.\d+$/, '0:0').split(':'))
  const left = groups(head)
  const right = groups(tail)
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}

const listOf = (request: WithHeaders, header: string): string[] =>
  (request.headers.get(header) ?? '').split(',').map((entry) => entry.trim())

/** Unlike with addresses, many proxies put a name in the place of the one before: a short list is all there is then. */
function entryOf(request: WithHeaders, header: string, hops: number): string | undefined {
  const entries = listOf(request, header)
  return entries.at(-hops) ?? entries[0]
}

/** An address without the brackets, port or zone that some write along; null for what is none. */
function readAddress(text: string | undefined): string | null {
  const bare = (text ?? '')
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/%.*$/, '')
  const plain = bare.replace(/^::ffff:(?=[\d.]+$)/i, '')
  return isIP(plain) === 0 ? null : plain
}
