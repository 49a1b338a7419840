import type { DiditError } from './error.ts'
import type { Call, Http } from './http.ts'
import { abortable, shared } from './sharing.ts'
import { isTicketAnswer, type TicketAnswer } from './wire.ts'

/** Calls about one Session. The ticket is held in memory, and renewed once when the server refuses it. */
export interface TicketedHttp extends Http {
  readonly sessionId: string
  keep(answer: TicketAnswer): void
}

/** @returns The same calls, with paths below the Session's. */
export function createTicketedHttp(sessionId: string, http: Http): TicketedHttp {
  const root = `/sessions/${encodeURIComponent(sessionId)}`
  let held: string | undefined

  // The expiry is left to the server: a browser whose clock is an hour wrong would renew for ever, or never.
  const renew = shared({
    run: async () => {
      held = (await http.call({ path: `${root}/ticket`, body: {} }, isTicketAnswer)).ticket
      return held
    },
  })

  function withTicket<T>(call: Call, send: (call: Call) => Promise<T>): Promise<T> {
    const run = async () => {
      const first = held ?? (await renew())
      const sendWith = (ticket: string) => send({ ...call, path: root + call.path, ticket })
      try {
        return await sendWith(first)
      } catch (error) {
        if (!(error as DiditError).code.startsWith('ticket-')) throw error
        // The stream, or another call, may have brought a newer one in the meantime.
        return sendWith(held && held !== first ? held : await renew())
      }
    }
    return abortable(run, [call.signal])
  }

  return {
    sessionId,
    keep: ({ ticket }) => {
      held = ticket
    },
    call: (call, guard) => withTicket(call, (ready) => http.call(ready, guard)),
    open: (call) => withTicket(call, http.open),
  }
}
