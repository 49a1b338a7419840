import { RequestError, type TicketAnswer } from '@didit-verify/core/schemas'
import { errors } from 'jose'
import { createSignedTokens } from './signed-token.ts'

/**
 * A ticket is the short-lived right of one browser to read one Session.
 *
 * It contains the id of the Session and no personal data. Renewed tickets form a chain, and each contains the time when
 * the chain began. So a stolen ticket cannot be renewed for ever: after two hours the user must sign in to the app again.
 */

const lifetimeMs = 15 * 60_000
const chainMs = 2 * 60 * 60_000

/** Content of a valid ticket. */
export interface TicketClaims {
  readonly sessionId: string
  /** Epoch milliseconds, like `chainStartedAt`. */
  readonly expiresAt: number
  readonly chainStartedAt: number
}

export interface TicketsOptions {
  /** At least 32 characters. The signing key is derived from it, so that each use of the secret has its own key. */
  readonly secret: string
  /** Application and environment. A ticket is valid in these only. */
  readonly audience: string
  /** Epoch milliseconds. */
  readonly now: () => number
}

export interface Tickets {
  /** Returns a ticket for a Session. With `chainStartedAt` it continues that chain, and returns null when the chain has ended. */
  issue(sessionId: string): Promise<TicketAnswer>
  issue(sessionId: string, chainStartedAt: number): Promise<TicketAnswer | null>
  /** @throws {RequestError} `ticket-expired` or `ticket-invalid`. */
  verify(ticket: string): Promise<TicketClaims>
}

/** Creates the functions that issue and check tickets. */
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
          help: 'Request a new one with POST /sessions/:id/ticket.',
          cause,
        })
      }
      throw invalidTicket(cause)
    }
  }

  return { issue: issue as Tickets['issue'], verify }
}

/** Returns the error for every invalid ticket, whether it is missing, forged or for another Session. */
export function invalidTicket(cause?: unknown): RequestError {
  return new RequestError('ticket-invalid', 'The ticket is missing or not valid for this Session.', {
    status: 401,
    help: 'Send `Authorization: Bearer <ticket>` with the ticket of this Session.',
    cause,
  })
}
