import type { Hono } from 'hono'
import { isBusiness } from '../decision/session-row.ts'
import type { JsonObject } from '../runtime/json.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import { type ApiContext, readBody } from './context.ts'
import { type DeleteRequest, readBulkDeleteRequest, readDeleteRequest } from './delete-request.ts'
import { addSlash, json, notAuthenticated, notPermitted, wrongMethod } from './responses.ts'

/** Up to this number, the response has a result for each Session. Didit does not document the response for more. */
const maxResults = 20

/**
 * Mounts the routes that delete Sessions: one by its id, or several by their numbers.
 *
 * @see Didit docs, "Delete session": https://docs.didit.me/sessions-api/delete-session
 */
export function mountDeleteRoutes(api: Hono, options: ApiContext): void {
  const { sessions, sender, clock, identity, faults, generation } = options

  function deletionResult(session: StoredSession, { retainsFace, faceDays }: DeleteRequest): JsonObject {
    const hasFace = session.started && session.workflow.features.includes('LIVENESS')
    const isRetained = hasFace && retainsFace && session.request.vendorData !== null
    const outcomeWithoutFace = () => {
      if (!hasFace) return 'none'
      return retainsFace ? 'ineligible_no_vendor_user' : 'deleted'
    }
    return {
      session_id: session.sessionId,
      session_number: session.sessionNumber,
      face_retention_outcome: isRetained ? 'retained_with_user' : outcomeWithoutFace(),
      biometric_template_uuid: isRetained ? identity.uuid() : null,
      biometric_template_expires_at: isRetained && faceDays ? vendorTime(clock.now() + faceDays * 86_400_000) : null,
      deleted_child_verifications: 0,
    }
  }

  api.all('/v3/session/:sessionId/delete', addSlash)
  api.delete('/v3/session/:sessionId/delete/', async (context) => {
    const found = options.admitToSession(context, { wording: notAuthenticated, sessions: 'write' })
    if (found instanceof Response) return found
    const { session } = found
    if (generation === '2026-07') {
      // This generation reads no body, and does not document what happens to pending deliveries.
      sessions.remove(session)
      return new Response(null, { status: 204 })
    }
    if (faults.current().filedReport) {
      return json(409, { code: 'in_filed_report', detail: 'This session is part of a finalized regulatory report.' })
    }
    const read = readDeleteRequest(await context.req.text())
    if ('errors' in read) return json(400, read.errors)
    sessions.remove(session)
    sender.forget(session.sessionId)
    return json(200, deletionResult(session, read.request))
  })
  api.all('/v3/session/:sessionId/delete/', wrongMethod)

  api.all('/v3/sessions/delete', addSlash)
  api.post('/v3/sessions/delete/', async (context) => {
    const access = options.admit(context, { wording: notPermitted, sessions: 'write' })
    if (access instanceof Response) return access
    const input = await readBody(context)
    if (input instanceof Response) return input
    const read = readBulkDeleteRequest(input.body)
    if ('errors' in read) return json(400, read.errors)
    const { numbers } = read
    const matches = sessions
      .list()
      .filter((session) => access.sees(session) && !isBusiness(session))
      .filter(({ sessionNumber }) => numbers === 'all' || numbers.includes(sessionNumber))
    for (const session of matches) sessions.remove(session)
    if (generation === '2026-07' || matches.length > maxResults) return new Response(null, { status: 204 })
    for (const session of matches) sender.forget(session.sessionId)
    return json(200, {
      results: matches.map((session) => deletionResult(session, { retainsFace: false, faceDays: null })),
    })
  })
  api.all('/v3/sessions/delete/', wrongMethod)
}
