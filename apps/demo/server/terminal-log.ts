import type { Logger } from '@didit-verify/server'

/** The server's log as a person at a terminal wants it: a line per webhook, and what went wrong with its reason. */
export function createTerminalLog(print: (line: string) => void = console.log): Logger {
  const complain = (fields: object, message: string) => print(`  ${message}${reason(fields)}`)
  return {
    debug: () => {},
    info: (fields, message) => {
      const { sessionId, status } = fields as { sessionId?: string | null; status?: string | null }
      if (message !== 'webhook') return
      print(`  webhook: ${status ?? 'no status'}${sessionId ? ` (Session ${sessionId})` : ''}`)
    },
    warn: complain,
    error: complain,
  }
}

// The server hands its errors over described: name, code and message, and nothing of a person.
function reason(fields: object): string {
  const { err } = fields as { err?: { code?: string; message?: string } }
  const told = [err?.code, err?.message].filter((it) => it !== undefined)
  return told.length > 0 ? `: ${told.join(', ')}` : ''
}
