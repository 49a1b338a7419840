import { isIP } from 'node:net'
import type { Config } from '../config.ts'
import { type Bindings, peerAddress } from './bindings.ts'
import { isHost } from './host.ts'
import { isLoopback } from './loopback.ts'

/**
 * Reads the client's address and the public origin of a request.
 *
 * Any client can send `X-Forwarded-…` headers. Each proxy appends the address that it saw at the right end. With n trusted
 * proxies, the nth entry from the right is therefore the first one that a trusted proxy wrote. Entries further left can be
 * forged by the client, and are ignored.
 */

type Trust = Pick<Config, 'trustProxy'>

/** A request, or anything else that has headers. */
type WithHeaders = { readonly headers: Pick<Headers, 'get'> }

/** Stands for the address of everybody behind a proxy on this machine that `trustProxy` does not name. */
const untrustedProxy = 'untrusted-proxy'

/** Headers by which a proxy tells of its client. */
const forwardingHeaders = ['x-forwarded-for', 'forwarded', 'x-real-ip'] as const

/**
 * Returns the client's address: the one that the trusted proxies saw, or the peer's. All clients of an untrusted proxy on
 * this machine share one.
 *
 * @returns Null when it is unknown: the host passes no peer address, and no proxy is trusted.
 */
export function clientAddress(trust: Trust, request: WithHeaders, bindings?: Bindings): string | null {
  const { trustProxy } = trust
  const forwarded = trustProxy === 0 ? undefined : listOf(request, 'x-forwarded-for').at(-trustProxy)
  if (isBehindUntrustedProxy(trust, request, bindings)) return untrustedProxy
  // A list that is too short did not pass all proxies. It is ignored, and so is an entry that is not an address.
  return readAddress(forwarded) ?? readAddress(bindings?.[peerAddress])
}

/** Checks whether a proxy on this machine sent the request although no proxy is trusted. */
export function isBehindUntrustedProxy({ trustProxy }: Trust, request: WithHeaders, bindings?: Bindings): boolean {
  if (trustProxy !== 0) return false
  const peer = readAddress(bindings?.[peerAddress])
  return peer !== null && isLoopback(peer) && forwardingHeaders.some((name) => request.headers.get(name) !== null)
}

/** Returns the origin to which the browser sent the request. It falls back to the host that this server sees. */
export function publicOrigin(
  { trustProxy, allowedOrigins }: Trust & Pick<Config, 'allowedOrigins'>,
  request: Request,
): string {
  const own = new URL(request.url)
  const host = trustProxy === 0 ? undefined : entryOf(request, 'x-forwarded-host', trustProxy)
  const protocol = trustProxy === 0 ? undefined : entryOf(request, 'x-forwarded-proto', trustProxy)?.toLowerCase()
  const scheme = protocol === 'http' || protocol === 'https' ? `${protocol}:` : own.protocol
  const told = `${scheme}//${host !== undefined && isHost(host) ? host : own.host}`
  const url = URL.canParse(told) ? new URL(told) : own
  // A proxy that terminates TLS often omits the scheme. For an allowed origin we know it.
  const listed = [...allowedOrigins].filter((origin) => /^https?:/.test(origin) && new URL(origin).host === url.host)
  return listed.includes(url.origin) ? url.origin : (listed[0] ?? url.origin)
}

/**
 * Returns an IPv4 address unchanged, and the /64 network of an IPv6 address: one client usually owns the whole network.
 *
 * @param address - A result of `clientAddress`.
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

/** Returns an entry of a host or protocol header. Many proxies replace these headers, so a short list is accepted here. */
function entryOf(request: WithHeaders, header: string, hops: number): string | undefined {
  const entries = listOf(request, header)
  return entries.at(-hops) ?? entries[0]
}

/** Returns an address without brackets, port or zone. Returns null for text that is not an address. */
function readAddress(text: string | undefined): string | null {
  const bare = (text ?? '')
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/%.*$/, '')
  const plain = bare.replace(/^::ffff:(?=[\d.]+$)/i, '')
  return isIP(plain) === 0 ? null : plain
}
