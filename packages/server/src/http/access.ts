import { RequestError } from '@didit-verify/core/schemas'
import type { Config, DiditUser } from '../config.ts'
import { invalidTicket, type TicketClaims, type Tickets } from '../tokens/ticket.ts'
import { toHookRequest } from './hook-request.ts'

/**
 * Access checks: the app's own sign-in for a user's Sessions, a ticket for one Session, and an allowed origin for each
 * request that changes state.
 */

/**
 * Returns the user who is signed in to the host.
 *
 * @throws {RequestError} `unauthenticated` when no user is signed in.
 */
export async function requireUser(config: Config, request: Request): Promise<DiditUser> {
  const user = await config.authenticate(toHookRequest(request))
  if (user === null || user === undefined) {
    throw new RequestError('unauthenticated', 'No user is signed in.', {
      status: 401,
      help: 'The option authenticate returned null for this request. Send the cookie or header that it reads.',
    })
  }
  if (typeof user.userId !== 'string' || ['', 'undefined', 'null'].includes(user.userId.trim())) {
    throw new TypeError('The option authenticate must return { userId } with a string that is not empty, or null.')
  }
  return user
}

/**
 * Returns the claims of the ticket in the request.
 *
 * @throws {RequestError} `ticket-invalid` or `ticket-expired` when the request has no valid ticket of this Session.
 */
export async function requireTicket(tickets: Tickets, request: Request, sessionId: string): Promise<TicketClaims> {
  const [, ticket] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  if (ticket === undefined) throw invalidTicket()
  const claims = await tickets.verify(ticket)
  if (claims.sessionId !== sessionId) throw invalidTicket()
  return claims
}

/**
 * Refuses requests that another website makes a signed-in browser send (CSRF).
 *
 * Browsers send `Origin` with each request that can change state. A request without it is allowed unless `Sec-Fetch-Site`
 * names another site: programs that are not browsers do not send cookies by accident.
 *
 * @throws {RequestError} `forbidden-origin`.
 */
export function requireOrigin(config: Config, request: Request): void {
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  const isAllowed =
    origin === null
      ? ['same-origin', 'none'].includes(site ?? 'none')
      : // A page with `no-referrer` sends its forms with the origin "null". So does a sandboxed frame, but with another site.
        config.allowedOrigins.has(origin) || (origin === 'null' && site === 'same-origin')
  if (isAllowed) return
  throw new RequestError('forbidden-origin', 'The page that sent this request does not have an allowed origin.', {
    status: 403,
    help: 'Add the origin of the page, with scheme and port, to the option allowedOrigins.',
  })
}
