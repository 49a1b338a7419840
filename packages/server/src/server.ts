import { RequestError } from '@didit-verify/core/schemas'
import { createApiClient } from './api/didit-api.ts'
import { createApp } from './app.ts'
import { type DiditServerOptions, type DiditUser, readConfig } from './config.ts'
import { requireUser } from './http/access.ts'
import type { Bindings } from './http/bindings.ts'
import { createLifecycle, shuttingDown } from './lifecycle.ts'
import { createRelay } from './relay/relay.ts'
import { createStaffFeed } from './relay/staff-feed.ts'
import { createStreamPlaces } from './relay/stream-places.ts'
import { pageRoutes } from './routes/pages.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { webhookRoutes } from './routes/webhook.ts'
import { createPendingDeletes } from './sessions/pending-deletes.ts'
import { createPendingReads } from './sessions/pending-reads.ts'
import { createRetention } from './sessions/retention.ts'
import { toSnapshot } from './sessions/snapshot.ts'
import { createStartSession } from './sessions/start-session.ts'
import { createSweep } from './sessions/sweep.ts'
import { readVerificationStatus, type VerificationStatus } from './sessions/verification-status.ts'
import { createWaysBack } from './sessions/ways-back.ts'
import { getWorkflow } from './sessions/workflow.ts'
import { peopleBudgets, staffBudgets } from './staff/staff-budgets.ts'
import { staffRoutes } from './staff/staff-routes.ts'
import { createStaffView } from './staff/staff-view.ts'
import type { SessionRecord } from './storage/storage.ts'
import { createProofs } from './tokens/proof.ts'
import { audienceOf } from './tokens/signed-token.ts'
import { createTickets } from './tokens/ticket.ts'

/** The user of a request, and how they stand. */
export type VerifiedUser<User extends DiditUser = DiditUser> = VerificationStatus & { readonly user: User }

/** The result of an erasure. */
export interface ErasedUser {
  /** How many Sessions were removed here. */
  readonly sessions: number
  /** How many of this user's Sessions Didit still has to delete. The server asks again until they are gone. */
  readonly pending: number
}

/** The companion server. All functions are bound: they may be handed on alone. */
export interface DiditServer<User extends DiditUser = DiditUser> {
  readonly basePath: string
  /** Answers every request under `basePath`. The second parameter is for hosts such as `toNodeHandler`. */
  readonly fetch: (request: Request, bindings?: object) => Promise<Response>
  /**
   * Opens the storage, and does what the last run left pending. Without it the first request opens the storage.
   *
   * @throws {RequestError} `shutting-down` after `close`: a closed server stays closed.
   */
  readonly start: () => Promise<void>
  /** Does what is due now. For hosts without timers: let their scheduler call it once a minute. */
  readonly tick: () => Promise<void>
  /** Refuses new work, ends streams, waits for work under way (10 s by default), then closes the storage. */
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
   * Forgets a user: removes every Session in this application and environment with all that is stored of it, here at once
   * and then at Didit. Open streams end, tickets stop working, and later webhooks of these Sessions are dropped.
   *
   * Safe to repeat: `pending` falls to 0. A start that is under way is undone. A later start begins like that of a new
   * user, with all attempts. The call waits for Didit's answers; a delete that fails or takes too long stays pending, and
   * the timer or `tick` tries it again.
   *
   * @returns Both numbers are zero for an unknown user.
   * @throws {RequestError} `request-invalid` for an id that is not a string, or empty.
   */
  readonly erase: (userId: string) => Promise<ErasedUser>
}

/**
 * Creates the companion server: it holds the key, receives the webhooks and pushes every status to the browser.
 *
 * @returns The server. Nothing runs and no storage is opened before `start`, `tick` or the first request.
 * @throws {ConfigError} An option is missing, wrong or unknown; the message names it, and never its value.
 * @example
 * ```ts
 * import { createDiditServer, memoryStorage } from '@didit-verify/server'
 *
 * const didit = createDiditServer({
 *   apiKey: process.env.DIDIT_API_KEY!,
 *   webhookSecrets: [process.env.DIDIT_WEBHOOK_SECRET!],
 *   environment: 'live',
 *   workflows: { default: process.env.DIDIT_WORKFLOW_ID! },
 *   authenticate: async (request) => ({ userId: request.headers.get('x-user') ?? '' }),
 *   storage: memoryStorage(),
 *   ticketSecret: process.env.DIDIT_TICKET_SECRET!,
 *   allowedOrigins: ['https://bank.example'],
 * })
 * const response = await didit.fetch(new Request('https://bank.example/api/didit/health/live'))
 * ```
 */
