import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Hono } from 'hono'
import { isBusiness } from '../decision/session-row.ts'
import { viewOf } from '../decision/view.ts'
import { writeReport } from '../report/report.ts'
import { isUuid } from '../sessions/create-request.ts'
import type { ApiContext } from './context.ts'
import { addSlash, htmlNotFound, json, notAuthenticated, notPermitted, wrongMethod } from './responses.ts'

const ofPeople: readonly KnownSessionStatus[] = ['Approved', 'Declined', 'In Review', 'Kyc Expired']
const ofCompanies: readonly KnownSessionStatus[] = ['Approved', 'Declined', 'In Review']

/**
 * Mounts the route of the PDF report of a finished Session.
 *
 * @see Didit docs, "Generate PDF": https://docs.didit.me/sessions-api/generate-pdf
 */
export function mountPdfRoutes(api: Hono, { admit, sessions, environment, clock }: ApiContext): void {
  api.all('/v3/session/:sessionId/generate-pdf', addSlash)
  api.get('/v3/session/:sessionId/generate-pdf/', (context) => {
    const id = context.req.param('sessionId')
    // Only this route refuses upper-case ids.
    if (!isUuid(id) || id !== id.toLowerCase()) return htmlNotFound()
    // The vendor looks up the Session before it checks the key.
    const session = sessions.byId(id)
    if (!session) return json(404, { detail: 'Not found.' })
    const access = admit(context, { wording: notAuthenticated, sessions: 'read' })
    if (access instanceof Response) return access
    if (!access.sees(session)) return json(404, { detail: 'Session not found.' })
    if (!access.media) return json(403, { detail: notPermitted })
    const isCompany = isBusiness(session)
    if (!(isCompany ? ofCompanies : ofPeople).includes(session.status)) {
      return json(403, { detail: 'No PDF for a session in this status.' })
    }
    const report = writeReport(session, viewOf(session, environment, clock.now()))
    return new Response(report, {
      headers: {
        'Content-Type': 'application/pdf',
        'Content-Disposition': `attachment; filename=${isCompany ? 'business' : 'session'}_${session.sessionId}.pdf`,
        'Content-Length': String(report.byteLength),
      },
    })
  })
  api.all('/v3/session/:sessionId/generate-pdf/', wrongMethod)
}
