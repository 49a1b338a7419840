import { abortable } from './abortable.ts'
import type { DiditError } from './error.ts'
import type { Call, Http } from './http.ts'
import { shared } from './sharing.ts'
import { isTicketAnswer, type TicketAnswer } from './wire.ts'

/** Calls about one Session. Holds the ticket in memory, and renews it once when the server refuses it. */
export interface TicketedHttp extends Http {
  readonly sessionId: string
  keep(answer: TicketAnswer): void
}

/** Returns the calls of `http` with paths below the Session's path. */
export function createTicketedHttp(sessionId: string, http: Http): TicketedHttp {
  const root = `/sessions/${encodeURIComponent(sessionId)}`
  let held: string | undefined

  // Only the server judges the expiry. A browser whose clock is an hour wrong would renew always or never.
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
        // The stream or another call may have received a newer ticket in the meantime.
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
