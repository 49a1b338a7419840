import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { isFrameworkSignal } from './api/platform-errors.ts'
import type { Config } from './config.ts'
import { WebhookError } from './errors.ts'
import type { Bindings } from './http/bindings.ts'
import { isBehindUntrustedProxy } from './http/client-address.ts'
import { toRoutePath } from './http/path.ts'
import { problemOf, problemResponse, routeNotFound } from './http/problem.ts'
import { type Lifecycle, shuttingDown } from './lifecycle.ts'
import { pickLanguage } from './pages/page-texts.ts'
import { problemPage } from './pages/problem-page.ts'
import type { PageVariables } from './routes/pages.ts'
import { readReferrer } from './routes/start-input.ts'
import type { StaffEnv } from './staff/staff-context.ts'
import { staffProblem } from './staff/staff-problem.ts'
import type { Storage } from './storage/storage.ts'

interface Env {
  Bindings: Bindings
  Variables: PageVariables & StaffEnv['Variables']
}

type Routes = Hono<{ Bindings: Bindings }> | Hono<{ Bindings: Bindings; Variables: PageVariables }> | Hono<StaffEnv>

/** Options of the app. */
export interface AppOptions {
  readonly config: Config
  readonly database: Storage
  readonly lifecycle: Pick<Lifecycle, 'open' | 'isClosing'>
  /** Returns how far the work in the background is, for operators. Holds nothing about persons. */
  readonly progress: () => Promise<object>
  /** The routes by their path below `basePath`. */
  readonly routes: Readonly<Record<string, Routes>>
}

/** Creates the HTTP side: headers, CORS, health, errors, and the routes under `basePath`. */
export function createApp({ config, database, lifecycle, progress, routes }: AppOptions): Hono<Env> {
  const { logger, basePath } = config
  // Hono decodes a path before it looks for a route. `toRoutePath` refuses what would have to be decoded.
  const app = new Hono<Env>({ getPath: (request) => toRoutePath(request.url, basePath) }).basePath(basePath || '/')
  app.onError((error, c) => {
    // Next.js steers by errors that it throws in our caller's functions, such as one that reads cookies.
    if (isFrameworkSignal(error)) throw error
    const response = answerProblem(config, error, c)
    logProblem(config, error, response.status, c)
    return response
  })
  app.notFound((c) => answerProblem(config, routeNotFound(config), c))
  app.use(async (c, next) => {
    const requestId = crypto.randomUUID()
    c.set('requestId', requestId)
    c.header('Cache-Control', 'no-store')
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('X-Request-Id', requestId)
    await next()
    logger.debug({ requestId, method: c.req.method, status: c.res.status }, 'answered')
  })
  let isProxyReported = false
  app.use(async (c, next) => {
    if (!isProxyReported && isBehindUntrustedProxy(config, c.req.raw, c.env)) {
      isProxyReported = true
      logger.warn(
        {},
        'requests come through a proxy on this machine, and trustProxy (TRUST_PROXY) is off: all its clients count as one address',
      )
    }
    await next()
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
    if (lifecycle.isClosing) throw shuttingDown()
    await lifecycle.open()
    await next()
  })
  app.get('/health/ready', async (c) => {
    await database.check()
    return c.json({ status: 'ready', ...(await progress()) })
  })
  for (const [path, part] of Object.entries(routes)) app.route(path, part as Hono<Env>)
  return app
}

/** Answers an error in the form that its reader expects: a page for a person, problem details for a program. */
function answerProblem(config: Config, error: unknown, c: Context<Env>): Response {
  if (c.get('isStaff')) return staffProblem(error)
  if (!c.get('isPage')) return problemResponse(error)
  return problemPage(error, {
    language: pickLanguage(c.req.header('accept-language') ?? null),
    wayBack: c.get('wayBack') ?? readReferrer(config, c.req.raw) ?? null,
    origins: config.allowedOrigins,
  })
}

function logProblem({ logger }: Config, error: unknown, status: number, c: Context<Env>): void {
  const { code } = problemOf(error)
  // Session ids stay out of the route: they belong to persons.
  const route = `${c.req.method} ${c.req.path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, ':id')}`
  const requestId = c.get('requestId')
  // Three refusals are expected, and anybody could fill a log with them: a webhook that breaks off, work that comes while
  // the server closes, and a call to Didit whose caller has left.
  const isExpected = status === 503 && (error instanceof WebhookError || ['shutting-down', 'aborted'].includes(code))
  if (status >= 500 && !isExpected) logger.error({ err: error, route, requestId }, 'a request failed')
  else logger.debug({ code, route, requestId }, 'a request was refused')
}
