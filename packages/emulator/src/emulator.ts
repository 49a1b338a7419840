import { ConfigError } from '@didit-verify/core/schemas'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { createApi } from './api/api.ts'
import { createApiContext, type Generation } from './api/context.ts'
import type { ScopedKey } from './api/keys.ts'
import { createRateLimiter, type RateLimitOption } from './api/rate-limits.ts'
import { startPage } from './console/layout.ts'
import { mountConsole } from './console/routes.ts'
import { createControl, createControlRoutes, type EmulatorControl } from './control/control.ts'
import { createEventControl } from './control/event-control.ts'
import { createBlocklist } from './decision/blocklist.ts'
import { documentExpiryOf } from './decision/document-expiry.ts'
import { defaultApiKey, defaultWebhookSecret } from './default-secrets.ts'
import { createHostedPage } from './hosted-page/routes.ts'
import { mountMedia } from './media/routes.ts'
import { createClock, systemTimers, type Timers } from './runtime/clock.ts'
import { createFaultBox } from './runtime/faults.ts'
import { createIdentity } from './runtime/identity.ts'
import { type Logger, silentLogger } from './runtime/logger.ts'
import type { RequestOrigin } from './runtime/loopback.ts'
import { createCatalogue } from './sessions/catalogue.ts'
import { createMailbox } from './sessions/mailbox.ts'
import { createSessions } from './sessions/sessions.ts'
import { seedApplications } from './sessions/workflows.ts'
import { createWebhookDestinations } from './webhooks/destinations.ts'
import { sampleSession } from './webhooks/sample.ts'
import { createWebhookSender } from './webhooks/sender.ts'
import { statusUpdated } from './webhooks/session-event.ts'

/** Options of `createEmulator`. */
export interface EmulatorOptions {
  /** API key of `/v3/…`. The key of the partner application adds `-partner` to it. Default `didit-emulator-key`. */
  readonly apiKey?: string | undefined
  /** URL that receives the webhooks. Default: none are sent. */
  readonly webhookUrl?: string | undefined
  /** Secret that signs the webhooks. Default `didit-emulator-webhook-secret`. */
  readonly webhookSecret?: string | undefined
  /** Base URL at which `fetch` is served, for the links to hosted pages. Default `http://localhost:4100`. */
  readonly url?: string | undefined
  /** Version of the vendor's behaviour. Default `late-2026`. */
  readonly generation?: Generation | undefined
  /** Environment in decisions and webhooks. Default `live`. */
  readonly environment?: 'live' | 'sandbox' | undefined
  /** Changes to Didit's documented rate limits, in calls per minute and key. False: no limits. */
  readonly rateLimits?: RateLimitOption | undefined
  /** API keys with fewer rights than the primary one. Default none. */
  readonly scopedKeys?: readonly ScopedKey[] | undefined
  /** Sends the webhooks. Pass the `fetch` of a server to stay inside one process. Default: the global `fetch`. */
  readonly fetch?: ((request: Request) => Response | Promise<Response>) | undefined
  /** Returns the time in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Timers for delays, timeouts, retries and expiry. Default: Node's timers, which do not keep the process running. */
  readonly timers?: Timers | undefined
  /** Seed of the ids and tokens: the same seed gives the same ones in the same order. Default: random. */
  readonly seed?: number | undefined
  /** Receives a line for each webhook that was not accepted. Default: silent. */
  readonly logger?: Logger | undefined
}

/** An emulator of Didit. */
export interface Emulator {
  /** Handles requests to `/v3/…`, the hosted pages and the controls. It is bound, so it can be passed on alone. */
  readonly fetch: (request: Request, origin?: RequestOrigin) => Promise<Response>
  /** Base URL without a trailing slash: the `baseUrl` of a client of Didit. */
  readonly url: string
  /** Controls for tests and tools. */
  readonly control: EmulatorControl
  /** Deletes all data and stops all timers. */
  close(): void
}

const generations: readonly string[] = ['2026-07', 'late-2026']
const environments: readonly string[] = ['live', 'sandbox']

function httpUrl(value: string, name: string): URL {
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigError(`The emulator's ${name} is not an http(s) URL.`, { help: `Set ${name} to an absolute URL.` })
  }
  return url
}

