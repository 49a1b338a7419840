import { isDecided, RequestError, type StartAnswer } from '@didit-verify/core/schemas'
import { type Context, Hono } from 'hono'
import type { Config } from '../config.ts'
import { isGuid } from '../guid.ts'
import { requireOrigin, requireTicket, requireUser } from '../http/access.ts'
import type { Bindings } from '../http/bindings.ts'
import { answerStream } from '../relay/answer-stream.ts'
import type { Relay } from '../relay/relay.ts'
import { streamHeaders } from '../relay/sse.ts'
import { isValidApproval } from '../sessions/apply.ts'
import type { PendingReads } from '../sessions/pending-reads.ts'
import { findCurrent } from '../sessions/select-current.ts'
import { toDecision, toSnapshot } from '../sessions/snapshot.ts'
import type { StartSession } from '../sessions/start-session.ts'
import { getWorkflow } from '../sessions/workflow.ts'
import type { ApplicationStorage, SessionRecord } from '../storage/storage.ts'
import type { Proofs } from '../tokens/proof.ts'
import type { Tickets } from '../tokens/ticket.ts'
import { callerOf, welcome } from './caller.ts'
import { readJsonWish } from './start-input.ts'

export interface SessionRoutesOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly tickets: Tickets
  readonly proofs: Proofs
  readonly relay: Relay
  readonly reads: PendingReads
  readonly startSession: StartSession
}

/** Returns the routes under `/sessions`, which the browsers of the app's users call. */
export function sessionRoutes(options: SessionRoutesOptions): Hono<{ Bindings: Bindings }> {
  const { config, storage, tickets, proofs, relay, reads, startSession } = options
  const routes = new Hono<{ Bindings: Bindings }>({ strict: false })

  routes.post('/', async (c) => {
    requireOrigin(config, c.req.raw)
    const user = await requireUser(config, c.req.raw)
    const input = await readJsonWish(config, c.req.raw)
    const { record, url, isNew } = await startSession(user, input, callerOf(config, c.req.raw, c.env))
    const answer: StartAnswer = {
      session: toSnapshot(record, config),
      ...(url === null ? {} : { url }),
      ...(await tickets.issue(record.sessionId)),
    }
    welcome(c, user)
    return c.json(answer, isNew ? 201 : 200)
  })

  routes.get('/current', async (c) => {
    const user = await requireUser(config, c.req.raw)
    const workflow = c.req.query('workflow') || 'default'
    const { maxAgeDays } = getWorkflow(config, workflow)
    const owner = { userId: user.userId, workflow, environment: config.environment }
    const current = await findCurrent(storage, owner, { maxAgeDays, now: config.now() })
    welcome(c, user)
    if (current === null) throw notFound()
    return answerSnapshot(c, current)
  })

  routes.get('/:id', async (c) => {
    const sessionId = readId(c)
    await requireTicket(tickets, c.req.raw, sessionId)
    return answerSnapshot(c, await find(sessionId))
  })

  routes.post('/:id/ticket', async (c) => {
    const { sessionId } = await findOwn(c)
    return c.json(await tickets.issue(sessionId))
  })

  routes.post('/:id/proof', async (c) => {
    const record = await findOwn(c)
    const { sessionId, userId, workflow, decidedAt, updatedAt } = record
    const offered = config.workflows.get(workflow ?? '')
    if (workflow === null || !offered || !isValidApproval(record, offered.maxAgeDays, config.now())) {
      throw new RequestError('not-approved', 'The Session is no approval that counts and is settled.', {
        status: 409,
        help: 'Ask for a proof once the Snapshot says approved and settled; an approval may also have become too old.',
      })
    }
    return c.json(await proofs.issue({ userId, sessionId, workflow, decidedAt: decidedAt ?? updatedAt }))
  })

  routes.post('/:id/refresh', async (c) => {
    requireOrigin(config, c.req.raw)
    const sessionId = readId(c)
    await requireTicket(tickets, c.req.raw, sessionId)
    await find(sessionId)
    reads.refreshes.take(sessionId)
    const record = await reads.read(sessionId)
    if (record === null) throw notFound()
    if (record.isReadPending) reads.schedule(sessionId)
    return answerSnapshot(c, record)
  })

  routes.get('/:id/decision', async (c) => {
    const sessionId = readId(c)
    await requireTicket(tickets, c.req.raw, sessionId)
    const record = await find(sessionId)
    // Events of these two kinds usually bring the Decision or the requested steps. If not, they are worth a read.
    const isTelling = isDecided(record.status) || record.status === 'Resubmitted'
    const isMissing = isTelling && record.decision?.status !== record.status
    const mayRead = isMissing && reads.refreshes.tryTake(sessionId)
    const newest = mayRead ? await reads.read(sessionId) : record
    // The Session was erased during the read at Didit.
    if (newest === null) throw notFound()
    return c.json(toDecision(newest, config))
  })

  routes.get('/:id/events', async (c) => {
    const sessionId = readId(c)
    const claims = await requireTicket(tickets, c.req.raw, sessionId)
    if (c.req.raw.method === 'HEAD') return c.body(null, 200, streamHeaders)
    const lastId = c.req.header('last-event-id') ?? ''
    const stream = relay.open(claims, /^\d{1,15}$/.test(lastId) ? Number(lastId) : null)
    try {
      const record = await find(sessionId)
      stream.assign(record.userId)
      const snapshot = toSnapshot(record, config)
      return answerStream(c, (openSink) => stream.start(snapshot, openSink))
    } catch (error) {
      stream.discard()
      throw error
    }
  })

  /** Returns the Session of the route if it belongs to the user. */
  async function findOwn(c: Context): Promise<SessionRecord & { readonly userId: string }> {
    requireOrigin(config, c.req.raw)
    const user = await requireUser(config, c.req.raw)
    const record = await find(readId(c))
    // Not 403, which would tell that another user has this Session.
    if (record.userId !== user.userId) throw notFound()
    welcome(c, user)
    return { ...record, userId: user.userId }
  }

  async function find(sessionId: string): Promise<SessionRecord & { readonly userId: string }> {
    const record = await storage.getSession(sessionId)
    if (record === null || record.userId === null || record.environment !== config.environment) throw notFound()
    return { ...record, userId: record.userId }
  }

  function answerSnapshot(c: Context, record: SessionRecord): Response {
    // With the Session id: `/sessions/current` may change to another Session, which has revisions of its own.
    const etag = `"${record.sessionId}-${record.revision}"`
    c.header('ETag', etag)
    const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
    return known.includes(etag) ? c.body(null, 304) : c.json(toSnapshot(record, config))
  }

  return routes
}

function readId(c: Context): string {
  const id = (c.req.param('id') ?? '').toLowerCase()
  if (!isGuid(id)) throw notFound()
  return id
}

function notFound(): RequestError {
  return new RequestError('session-not-found', 'There is no such Session for you.', { status: 404 })
}
