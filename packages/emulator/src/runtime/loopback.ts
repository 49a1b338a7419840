import type { Context } from 'hono'

/** Connection data that Node's adapter passes along with a request. Empty for calls inside the process. */
export interface RequestOrigin {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } }
}

const isLoopback = (address: string) => /^(127\.|::1$|::ffff:127\.)/.test(address)
const isLoopbackOrigin = (origin: string) =>
  /^https?:\/\/((.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(origin)

/**
 * Tells whether a request comes from this machine and not from a foreign web page.
 *
 * Routes without a key must not be reachable for a website through the browser of its visitor, neither from its own
 * origin nor through a domain that it resolves to this machine (DNS rebinding).
 */
export function isFromHere(context: Context): boolean {
  const address = (context.env as RequestOrigin | undefined)?.incoming?.socket?.remoteAddress
  const origins = [context.req.header('origin') ?? null, address === undefined ? null : new URL(context.req.url).origin]
  const isNear = address === undefined || isLoopback(address)
  return isNear && origins.every((origin) => origin === null || isLoopbackOrigin(origin))
}

/** Returns the IP address of the caller. A call inside the process has 127.0.0.1. */
export const addressOf = (context: Context): string =>
  (context.env as RequestOrigin | undefined)?.incoming?.socket?.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1'
