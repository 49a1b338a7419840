import { RequestError, type TicketAnswer } from '@didit-verify/core/schemas'
import { errors } from 'jose'
import { createSignedTokens } from './signed-token.ts'

/**
 * Tickets: the short-lived right of one browser to read one Session.
 *
 * A ticket names the Session and nothing of the person. Renewed tickets form a chain that remembers when it began, so
 * that a stolen ticket cannot be renewed for ever: after two hours the app's own sign-in has to vouch again.
 */

const lifetimeMs = 15 * 60_000
const chainMs = 2 * 60 * 60_000

/** What a valid ticket says. */
export interface TicketClaims {
  readonly sessionId: string
  /** Epoch milliseconds, like `chainStartedAt`. */
  readonly expiresAt: number
  readonly chainStartedAt: number
}

export interface TicketsOptions {
  /** At least 32 characters. The signing key is derived from it, so that other uses of the secret share no key. */
  readonly secret: string
  /** Application and environment: a ticket of one is none in the other. */
  readonly audience: string
  /** Epoch milliseconds. */
  readonly now: () => number
}

export interface Tickets {
  /** A ticket for a Session; with `chainStartedAt` it continues that chain, and null comes back once the chain has ended. */
  issue(sessionId: string): Promise<TicketAnswer>
  issue(sessionId: string, chainStartedAt: number): Promise<TicketAnswer | null>
  /** @throws {RequestError} `ticket-expired` or `ticket-invalid`. */
  verify(ticket: string): Promise<TicketClaims>
}

/** Issues and checks tickets. */
export function createTickets({ secret, audience, now }: TicketsOptions): Tickets {
  const tokens = createSignedTokens({ use: 'ticket', secret, audience, requiredClaims: ['sid', 'chn'], now })

  async function issue(sessionId: string, chainStartedAt?: number): Promise<TicketAnswer | null> {
    const issuedAt = Math.floor(now() / 1000)
    const chain = chainStartedAt === undefined ? issuedAt : Math.floor(chainStartedAt / 1000)
    const expiresAt = Math.min(issuedAt + lifetimeMs / 1000, chain + chainMs / 1000)
    if (expiresAt <= issuedAt) return null
    const ticket = await tokens.sign({ sid: sessionId, chn: chain }, { issuedAt, expiresAt })
    return { ticket, ticketExpiresAt: expiresAt * 1000 }
  }

  async function verify(ticket: string): Promise<TicketClaims> {
    try {
      const { sid, chn, exp } = await tokens.read(ticket)
      if (typeof sid !== 'string' || typeof chn !== 'number') throw new errors.JWTInvalid()
      return { sessionId: sid, expiresAt: exp * 1000, chainStartedAt: chn * 1000 }
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) {
        throw new RequestError('ticket-expired', 'The ticket has expired.', {
          status: 401,
          help: 'Fetch a fresh one with POST /sessions/:id/ticket.',
          cause,
        })
      }
      throw invalidTicket(cause)
    }
  }

  return { issue: issue as Tickets['issue'], verify }
}

/** The one answer to every ticket that is none: missing, forged, or of another Session. */
export function invalidTicket(cause?: unknown): RequestError {
  return new RequestError('ticket-invalid', 'The ticket is missing or not valid for this Session.', {
    status: 401,
    help: 'Send `Authorization: Bearer <ticket>` with the ticket of this very Session.',
    cause,
  })
}
