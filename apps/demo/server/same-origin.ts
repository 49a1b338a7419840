import type { MiddlewareHandler } from 'hono'

/**
 * Refuses what another website makes a signed-in browser send. The cookie's `SameSite=Lax` says the same once more.
 *
 * @param origin - Where a browser sees the bank.
 */
export function sameOrigin(origin: string): MiddlewareHandler {
  return async (c, next) => {
    if (['GET', 'HEAD'].includes(c.req.method)) return next()
    const from = c.req.header('origin')
    // Other programs send neither header, and no cookie that they did not mean to send.
    const isOurs =
      from === undefined ? ['same-origin', 'none'].includes(c.req.header('sec-fetch-site') ?? 'none') : from === origin
    return isOurs ? next() : c.json({ problem: 'forbidden-origin' }, 403)
  }
}
