import { isKnownStatus, type KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Context, Hono } from 'hono'
import { isBusiness } from '../decision/session-row.ts'
import { isObject, type Json } from '../runtime/json.ts'
import { type Activity, feedEntry } from '../sessions/activity.ts'
import { isUuid } from '../sessions/create-request.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import { type ApiContext, readBody } from './context.ts'
import type { Right } from './keys.ts'
import { envelope, pageOf } from './paging.ts'
import { addSlash, htmlNotFound, json, notPermitted, wrongMethod } from './responses.ts'

const defaultLimit = 50

function readNote(body: Json): { status: KnownSessionStatus | null; comment: string | null } | { errors: Json } {
  if (!isObject(body)) return { errors: { non_field_errors: ['Invalid data. Expected a dictionary.'] } }
  const { new_status: status = null, comment = null } = body
  if (status !== null && (typeof status !== 'string' || !isKnownStatus(status))) {
    return { errors: { new_status: [`"${String(status)}" is not a valid choice.`] } }
  }
  if (comment !== null && typeof comment !== 'string') return { errors: { comment: ['Not a valid string.'] } }
  return { status, comment }
}

/**
 * Mounts the routes of a Session's feed: actions of reviewers and keys, and notes.
 *
 * @see Didit docs, "Session reviews": https://docs.didit.me/sessions-api/retrieve-session
 */
export function mountReviewRoutes(api: Hono, { admit, sessions, url }: ApiContext): void {
  function sessionFor(context: Context, right: Right): StoredSession | Response {
    const id = context.req.param('sessionId') ?? ''
    if (!isUuid(id)) return htmlNotFound()
    const access = admit(context, { wording: notPermitted, sessions: right })
    if (access instanceof Response) return access
    const session = sessions.byId(id)
    // Sessions about companies have no feed.
    const isThere = session && access.sees(session) && !isBusiness(session)
    return isThere ? session : json(404, { detail: 'Session not found.' })
  }

  api.all('/v3/sessions/:sessionId/reviews', addSlash)
  api.get('/v3/sessions/:sessionId/reviews/', (context) => {
    const session = sessionFor(context, 'read')
    if (session instanceof Response) return session
    const isOldestFirst = context.req.query('ordering') === 'created_at'
    const entries: readonly Activity[] = isOldestFirst ? session.activities : [...session.activities].reverse()
    return json(200, envelope(entries, pageOf(context, url, defaultLimit), feedEntry))
  })
  api.post('/v3/sessions/:sessionId/reviews/', async (context) => {
    const session = sessionFor(context, 'write')
    if (session instanceof Response) return session
    const input = await readBody(context)
    if (input instanceof Response) return input
    const note = readNote(input.body)
    if ('errors' in note) return json(400, note.errors)
    const { newStatus, comment, at } = sessions.note(session, note)
    return json(201, { user: 'Unknown', new_status: newStatus, comment, created_at: vendorTime(at) })
  })
  api.all('/v3/sessions/:sessionId/reviews/', wrongMethod)
}