/**
 * Creates an emulator of Didit: sessions, decisions, hosted pages and signed webhooks, held in memory.
 *
 * Opens no port. Pass `fetch` to a server, or call it with a `Request`.
 *
 * @param options - Each option has a default.
 * @returns The request handler, its URL and its controls.
 * @throws {ConfigError} For an invalid URL, generation, environment, rate limit or scoped key.
 *
 * @example
 * ```ts
 * import { createEmulator } from '@didit-verify/emulator'
 *
 * const emulator = createEmulator({ seed: 1, rateLimits: false })
 * const created = await emulator.fetch(
 *   new Request(`${emulator.url}/v3/session/`, {
 *     method: 'POST',
 *     headers: { 'x-api-key': 'didit-emulator-key', 'content-type': 'application/json' },
 *     body: JSON.stringify({ workflow_id: '11111111-2222-3333-4444-555555555555', vendor_data: 'customer-1' }),
 *   }),
 * )
 * const { session_id } = (await created.json()) as { session_id: string }
 *
 * emulator.control.finish(session_id, 'Approved')
 * await emulator.control.idle() // the webhooks are delivered
 * emulator.close()
 * ```
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const {
    apiKey = defaultApiKey,
    webhookSecret = defaultWebhookSecret,
    generation = 'late-2026',
    environment = 'live',
    logger = silentLogger,
    timers = systemTimers,
  } = options
  const url = httpUrl(options.url ?? 'http://localhost:4100', 'url').href.replace(/\/+$/, '')
  const webhookUrl = options.webhookUrl === undefined ? undefined : httpUrl(options.webhookUrl, 'webhookUrl')
  if (!generations.includes(generation)) {
    throw new ConfigError('The generation of the emulator is unknown.', { help: `Use ${generations.join(' or ')}.` })
  }
  if (!environments.includes(environment)) {
    throw new ConfigError('The environment of the emulator is unknown.', { help: `Use ${environments.join(' or ')}.` })
  }

  // The globals are read at each call, so that replacements by a test take effect.
  const now = options.now ?? (() => Date.now())
  const send = options.fetch ?? ((request: Request) => fetch(request))
  const clock = createClock({ now, timers })
  const identity = createIdentity(options.seed)
  const faults = createFaultBox()
  const applications = seedApplications(apiKey)
  const [main] = applications
  // Deliveries have a sequence of ids of their own, so that the number of webhooks does not change the ids of Sessions.
  const deliveryIdentity = createIdentity(options.seed === undefined ? undefined : options.seed + 1)
  const destinations = createWebhookDestinations({
    clock,
    identity: deliveryIdentity,
    first: webhookUrl ? { applicationId: main.applicationId, url: webhookUrl.href, secret: webhookSecret } : null,
  })
  const sender = createWebhookSender({
    destinations,
    clock,
    identity: deliveryIdentity,
    faults,
    fetch: async (request) => send(request),
    logger,
  })
  const catalogue = createCatalogue()
  const mailbox = createMailbox(clock)
  const blocklist = createBlocklist(environment, clock.now)
  const rateLimiter = createRateLimiter(options.rateLimits ?? {}, { clock, faults })
  const sessions = createSessions({
    clock,
    identity,
    url,
    findingsOf: blocklist.findingsOf,
    documentExpiryOf: (session) => documentExpiryOf(session, environment, clock.now()),
    onStatus(session) {
      sender.send(statusUpdated(session, events))
    },
  })
  const events = { environment, clock, identity }
  const sendEvent = createEventControl({
    ...events,
    applications,
    sessions,
    destinations,
    sender,
    sample: (application) => sampleSession(application, { clock, identity: deliveryIdentity, url }),
  })
  const control = createControl({
    sessions,
    catalogue,
    blocklist,
    mailbox,
    rateLimiter,
    sender,
    clock,
    faults,
    sendEvent,
  })

  const context = createApiContext({
    applications,
    scopedKeys: options.scopedKeys ?? [],
    sessions,
    catalogue,
    blocklist,
    mailbox,
    rateLimiter,
    sender,
    destinations,
    clock,
    identity,
    faults,
    logger,
    generation,
    environment,
    url,
  })
  const routes = new Hono()
  mountConsole(routes, context, control)
  mountMedia(routes, context)

  const app = new Hono<{ Bindings: RequestOrigin }>()
  app.use(async (context, next) => {
    await next()
    // Clients order reads and webhooks by this header, so it comes from the clock that the webhooks use.
    context.header('Date', new Date(clock.now()).toUTCString())
  })
  // Bodies to the pages and the controls are short. The API has its own limits.
  for (const path of ['/_emulator/*', '/console/*', '/_page/*']) app.use(path, bodyLimit({ maxSize: 1024 * 1024 }))
  app.get('/', (context) => context.html(startPage()))
  app.route('/', createControlRoutes(control))
  app.route('/', createApi(context))
  app.route('/', routes)
  app.route('/', createHostedPage({ sessions, faults, clock, environment }))

  return {
    fetch: async (request, origin = {}) => app.fetch(request, origin),
    url,
    control,
    close: () => control.reset(),
  }
}
