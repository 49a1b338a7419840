import type { StoredSession } from '../sessions/sessions.ts'
import { itemsOf, viewOf } from './view.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Returns when the document expires: the end of the day printed on it. Null without a document or after that day. */
export function documentExpiryOf(session: StoredSession, environment: string, now: number): number | null {
  const [document] = itemsOf(viewOf(session, environment, now), 'id_verifications')
  const date = document?.expiration_date
  const end = typeof date === 'string' ? Date.parse(date) + dayMs : Number.NaN
  return end > now ? end : null
}
