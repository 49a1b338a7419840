import { type Phase, phaseOf, RequestError } from '@didit-verify/core/schemas'
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { createDiditCalls, createDiditClient } from './api/didit-api.ts'
import { type DiditServerOptions, type DiditUser, readConfig } from './config.ts'
import { WebhookError } from './errors.ts'
import { requireUser } from './http/access.ts'
import type { Bindings } from './http/bindings.ts'
import { problemOf, problemResponse } from './http/problem.ts'
import { pickLanguage } from './pages/page-texts.ts'
import { problemPage } from './pages/problem-page.ts'
import { createRelay } from './relay/relay.ts'
import { createStaffFeed } from './relay/staff-feed.ts'
import { type PageVariables, pageRoutes } from './routes/pages.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { readReferrer } from './routes/start-input.ts'
import { webhookRoutes } from './routes/webhook.ts'
import { isValidApproval } from './sessions/apply.ts'
import { createStartSession, getWorkflow } from './sessions/create-session.ts'
import { createPendingDeletes } from './sessions/pending-deletes.ts'
import { createPendingReads } from './sessions/pending-reads.ts'
import { createRetention } from './sessions/retention.ts'
import { selectCurrent } from './sessions/select-current.ts'
import { toSnapshot } from './sessions/snapshot.ts'
import { peopleBudgets, staffBudgets } from './staff/staff-budgets.ts'
import type { StaffEnv } from './staff/staff-context.ts'
import { staffProblem } from './staff/staff-problem.ts'
import { staffRoutes } from './staff/staff-routes.ts'
import { createStaffView } from './staff/staff-view.ts'
import type { SessionRecord } from './storage/storage.ts'
import { createProofs } from './tokens/proof.ts'
import { audienceOf } from './tokens/signed-token.ts'
import { createTickets } from './tokens/ticket.ts'

/** How a user stands at a workflow. */
export interface VerificationStatus {
  /** True when a confirmed approval exists that is not too old. The one field to decide by. */
  readonly verified: boolean
  readonly phase: Phase
  /** False while a read at Didit is owed: what is said may change in a moment. */
  readonly settled: boolean
  readonly sessionId: string | null
  /** Epoch milliseconds, or null while nothing is decided. */
  readonly decidedAt: number | null
}

/** How the user of a request stands, and who that is. */
export type VerifiedUser<User extends DiditUser = DiditUser> = VerificationStatus & { readonly user: User }

/** What an erasure came to. */
export interface ErasedUser {
  /** How many Sessions were removed here. */
  readonly sessions: number
  /** How many of this user's Sessions Didit has still to delete: it is asked again until they are gone. */
  readonly pending: number
}

/** The companion server. All functions are bound: they may be handed on alone. */
export interface DiditServer<User extends DiditUser = DiditUser> {
  readonly basePath: string
  /** Answers every request under `basePath`. The second parameter is for hosts such as `toNodeHandler`. */
  readonly fetch: (request: Request, bindings?: object) => Promise<Response>
  /**
   * Opens the storage and pays the reads that are owed since the last run. Without it the first request opens it.
   *
   * @throws {RequestError} `shutting-down` after `close`: a closed server stays closed.
   */
  readonly start: () => Promise<void>
  /** Does now what is due now: for hosts where no timer runs, called by their scheduler. */
  readonly tick: () => Promise<void>
  /** Refuses new work, says goodbye to streams, waits for work under way, then closes the storage. */
  readonly close: (options?: { readonly graceMs?: number | undefined }) => Promise<void>
  /** "Is this user verified?", for any backend route. */
  readonly getStatus: (
    userId: string,
    options?: { readonly workflow?: string | undefined },
  ) => Promise<VerificationStatus>
  /**
   * Lets only a verified user through: the first line of a backend route. Asks `authenticate` who sends the request.
   *
   * @param request - The incoming request. Its body is not touched.
   * @param options.workflow - The alias of the workflow at which the user must be approved. Default `default`.
   * @returns The user, as `authenticate` knows them, beside what `getStatus` says of them.
   * @throws {RequestError} `unauthenticated` (401) or `identity-required` (403): `problemResponse` makes an answer of it.
   */
  readonly requireVerified: (
    request: Request,
    options?: { readonly workflow?: string | undefined },
  ) => Promise<VerifiedUser<User>>
  /**
   * Forgets a user: every Session in this application and environment with all that is stored of it, here at once and
   * then at Didit. Their streams end, their tickets stop working, and what Didit still says of them is dropped.
   *
   * Safe to repeat: `pending` falls to 0. A start that is under way meanwhile is undone; one that comes later begins
   * anew, as somebody who was never here, with all attempts.
   *
   * Waits for Didit's answers; what fails or takes too long stays owed, and is tried again by the timer and by `tick`.
   *
   * @returns Both zero for a user who is not known.
   * @throws {RequestError} `request-invalid` for an id that is none.
   */
  readonly erase: (userId: string) => Promise<ErasedUser>
}

