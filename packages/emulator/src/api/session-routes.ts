import type { Hono } from 'hono'
import { isUuid, readCreateRequest } from '../create-request.ts'
import { decisionOf } from '../decision.ts'
import { type DeleteRequest, readDeleteRequest } from '../delete-request.ts'
import { type Json, readJson } from '../json.ts'
import { type StoredSession, vendorTime } from '../sessions.ts'
import { biometricWorkflowId, workflows } from '../workflows.ts'
import {
  type ApiContext,
  addSlash,
  htmlNotFound,
  json,
  notAuthenticated,
  notPermitted,
  wrongMethod,
} from './context.ts'

const maxBodyBytes = 8 * 1024 * 1024

const created = (session: StoredSession): Json => ({
  session_id: session.sessionId,
  session_number: session.sessionNumber,
  session_token: session.token,
  url: session.url,
  vendor_data: session.request.vendorData,
  metadata: session.metadata,
  status: session.status,
  callback: session.callback,
  workflow_id: session.workflow.workflowId,
  workflow_version: session.workflow.version,
})

/**
 * Sessions: create one, read its decision, delete it.
 *
 * @see Didit docs, "Sessions API": https://docs.didit.me/sessions-api/create-session
 */
export function mountSessionRoutes(api: Hono, options: ApiContext): void {
  const { authorize, sessions, sender, clock, identity, faults, generation, environment } = options

  function deleted(session: StoredSession, { retainsFace, faceDays }: DeleteRequest): Json {
    const hasFace = session.started && session.workflow.features.includes('LIVENESS')
    const isRetained = hasFace && retainsFace && session.request.vendorData !== null
    const withoutTemplate = () => {
      if (!hasFace) return 'none'
      return retainsFace ? 'ineligible_no_vendor_user' : 'deleted'
    }
    return {
      session_id: session.sessionId,
      session_number: session.sessionNumber,
      face_retention_outcome: isRetained ? 'retained_with_user' : withoutTemplate(),
      biometric_template_uuid: isRetained ? identity.uuid() : null,
      biometric_template_expires_at: isRetained && faceDays ? vendorTime(clock.now() + faceDays * 86_400_000) : null,
      deleted_child_verifications: 0,
    }
  }

  api.all('/v3/session', addSlash)
  api.all('/v3/session/:sessionId/decision', addSlash)
  api.all('/v3/session/:sessionId/delete', addSlash)

  api.post('/v3/session/', async (context) => {
    const application = authorize(context, notPermitted)
    if (application instanceof Response) return application
    const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
    if (type !== 'application/json') return json(415, { detail: `Unsupported media type "${type}" in request.` })
    const text = await context.req.text()
    if (text.length > maxBodyBytes) return json(413, { detail: 'Request body too large.' })
    let body: Json
    try {
      body = readJson(text)
    } catch {
      return json(400, { detail: 'JSON parse error' })
    }
    const read = readCreateRequest(body)
    if ('errors' in read) return json(400, read.errors)
    const { request } = read
    if (request.sandboxScenario !== null && environment === 'live') {
      return json(400, { sandbox_scenario: ['Only for sandbox applications.'] })
    }
    const workflow = workflows.find(({ workflowId }) => workflowId === request.workflowId)
    if (!workflow) return json(400, { workflow_id: 'Invalid workflow_id.' })
    const hasFace = () =>
      sessions
        .list()
        .some(
          (known) =>
            known.application === application &&
            known.status === 'Approved' &&
            known.workflow.features.includes('LIVENESS') &&
            known.request.vendorData !== null &&
            known.request.vendorData === request.vendorData,
        )
    if (workflow.workflowId === biometricWorkflowId && !request.hasPortrait && !hasFace()) {
      return json(400, { portrait_image: 'No stored face for this user.' })
    }
    return json(201, created(sessions.create(application, workflow, request)))
  })
  api.all('/v3/session/', wrongMethod)

  api.get('/v3/session/:sessionId/decision/', (context) => {
    const id = context.req.param('sessionId')
    if (!isUuid(id)) return htmlNotFound()
    // The vendor looks for the Session before it looks at the key.
    const session = sessions.byId(id)
    if (!session) return json(404, { detail: 'Not found.' })
    const application = authorize(context, notAuthenticated)
    if (application instanceof Response) return application
    if (session.application !== application) return json(404, { detail: 'Session not found.' })
    return json(200, decisionOf(session, environment, clock.now()))
  })
  api.all('/v3/session/:sessionId/decision/', wrongMethod)

  api.delete('/v3/session/:sessionId/delete/', async (context) => {
    const id = context.req.param('sessionId')
    if (!isUuid(id)) return htmlNotFound()
    const application = authorize(context, notAuthenticated)
    if (application instanceof Response) return application
    const session = sessions.byId(id)
    if (session?.application !== application) return json(404, { detail: 'Not found.' })
    if (generation === '2026-07') {
      // No body is read, and nothing is said of deliveries on their way.
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
    return json(200, deleted(session, read.request))
  })
  api.all('/v3/session/:sessionId/delete/', wrongMethod)
}
