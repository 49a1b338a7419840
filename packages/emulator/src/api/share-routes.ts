import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Hono } from 'hono'
import { importInV2 } from '../decision/decision-v2.ts'
import { isBusiness } from '../decision/session-row.ts'
import { viewOf } from '../decision/view.ts'
import { type ApiContext, readBody } from './context.ts'
import { scoped } from './keys.ts'
import { addSlash, json, notAuthenticated, notPermitted, wrongMethod } from './responses.ts'
import { readImportRequest, readShareRequest } from './share-request.ts'
import { createShareTokens, type ShareTokens } from './share-token.ts'

const shareable: readonly KnownSessionStatus[] = ['Approved', 'Declined', 'In Review']

/**
 * Mounts the routes that share a finished Session with another application and import it there.
 *
 * @see Didit docs, "Share session": https://docs.didit.me/sessions-api/share-session
 */
export function mountShareRoutes(api: Hono, options: ApiContext): void {
  const { admit, applications, sessions, catalogue, environment, generation, clock, identity } = options
  let made: ShareTokens | undefined
  // Only this emulator reads its tokens, so the secret is random. It is created at first use, so that Sessions keep the
  // ids of their seed.
  const tokens = () => {
    made ??= createShareTokens(`${identity.uuid()}${identity.uuid()}`, clock)
    return made
  }

  api.all('/v3/session/:sessionId/share', addSlash)
  api.post('/v3/session/:sessionId/share/', async (context) => {
    const found = options.admitToSession(context, { wording: notAuthenticated, sessions: 'write', always401: true })
    if (found instanceof Response) return found
    const { access, session } = found
    const input = await readBody(context)
    if (input instanceof Response) return input
    const read = readShareRequest(input.body)
    if ('errors' in read) return json(400, read.errors)
    const { applicationId, ttlSeconds } = read.request
    if (applicationId === access.application.applicationId) {
      return json(400, { for_application_id: ['Target must be another application.'] })
    }
    if (!applications.some((known) => known.applicationId === applicationId)) {
      return json(400, { for_application_id: ['There is no such application.'] })
    }
    if (!shareable.includes(session.status)) return json(400, { detail: ['Only finished sessions can be shared.'] })
    const kind = isBusiness(session) ? 'business' : 'user'
    const token = await tokens().issue(
      {
        sessionId: session.sessionId,
        fromApplicationId: access.application.applicationId,
        forApplicationId: applicationId,
        sessionKind: generation === 'late-2026' ? kind : null,
      },
      ttlSeconds,
    )
    return json(200, { share_token: token, for_application_id: applicationId, session_kind: kind })
  })
  api.all('/v3/session/:sessionId/share/', wrongMethod)

  api.all('/v3/session/import-shared', addSlash)
  api.post('/v3/session/import-shared/', async (context) => {
    const access = admit(context, { wording: notPermitted, sessions: 'write' })
    if (access instanceof Response) return access
    const { application } = access
    const input = await readBody(context)
    if (input instanceof Response) return input
    const read = readImportRequest(input.body, { mustSayTrust: generation === '2026-07' })
    if ('errors' in read) return json(400, read.errors)
    const { shareToken, workflowId, trustReview, vendorData } = read.request
    const refused = (message: string) => json(400, { share_token: [message] })
    const claims = await tokens().read(shareToken)
    if (claims === 'expired') return refused('Share token has expired.')
    if (claims === 'invalid') return refused('Share token is invalid.')
    if (claims.forApplicationId !== application.applicationId) return refused('Share token is for another application.')
    const original = sessions.byId(claims.sessionId)
    if (!original || !shareable.includes(original.status)) return refused('The shared session is gone.')
    const workflow = catalogue.byId(workflowId)
    if (!workflow) return json(404, { detail: 'Unknown workflow for this application.' })
    if (sessions.hasImported(application, original)) {
      return json(403, { detail: 'Already imported into this application.' })
    }
    const clone = sessions.clone(original, {
      application,
      workflow,
      vendorData: vendorData === undefined ? original.request.vendorData : vendorData,
      isTrusted: trustReview,
    })
    const decision = scoped(viewOf(clone, environment, clock.now()), access)
    // Only Sessions about people have an older shape. The tokens of 2026-07 do not contain the kind of the Session.
    const isOld = generation === '2026-07' && !isBusiness(original)
    return json(201, isOld ? importInV2(decision) : decision)
  })
  api.all('/v3/session/import-shared/', wrongMethod)
}
