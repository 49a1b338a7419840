import type {
  BlocklistAddRequest,
  BlocklistRemoveRequest,
  ImportSharedRequest,
  ListBlocklistQuery,
} from '@didit-verify/core/schemas'
import { type Context, Hono } from 'hono'
import { answerStream } from '../relay/answer-stream.ts'
import { streamHeaders } from '../relay/sse.ts'
import { getWorkflow } from '../sessions/workflow.ts'
import { staffSessionRoutes } from './session-routes.ts'
import { createStaffContext, type StaffEnv, type StaffRoutesOptions } from './staff-context.ts'
import { fieldsOf, invalid, peekBody, readPage, readQuery, sessionIdIn } from './staff-input.ts'

/** Creates the routes under `/staff`, for the host's own staff. Each calls `authorizeStaff` first. */
export function staffRoutes(options: StaffRoutesOptions): Hono<StaffEnv> {
  const staff = createStaffContext(options)
  const { config, api, view, feed } = staff
  const routes = new Hono<StaffEnv>({ strict: false })

  routes.use(async (c, next) => {
    // Keeps pages of other sites from loading these answers as an image or a script.
    c.header('Cross-Origin-Resource-Policy', 'same-origin')
    await next()
  })

  routes.route('/sessions', staffSessionRoutes(staff))

  routes.post('/import', async (c) => {
    const member = await staff.permit(c, 'import', null)
    const imported = await staff.change(c, member, { action: 'import', sessionId: null }, async (about) => {
      const names = ['share_token', 'workflow', 'trust_review', 'vendor_data']
      const { workflow, ...body } = fieldsOf(await peekBody(c.req.raw), names)
      if (typeof workflow !== 'string') throw invalid('workflow', 'Expected an alias of the option workflows.')
      const input = { ...body, workflow_id: getWorkflow(config, workflow).id } as ImportSharedRequest
      const decision = await api.sessions.importShared(input)
      about(decision.session_id.toLowerCase())
      return decision
    })
    // The list has a new row, but no Session of this server has changed.
    feed.reload()
    const record = await view.find(imported.session_id.toLowerCase())
    return c.json({ decision: imported, snapshot: view.describe(record).snapshot }, 201)
  })

  routes.get('/blocklist', async (c) => {
    await staff.permit(c, 'blocklist-list', null)
    const { limit, offset, ...query } = readQuery(c, ['item_type', 'limit', 'offset'])
    const page = readPage({ limit, offset })
    const input = { ...query, ...page } as ListBlocklistQuery
    const { count, results } = await api.blocklist.list(input, { signal: c.req.raw.signal })
    return c.json({ count, ...page, items: results })
  })

  routes.post('/blocklist/add', (c) => {
    const names = ['session_id', 'blocklist_face', 'blocklist_document', 'blocklist_phone', 'blocklist_email']
    return changeBlocklist(c, 'blocklist-add', names, (body) => api.blocklist.add(body as BlocklistAddRequest))
  })

  routes.post('/blocklist/remove', (c) => {
    const names = ['session_id', 'unblock_face', 'unblock_document', 'unblock_phone', 'unblock_email']
    return changeBlocklist(c, 'blocklist-remove', names, (body) => api.blocklist.remove(body as BlocklistRemoveRequest))
  })

  routes.get('/events', async (c) => {
    const { staffId } = await staff.permit(c, 'events', null)
    if (c.req.raw.method === 'HEAD') return c.body(null, 200, streamHeaders)
    const resumes = (c.req.header('last-event-id') ?? '') !== ''
    const place = feed.reserve(staffId)
    try {
      return answerStream(c, (openSink) => feed.open(openSink, { resumes, place }))
    } catch (error) {
      place.free()
      throw error
    }
  })

  async function changeBlocklist(
    c: Context<StaffEnv>,
    action: 'blocklist-add' | 'blocklist-remove',
    names: readonly string[],
    work: (body: Readonly<Record<string, unknown>>) => Promise<{ readonly message?: unknown }>,
  ): Promise<Response> {
    // The Session id is in the body.
    const body = await peekBody(c.req.raw)
    const sessionId = sessionIdIn(body)
    const member = await staff.permit(c, action, sessionId)
    const { message } = await staff.change(c, member, { action, sessionId }, () => work(fieldsOf(body, names)))
    return c.json({ message })
  }

  return routes
}
