import type { StoredSession } from '../sessions/sessions.ts'

/**
 * Returns the callback of a Session with Didit's two parameters, or null if it has no callback.
 *
 * Didit does not document what happens to an existing query, so the query is kept.
 */
export function callbackUrl(session: StoredSession, reported: string): string | null {
  if (session.callback === null) return null
  const { callback, sessionId } = session
  const added = new URLSearchParams({ verificationSessionId: sessionId, status: reported })
  const [address = '', fragment] = callback.split('#', 2)
  return `${address}${address.includes('?') ? '&' : '?'}${added}${fragment === undefined ? '' : `#${fragment}`}`
}
