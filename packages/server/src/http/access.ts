import { RequestError } from '@didit-verify/core/schemas'
import type { Config, DiditUser } from '../config.ts'
import { invalidTicket, type TicketClaims, type Tickets } from '../tokens/ticket.ts'

/**
 * Who may do what: the app's own sign-in for a user's Sessions, a ticket for one Session, an allowed origin for
 * whatever changes state.
 */

/** @throws {RequestError} `unauthenticated` when the host's sign-in knows nobody. */
export async function requireUser(config: Config, request: Request): Promise<DiditUser> {
  const user = await config.authenticate(request)
  if (user === null || user === undefined) {
    throw new RequestError('unauthenticated', 'Nobody is signed in.', {
      status: 401,
      help: 'The option authenticate returned null for this request: send the cookie or header it looks for.',
    })
  }
  if (typeof user.userId !== 'string' || ['', 'undefined', 'null'].includes(user.userId.trim())) {
    throw new TypeError('The option authenticate must return { userId } with a string that is not empty, or null.')
  }
  return user
}

/** @throws {RequestError} `ticket-invalid` or `ticket-expired` unless the request bears this Session's ticket. */
export async function requireTicket(tickets: Tickets, request: Request, sessionId: string): Promise<TicketClaims> {
  const [, ticket] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  if (ticket === undefined) throw invalidTicket()
  const claims = await tickets.verify(ticket)
  if (claims.sessionId !== sessionId) throw invalidTicket()
  return claims
}

/**
 * Refuses what another website makes a signed-in browser send.
 *
 * Browsers name the origin of every request that can change state. One without is let through unless the browser says
 * that it comes from elsewhere: other programs have no cookies that they did not mean to send.
 *
 * @throws {RequestError} `forbidden-origin`.
 */
export function requireOrigin(config: Config, request: Request): void {
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  const isAllowed =
    origin === null
      ? ['same-origin', 'none'].includes(site ?? 'none')
      : // A page without referrers sends its forms with the origin "null", as a sandboxed frame does; the site differs.
        config.allowedOrigins.has(origin) || (origin === 'null' && site === 'same-origin')
  if (isAllowed) return
  throw new RequestError('forbidden-origin', 'The page that sent this is not of an allowed origin.', {
    status: 403,
    help: 'Add the origin of the page, scheme and port included, to the option allowedOrigins.',
  })
}
