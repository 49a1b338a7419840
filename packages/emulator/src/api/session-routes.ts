import type { Hono } from 'hono'
import { withEvents } from '../decision/events.ts'
import { viewOf } from '../decision/view.ts'
import { isObject, type Json } from '../runtime/json.ts'
import { isUuid, readCreateRequest } from '../sessions/create-request.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { type Application, biometricWorkflowId } from '../sessions/workflows.ts'
import { type ApiContext, readBody } from './context.ts'
import { scoped } from './keys.ts'
import { addSlash, htmlNotFound, json, notAuthenticated, notPermitted, wrongMethod } from './responses.ts'

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
 * Mounts the routes that create a Session and read its decision.
 *
 * @see Didit docs, "Sessions API": https://docs.didit.me/sessions-api/create-session
 */
export function mountSessionRoutes(api: Hono, options: ApiContext): void {
  const { sessions, clock, faults, environment } = options

  api.all('/v3/session', addSlash)
  api.all('/v3/session/:sessionId/decision', addSlash)

  /** Returns true when a stored face of this user exists. */
  const hasFace = (application: Application, vendorData: string | null) =>
    vendorData !== null &&
    sessions
      .list()
      .some(
        (known) =>
          known.application === application &&
          known.status === 'Approved' &&
          known.workflow.features.includes('LIVENESS') &&
          known.request.vendorData === vendorData,
      )

  function invite(session: StoredSession): void {
    const contact = session.request.contactDetails
    if (!isObject(contact) || contact.send_notification_emails !== true || typeof contact.email !== 'string') return
    const language = typeof contact.email_lang === 'string' ? contact.email_lang : 'en'
    options.mailbox.send({ sessionId: session.sessionId, to: contact.email, about: 'Invitation', language })
  }

  api.post('/v3/session/', async (context) => {
    const access = options.admit(context, { wording: notPermitted, sessions: 'write' })
    if (access instanceof Response) return access
    const { application } = access
    const input = await readBody(context)
    if (input instanceof Response) return input
    const read = readCreateRequest(input.body)
    if ('errors' in read) return json(400, read.errors)
    const { request } = read
    if (request.sandboxScenario !== null && environment === 'live') {
      return json(400, { sandbox_scenario: ['Only for sandbox applications.'] })
    }
    const workflow = options.catalogue.byId(request.workflowId)
    if (!workflow) return json(400, { workflow_id: 'Invalid workflow_id.' })
    const { noCredits = false, blockedUsers = [] } = faults.current()
    if (request.vendorData !== null && blockedUsers.includes(request.vendorData)) {
      return json(400, { vendor_data: 'This user is blocked.' })
    }
    const needsFace = workflow.workflowId === biometricWorkflowId && !request.hasPortrait
    if (needsFace && !hasFace(application, request.vendorData)) {
      return json(400, { portrait_image: 'No stored face for this user.' })
    }
    const known = sessions.reusable(application, workflow, request.vendorData)
    if (!known && environment === 'sandbox') {
      const refusal = options.rateLimiter.takeSandboxSession(application)
      if (refusal) return refusal
    }
    // A sandbox needs no credits.
    if (!known && noCredits && environment === 'live') {
      return json(400, { detail: 'Not enough credits for this request.' })
    }
    const session = sessions.create(application, workflow, request)
    if (!known) invite(session)
    return json(201, created(session))
  })
  api.all('/v3/session/', wrongMethod)

  api.get('/v3/session/:sessionId/decision/', (context) => {
    const id = context.req.param('sessionId')
    if (!isUuid(id)) return htmlNotFound()
    // The vendor looks up the Session before it checks the key.
    const session = sessions.byId(id)
    if (!session) return json(404, { detail: 'Not found.' })
    const access = options.admit(context, { wording: notAuthenticated, sessions: 'read' })
    if (access instanceof Response) return access
    if (!access.sees(session)) return json(404, { detail: 'Session not found.' })
    const include = (context.req.query('include') ?? '').split(',').map((name) => name.trim())
    const decision = viewOf(session, environment, clock.now())
    const complete = include.includes('events') ? withEvents(decision, session, options.blocklist) : decision
    return json(200, scoped(complete, access))
  })
  api.all('/v3/session/:sessionId/decision/', wrongMethod)
}