interface Env {
  Bindings: Bindings
  Variables: PageVariables & StaffEnv['Variables']
}

const runDueEveryMs = 30_000

const shuttingDown = () => new RequestError('shutting-down', 'The server is shutting down.', { status: 503 })

/**
 * Creates the companion server: it holds the key, receives the webhooks and pushes every status to the browser.
 *
 * @throws {ConfigError} An option is missing, wrong or unknown; the message names it, and never its value.
 */
export function createDiditServer<User extends DiditUser = DiditUser>(
  options: DiditServerOptions<User>,
): DiditServer<User> {
  const config = readConfig(options)
  const { storage: database, logger, now, random } = config
  const storage = database.application(config.application)
  // A person waits behind most calls: rather an answer that says when to come back than a long silence.
  const toDidit = { apiKey: config.apiKey, ...config.didit, longestWaitMs: 5_000, now, random }
  const calls = createDiditCalls(config.authorizeStaff ? { ...toDidit, budgets: peopleBudgets } : toDidit)
  const { application, environment, ticketSecret: secret } = config
  const tickets = createTickets({ secret, audience: audienceOf(application, environment), now })
  const proofs = createProofs({ secret, application, environment, now })
  const relay = createRelay({ tickets, now, random })
  const feed = createStaffFeed({ now, random })
  const reads = createPendingReads({ config, storage, calls, onChange: publish })
  const deletes = createPendingDeletes({ config, storage, calls })
  const retention = createRetention({ config, storage })
  const startSession = createStartSession({ config, storage, calls, reads, deletes, onChange: publish })

  const underWay = new Set<Promise<unknown>>()
  let opening: Promise<void> | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  let closing: Promise<void> | undefined

  const app = new Hono<Env>({
    strict: false,
  }).basePath(config.basePath || '/')
  app.onError((error, c) => {
    const response = answerProblem(error, c)
    const route = `${c.req.method} ${c.req.path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, ':id')}`
    const requestId = c.get('requestId')
    // A webhook that breaks off, work refused at closing, and a call to Didit that was given up because nobody waits for
    // its answer any more, are no faults of ours, and anybody could fill a log with them.
    const isExpected =
      response.status === 503 &&
      (error instanceof WebhookError || ['shutting-down', 'aborted'].includes(problemOf(error).code))
    if (response.status >= 500 && !isExpected) logger.error({ err: error, route, requestId }, 'a request failed')
    else logger.debug({ code: problemOf(error).code, route, requestId }, 'a request was refused')
    return response
  })
  app.notFound((c) =>
    answerProblem(
      new RequestError('route-not-found', 'No route of this server answers this method and path.', {
        status: 404,
        help: `The routes begin with ${config.basePath || '/'}: is the server mounted there?`,
      }),
      c,
    ),
  )
  app.use(async (c, next) => {
    const requestId = crypto.randomUUID()
    c.set('requestId', requestId)
    c.header('Cache-Control', 'no-store')
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('X-Request-Id', requestId)
    await next()
    logger.debug({ requestId, method: c.req.method, status: c.res.status }, 'answered')
  })
  app.use(
    cors({
      origin: (origin) => (config.allowedOrigins.has(origin) ? origin : null),
      credentials: true,
      allowMethods: config.authorizeStaff ? ['GET', 'POST', 'DELETE'] : ['GET', 'POST'],
      allowHeaders: ['Authorization', 'Content-Type', 'Last-Event-ID', 'If-None-Match'],
      exposeHeaders: ['ETag', 'Retry-After', 'Content-Disposition'],
      maxAge: 600,
    }),
  )
  app.on(['GET', 'POST'], ['/start', '/return'], async (c, next) => {
    c.set('isPage', true)
    await next()
  })
  app.get('/health/live', (c) => c.json({ status: 'live' }))
  app.use(async (_, next) => {
    if (closing) throw shuttingDown()
    await open()
    await next()
  })
  app.get('/health/ready', async (c) => {
    await database.check()
    return c.json({ status: 'ready' })
  })
  app.route('/sessions', sessionRoutes({ config, storage, tickets, proofs, relay, reads, startSession }))
  app.route('/', pageRoutes({ config, storage, startSession }))
  app.route('/webhook', webhookRoutes({ config, storage, reads, onChange: publish, defer }))
  if (config.authorizeStaff) {
    const { authorizeStaff } = config
    const { api, calls: staffCalls } = createDiditClient({ ...toDidit, budgets: staffBudgets })
    const view = createStaffView({ config, storage, reads, calls: staffCalls })
    app.route('/staff', staffRoutes({ config, authorizeStaff, storage, api, view, reads, relay, feed }))
  }

  function answerProblem(error: unknown, c: Context<Env>): Response {
    if (c.get('isStaff')) return staffProblem(error)
    if (!c.get('isPage')) return problemResponse(error)
    return problemPage(error, {
      language: pickLanguage(c.req.header('accept-language') ?? null),
      wayBack: c.get('wayBack') ?? readReferrer(config, c.req.raw) ?? null,
      origins: config.allowedOrigins,
    })
  }

  function publish(record: SessionRecord): void {
    if (record.environment !== config.environment) return
    const snapshot = toSnapshot(record, config)
    if (record.userId !== null) relay.publish(snapshot)
    const { sessionId, status, phase, revision, source, updatedAt } = snapshot
    feed.publish({ sessionId, status, phase, revision, source, updatedAt })
  }

  function open(): Promise<void> {
    // Nobody would close it again.
    if (closing && opening === undefined) return Promise.reject(shuttingDown())
    opening ??= database.open().catch((error: unknown) => {
      // The next request tries again.
      opening = undefined
      throw error
    })
    return opening
  }

  /** Keeps track of work, so that `close` can wait for it. */
  function track<Value>(work: Promise<Value>): Promise<Value> {
    const done = () => underWay.delete(work)
    underWay.add(work)
    work.then(done, done)
    return work
  }

  function defer(work: Promise<unknown>): void {
    track(work).catch((err: unknown) => logger.warn({ err }, 'work after a webhook failed'))
  }

  async function start(): Promise<void> {
    if (closing) throw shuttingDown()
    await open()
    if (timer !== undefined || closing) return
    const run = () => defer(doWhatIsDue())
    timer = setInterval(run, runDueEveryMs)
    ;(timer as { unref?: () => void }).unref?.()
    run()
  }

  async function tick(): Promise<void> {
    if (closing) return
    await open()
    relay.sweep()
    feed.sweep()
    await doWhatIsDue()
  }

  async function doWhatIsDue(): Promise<void> {
    await Promise.all([reads.runDue(), deletes.runDue(), retention.prune()])
  }

  async function erase(userId: string): Promise<ErasedUser> {
    if (closing) throw shuttingDown()
    if (typeof userId !== 'string' || userId === '') {
      throw new RequestError('request-invalid', 'The userId to erase must be a string that is not empty.', {
        status: 400,
        issues: [{ path: 'userId', message: 'Expected a string that is not empty.' }],
      })
    }
    await open()
    const { sessionIds, pending } = await storage.erase({ userId, environment: config.environment, now: now() })
    for (const sessionId of sessionIds) relay.dismiss(sessionId)
    if (sessionIds.length > 0) feed.reload()
    return { sessions: sessionIds.length, pending: await deletes.runAll(pending) }
  }

  async function shutDown(graceMs: number): Promise<void> {
    clearInterval(timer)
    retention.close()
    let late: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<void>((resolve) => {
      late = setTimeout(resolve, graceMs)
    })
    const isQuiet = async () => {
      while (underWay.size > 0) await Promise.allSettled([...underWay])
    }
    await Promise.all([relay.close(graceMs), feed.close(graceMs), Promise.race([isQuiet(), timeout])])
    clearTimeout(late)
    deletes.close()
    await reads.close()
    if (opening) await database.close()
  }

  async function getStatus(
    userId: string,
    { workflow = 'default' }: { readonly workflow?: string | undefined } = {},
  ): Promise<VerificationStatus> {
    const { maxAgeDays } = getWorkflow(config, workflow)
    await open()
    const all = await storage.listSessions({ userId, workflow })
    const mine = all.filter((record) => record.environment === config.environment)
    const current = selectCurrent(mine, { maxAgeDays, now: now() })
    return {
      verified: current !== null && isValidApproval(current, maxAgeDays, now()),
      phase: phaseOf(current?.status),
      settled: current === null || !current.isReadPending,
      sessionId: current?.sessionId ?? null,
      decidedAt: current?.decidedAt ?? null,
    }
  }

  return {
    basePath: config.basePath,
    fetch: (request, bindings) => track(Promise.resolve(app.fetch(request, bindings as Bindings | undefined))),
    start,
    tick,
    erase: (userId) => track(erase(userId)),
    close: ({ graceMs = 10_000 } = {}) => {
      closing ??= Promise.resolve().then(() => shutDown(graceMs))
      return closing
    },
    getStatus,
    async requireVerified(request, { workflow = 'default' } = {}) {
      // A user is what authenticate returned, and nobody else makes one.
      const user = (await requireUser(config, request)) as User
      const status = await getStatus(user.userId, { workflow })
      if (status.verified) return { user, ...status }
      throw new RequestError('identity-required', `The user has no valid approval of the workflow ${workflow}.`, {
        status: 403,
        help: 'Start its verification, and repeat this once it is approved.',
      })
    },
  }
}
