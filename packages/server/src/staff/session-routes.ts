import { RequestError, type ShareSessionRequest, type UpdateStatusRequest } from '@didit-verify/core/schemas'
import { type Context, Hono } from 'hono'
import { isGone } from '../sessions/pending-deletes.ts'
import { getWorkflow } from '../sessions/workflow.ts'
import type { SessionRecord } from '../storage/storage.ts'
import type { StaffContext, StaffEnv } from './staff-context.ts'
import { fieldsOf, peekBody, readPage, readQuery, toSessionId } from './staff-input.ts'
import { timelineOf } from './timeline.ts'

const filters = [
  'status',
  'search',
  'vendor_data',
  'date_from',
  'date_to',
  'country',
  'document_type',
  'warning',
] as const

/** Creates the staff routes under `/staff/sessions`. */
export function staffSessionRoutes(staff: StaffContext): Hono<StaffEnv> {
  const { config, storage, api, view, reads, relay, feed } = staff
  const routes = new Hono<StaffEnv>({ strict: false })

  routes.get('/', async (c) => {
    await staff.permit(c, 'list', null)
    const { workflow, limit, offset, ...query } = readQuery(c, [...filters, 'workflow', 'limit', 'offset'])
    const page = readPage({ limit, offset })
    const only = workflow === undefined ? {} : { workflow_id: getWorkflow(config, workflow).id }
    const { count, results } = await api.sessions.list({ ...query, ...only, ...page }, { signal: c.req.raw.signal })
    const rows = await Promise.all(results.map(async (row) => ({ row, ...(await look(row.session_id)) })))
    // Didit may not have deleted an erased Session yet. `count` still includes it.
    const shown = rows.filter(({ isForgotten }) => !isForgotten)
    return c.json({ count, ...page, sessions: shown.map(({ row, record }) => ({ row, ...view.describe(record) })) })
  })

  routes.get('/:id/decision', async (c) => {
    const sessionId = await readId(c, 'decision')
    const { decision, record } = await view.look(sessionId, c.req.raw.signal)
    const events = timelineOf(await storage.listEvents(sessionId), record, config.environment)
    return c.json({ decision, ...view.describe(record), events })
  })

  routes.post('/:id/update-status', async (c) => {
    const { sessionId, member } = await readInput(c, 'update-status')
    const changed = await staff.change(c, member, { action: 'update-status', sessionId }, async () => {
      const names = ['new_status', 'comment', 'nodes_to_resubmit', 'send_email', 'email_address']
      const body = fieldsOf(await peekBody(c.req.raw), names)
      try {
        await api.sessions.updateStatus(sessionId, body as UpdateStatusRequest)
      } catch (error) {
        if (isUncertain(error)) await reads.markPending(sessionId)
        throw error
      }
      return (body as UpdateStatusRequest).new_status
    })
    // The read below may be answered by a replica that lags: it has to agree before it counts.
    await reads.markPending(sessionId, changed)
    return c.json({ snapshot: view.describe(await readAgain(sessionId)).snapshot })
  })

  routes.get('/:id/pdf', async (c) => {
    const sessionId = await readId(c, 'pdf')
    // A disconnect also ends the call to Didit: by the signal before the head arrives, by the cancelled body after it.
    const { body, filename, contentLength } = await api.sessions.generatePdf(sessionId, { signal: c.req.raw.signal })
    c.header('Content-Type', 'application/pdf')
    c.header('Content-Disposition', `attachment; filename="${filename}"`)
    if (contentLength !== null) c.header('Content-Length', String(contentLength))
    if (c.req.raw.method !== 'HEAD') return c.body(body)
    await body.cancel()
    return c.body(null)
  })

  routes.post('/:id/share', async (c) => {
    const { sessionId, member } = await readInput(c, 'share')
    const shared = await staff.change(c, member, { action: 'share', sessionId }, async () => {
      const body = fieldsOf(await peekBody(c.req.raw), ['for_application_id', 'ttl_in_seconds'])
      return api.sessions.share(sessionId, body as ShareSessionRequest)
    })
    return c.json(shared)
  })

  routes.delete('/:id', async (c) => {
    const { sessionId, member } = await readInput(c, 'delete')
    const deleted = await staff.change(c, member, { action: 'delete', sessionId }, async () => {
      // At Didit first: when the law requires Didit to keep the Session, it refuses, and the Session is kept here too.
      const answer = await deleteAtDidit(sessionId)
      await storage.forgetSession(sessionId)
      relay.dismiss(sessionId)
      feed.reload()
      return answer
    })
    return c.json({ deleted })
  })

  async function look(id: string): Promise<{ record: SessionRecord | null; isForgotten: boolean }> {
    const sessionId = id.toLowerCase()
    const record = await view.find(sessionId)
    return { record, isForgotten: record === null && (await storage.isForgotten(sessionId)) }
  }

  /** Reads a Session after a change. The change has succeeded, so a failed read does not fail the request. */
  async function readAgain(sessionId: string): Promise<SessionRecord | null> {
    try {
      return (await view.look(sessionId)).record
    } catch (err) {
      config.logger.warn({ err, sessionId }, 'a read after a change by staff failed and stays pending')
      return reads.markPending(sessionId)
    }
  }

  async function deleteAtDidit(sessionId: string) {
    try {
      // Without this field Didit may keep the face with its record of the person.
      return await api.sessions.delete(sessionId, { retain_face_embeddings: false })
    } catch (error) {
      if (!isGone(error)) throw error
      // Deleted earlier: by an attempt whose answer was lost, in the console, or by this route. An id that this server
      // never knew stays a 404.
      const wasOurs = (await view.find(sessionId)) !== null || (await storage.isForgotten(sessionId))
      if (!wasOurs) throw error
      return {
        session_id: sessionId,
        session_number: null,
        face_retention_outcome: null,
        biometric_template_uuid: null,
        biometric_template_expires_at: null,
        deleted_child_verifications: null,
      }
    }
  }

  /** Authorizes a request that only reads, and returns its Session id. */
  async function readId(c: Context<StaffEnv>, action: 'decision' | 'pdf'): Promise<string> {
    const sessionId = toSessionId(c.req.param('id'))
    await staff.permit(c, action, sessionId)
    if (sessionId === null) throw notFound()
    return sessionId
  }

  /** Authorizes a request that changes a Session, and returns the id and the staff member. */
  async function readInput(c: Context<StaffEnv>, action: 'update-status' | 'share' | 'delete') {
    const sessionId = toSessionId(c.req.param('id'))
    const member = await staff.permit(c, action, sessionId)
    if (sessionId === null) throw notFound()
    return { sessionId, member }
  }

  return routes
}

/** Returns true for an error after which the change may still have been made. */
function isUncertain(error: unknown): boolean {
  return ['didit-unavailable', 'didit-answer-invalid', 'aborted'].includes((error as { code?: string }).code ?? '')
}

function notFound(): RequestError {
  return new RequestError('session-not-found', 'There is no such Session.', { status: 404 })
}
