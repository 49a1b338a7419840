import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Hono } from 'hono'
import { automaticNodes, chosenNodes, isBackendOnly } from '../decision/resubmission.ts'
import { viewOf } from '../decision/view.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { type ApiContext, readBody } from './context.ts'
import { addSlash, json, notAuthenticated, wrongMethod } from './responses.ts'
import { readUpdateStatusRequest, type UpdateStatusRequest } from './update-status-request.ts'

/** Statuses that a reviewer may change. */
const reviewable: readonly KnownSessionStatus[] = [
  'Approved',
  'Declined',
  'In Review',
  'Kyc Expired',
  'Abandoned',
  'Resubmitted',
]
/** Minimum time between two repetitions of steps that need no input. */
const rerunMs = 30_000

/**
 * Mounts the route by which a reviewer approves a Session, declines it or has steps repeated.
 *
 * @see Didit docs, "Update status": https://docs.didit.me/sessions-api/update-status
 */
export function mountUpdateStatusRoutes(api: Hono, options: ApiContext): void {
  const { sessions, clock, environment, generation, mailbox } = options
  const reruns = new WeakMap<StoredSession, number>()

  function tooSoon(session: StoredSession): Response | null {
    const leftMs = (reruns.get(session) ?? 0) + rerunMs - clock.now()
    if (leftMs <= 0) return null
    const seconds = Math.ceil(leftMs / 1000)
    return json(429, { detail: `Available again in ${seconds} s.` }, { 'Retry-After': String(seconds) })
  }

  /** Resubmits steps. If none of them needs the person, they run at once and the Session is decided again. */
  function resubmit(session: StoredSession, { nodes, comment }: UpdateStatusRequest): Response | null {
    const wanted =
      nodes === null ? automaticNodes(session, viewOf(session, environment, clock.now())) : chosenNodes(session, nodes)
    if (wanted.length === 0) return json(400, { nodes_to_resubmit: 'Nothing to resubmit.' })
    if (!isBackendOnly(wanted)) {
      sessions.resubmit(session, wanted, comment)
      return null
    }
    const refusal = tooSoon(session)
    if (refusal) return refusal
    reruns.set(session, clock.now())
    sessions.resubmit(session, wanted, comment)
    sessions.changeStatus(session, 'Approved', 'flow')
    return null
  }

  api.all('/v3/session/:sessionId/update-status', addSlash)
  api.patch('/v3/session/:sessionId/update-status/', async (context) => {
    const found = options.admitToSession(context, { wording: notAuthenticated, sessions: 'write' })
    if (found instanceof Response) return found
    const { session } = found
    // The vendor checks the status before the body.
    if (!reviewable.includes(session.status)) {
      return json(400, { detail: `Status cannot be updated from: ${session.status}` })
    }
    const input = await readBody(context)
    if (input instanceof Response) return input
    const read = readUpdateStatusRequest(input.body)
    if ('errors' in read) return json(400, read.errors)
    const { request } = read
    const done = json(200, { session_id: session.sessionId })
    if (request.newStatus === session.status) {
      const isHarmless = generation === 'late-2026' && request.newStatus !== 'Resubmitted'
      return isHarmless ? done : json(400, ['New status equals the current one.'])
    }
    if (request.newStatus === 'Resubmitted') {
      const refusal = resubmit(session, request)
      if (refusal) return refusal
    } else sessions.changeStatus(session, request.newStatus, 'api', request.comment)
    if (request.email) {
      const { address, language } = request.email
      mailbox.send({ sessionId: session.sessionId, to: address, about: request.newStatus, language })
    }
    return done
  })
  api.all('/v3/session/:sessionId/update-status/', wrongMethod)
}
