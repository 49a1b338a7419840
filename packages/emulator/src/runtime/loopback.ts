import type { Context } from 'hono'

/** What Node's adapter hands over beside the request; nothing of it inside a process. */
export interface RequestOrigin {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } }
}

const isLoopback = (address: string) => /^(127\.|::1$|::ffff:127\.)/.test(address)
const isLoopbackOrigin = (origin: string) =>
  /^https?:\/\/((.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(origin)

/**
 * Whether a request comes from this machine, and from no page of somebody else.
 *
 * What needs no key must not be driven by some site on the internet through its visitor's browser: neither from its own
 * origin, nor by a name of its own that it lets resolve to this machine.
 */
export function isFromHere(context: Context): boolean {
  const address = (context.env as RequestOrigin | undefined)?.incoming?.socket?.remoteAddress
  const origins = [context.req.header('origin') ?? null, address === undefined ? null : new URL(context.req.url).origin]
  const isNear = address === undefined || isLoopback(address)
  return isNear && origins.every((origin) => origin === null || isLoopbackOrigin(origin))
}
