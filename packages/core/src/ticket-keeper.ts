import { isDiditError } from './error.ts'
import { abortable, type Http } from './http.ts'
import { isTicketAnswer, type TicketAnswer } from './wire.ts'

/** Holds the ticket of one Session in memory, and gets a new one when the server refuses it. */
export interface TicketKeeper {
  readonly sessionId: string
  keep(answer: TicketAnswer): void
  /** Runs a call with a ticket; a refused one is renewed once. */
  use<T>(call: (ticket: string) => Promise<T>, signal?: AbortSignal): Promise<T>
}

// The expiry is left to the server: a browser whose clock is an hour wrong would renew for ever, or never.
export function createTicketKeeper(sessionId: string, http: Http): TicketKeeper {
  let held: string | undefined
  let renewal: Promise<string> | undefined

  function renew(): Promise<string> {
    const path = `/sessions/${encodeURIComponent(sessionId)}/ticket`
    renewal ??= http
      .call({ method: 'POST', path, body: {} }, isTicketAnswer)
      .then((answer) => {
        held = answer.ticket
        return held
      })
      .finally(() => {
        renewal = undefined
      })
    return renewal
  }

  async function withTicket<T>(call: (ticket: string) => Promise<T>): Promise<T> {
    const first = held ?? (await renew())
    try {
      return await call(first)
    } catch (error) {
      if (!isRefused(error)) throw error
      // The stream, or another call, may have brought a newer one in the meantime.
      return await call(held !== undefined && held !== first ? held : await renew())
    }
  }

  return {
    sessionId,
    keep: (answer) => {
      held = answer.ticket
    },
    use: (call, signal) => abortable(() => withTicket(call), signal),
  }
}

const isRefused = (error: unknown) =>
  isDiditError(error) && (error.code === 'ticket-expired' || error.code === 'ticket-invalid')