export function createDiditServer<User extends DiditUser = DiditUser>(
  options: DiditServerOptions<User>,
): DiditServer<User> {
  const config = readConfig(options)
  const { storage: database, logger, now, random, application, environment, ticketSecret: secret } = config
  const storage = database.application(application)
  // A person waits behind most calls: a clear "try again later" is better than a long silence.
  const toDidit = { apiKey: config.apiKey, ...config.didit, longestWaitMs: 5_000, now, random }
  const people = createApiClient(config.authorizeStaff ? { ...toDidit, budgets: peopleBudgets } : toDidit)
  const staff = config.authorizeStaff ? createApiClient({ ...toDidit, budgets: staffBudgets }) : null
  const { calls } = people
  const tickets = createTickets({ secret, audience: audienceOf(application, environment), now })
  const proofs = createProofs({ secret, application, environment, now })
  const { streamsPerSession, streamsPerUser, streams } = config.limits
  const places = createStreamPlaces({ total: streams, perOwner: streamsPerUser, random })
  const relay = createRelay({ tickets, now, random, streamsPerSession, places })
  const feed = createStaffFeed({ now, random, places })
  const reads = createPendingReads({ config, storage, calls, onChange: publish })
  const deletes = createPendingDeletes({ config, storage, calls })
  const retention = createRetention({ config, storage })
  const sweep = createSweep({ config, storage, sessions: (staff ?? people).api.sessions, reads })
  const waysBack = createWaysBack(now)
  const startSession = createStartSession({
    config,
    storage,
    calls,
    reads,
    deletes,
    waysBack,
    checkStorage: () => database.check(),
    onChange: publish,
  })
  const lifecycle = createLifecycle({
    database,
    logger,
    async runDue() {
      await Promise.all([reads.runDue(), deletes.runDue(), retention.prune(), sweep.runDue()])
    },
    async closeStreams(graceMs) {
      await Promise.all([relay.close(graceMs), feed.close(graceMs)])
    },
    stop() {
      retention.close()
      sweep.close()
    },
    async abandon() {
      deletes.close()
      await reads.close()
    },
  })
  const app = createApp({
    config,
    database,
    lifecycle,
    progress: async () => ({ reads: await reads.lag(), sweep: await sweep.progress() }),
    routes: {
      '/sessions': sessionRoutes({ config, storage, tickets, proofs, relay, reads, startSession }),
      '/': pageRoutes({ config, storage, startSession, waysBack }),
      '/webhook': webhookRoutes({ config, storage, reads, onChange: publish, defer: lifecycle.defer }),
      ...withStaff(),
    },
  })

  function withStaff() {
    const { authorizeStaff } = config
    if (!authorizeStaff || staff === null) return {}
    const view = createStaffView({ config, storage, reads, calls: staff.calls })
    return { '/staff': staffRoutes({ config, authorizeStaff, storage, api: staff.api, view, reads, relay, feed }) }
  }

  function publish(record: SessionRecord): void {
    if (record.environment !== environment) return
    const snapshot = toSnapshot(record, config)
    if (record.userId !== null) relay.publish(snapshot)
    const { sessionId, status, phase, revision, source, updatedAt } = snapshot
    feed.publish({ sessionId, status, phase, revision, source, updatedAt })
  }

  async function erase(userId: string): Promise<ErasedUser> {
    if (lifecycle.isClosing) throw shuttingDown()
    checkName(userId, 'userId')
    await lifecycle.open()
    const { sessionIds, pending } = await storage.erase({ userId, environment, now: now() })
    waysBack.remember(userId, undefined)
    for (const sessionId of sessionIds) relay.dismiss(sessionId)
    if (sessionIds.length > 0) feed.reload()
    return { sessions: sessionIds.length, pending: await deletes.runAll(pending) }
  }

  async function getStatus(
    userId: string,
    options?: { readonly workflow?: string | undefined } | null,
  ): Promise<VerificationStatus> {
    const workflow = options?.workflow === undefined ? 'default' : options.workflow
    checkName(userId, 'userId')
    checkName(workflow, 'workflow')
    getWorkflow(config, workflow)
    await lifecycle.open()
    return readVerificationStatus({ config, storage }, { userId, workflow })
  }

  return {
    basePath: config.basePath,
    fetch: (request, bindings) =>
      lifecycle.track(Promise.resolve(app.fetch(request, bindings as Bindings | undefined))),
    start: lifecycle.start,
    async tick() {
      relay.sweep()
      feed.sweep()
      await lifecycle.tick()
    },
    erase: (userId) => lifecycle.track(erase(userId)),
    close: ({ graceMs = 10_000 } = {}) => lifecycle.close(graceMs),
    getStatus,
    async requireVerified(request, options) {
      const workflow = options?.workflow === undefined ? 'default' : options.workflow
      checkName(workflow, 'workflow')
      // `authenticate` returned this user, and nothing else makes one.
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

/** A backend may hand on a JSON value as it came. @throws {RequestError} `request-invalid`. */
function checkName(value: unknown, path: 'userId' | 'workflow'): void {
  if (typeof value === 'string' && value !== '') return
  throw new RequestError('request-invalid', `The ${path} must be a string that is not empty.`, {
    status: 400,
    issues: [{ path, message: 'Expected a string that is not empty.' }],
  })
}
