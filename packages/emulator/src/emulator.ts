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

export interface EmulatorOptions {
  /** The key `/v3/…` asks for. Default `didit-emulator-key`. The partner application's is the same with `-partner`. */
  readonly apiKey?: string | undefined
  /** Where webhooks go. Without it none are sent. */
  readonly webhookUrl?: string | undefined
  /** What they are signed with. Default `didit-emulator-webhook-secret`. */
  readonly webhookSecret?: string | undefined
  /** The address under which `fetch` is reachable, for the links to hosted pages. Default `http://localhost:4100`. */
  readonly url?: string | undefined
  /** Which of the vendor's contradictory behaviours it shows. Default `late-2026`. */
  readonly generation?: Generation | undefined
  /** What decisions and webhooks say they come from. Default `live`. */
  readonly environment?: 'live' | 'sandbox' | undefined
  /** Calls per minute and key, where they shall differ from what Didit documents; false: as many as one likes. */
  readonly rateLimits?: RateLimitOption | undefined
  /** Keys that may do less than the primary one. Default none. */
  readonly scopedKeys?: readonly ScopedKey[] | undefined
  /** Delivers the webhooks: give it a server's own `fetch` to stay inside one process. Default the global one. */
  readonly fetch?: ((request: Request) => Response | Promise<Response>) | undefined
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** What delays, timeouts, retries and expiry wait with. Default Node's timers, which then keep no process alive. */
  readonly timers?: Timers | undefined
  /** The same seed gives the same ids and tokens in the same order. Default: random ones. */
  readonly seed?: number | undefined
  /** Hears of refused webhooks. Default silent. */
  readonly logger?: Logger | undefined
}

/** A stand-in for Didit. */
export interface Emulator {
  /** Answers `/v3/…`, the hosted pages and the controls. Bound: it may be handed on alone. */
  readonly fetch: (request: Request, origin?: RequestOrigin) => Promise<Response>
  /** The base address, without a trailing slash: what a client of Didit takes as `baseUrl`. */
  readonly url: string
  /** What a test can do to it. */
  readonly control: EmulatorControl
  /** Forgets everything and stops every timer. */
  close(): void
}

const generations: readonly string[] = ['2026-07', 'late-2026']
const environments: readonly string[] = ['live', 'sandbox']

function httpUrl(value: string, name: string): URL {
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigError(`The emulator's ${name} is not an http(s) address.`, { help: `Give ${name} in full.` })
  }
  return url
}

/**
 * Creates an emulator of Didit: sessions, decisions, hosted pages and signed webhooks, held in memory.
 *
 * Opens no port. Hand `fetch` to a server, or call it with a `Request`.
 *
 * @param options - Everything has a default; see each field.
 * @returns The handler, its address and its controls.
 * @throws {ConfigError} For an address, a generation, an environment, a limit or a key that is none.
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
    throw new ConfigError('The emulator knows no such generation.', { help: `Use ${generations.join(' or ')}.` })
  }
  if (!environments.includes(environment)) {
    throw new ConfigError('The emulator knows no such environment.', { help: `Use ${environments.join(' or ')}.` })
  }

  // Resolved at each call, so that a replaced global fetch is the one that is used.
  const now = options.now ?? (() => Date.now())
  const send = options.fetch ?? ((request: Request) => fetch(request))
  const clock = createClock({ now, timers })
  const identity = createIdentity(options.seed)
  const faults = createFaultBox()
  const applications = seedApplications(apiKey)
  const [main] = applications
  // Ids of their own course: those of Sessions stay the same for the same seed, however many webhooks there are.
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
    // Receivers put reads in order by this header, so it has to come from the same clock as the webhooks.
    context.header('Date', new Date(clock.now()).toUTCString())
  })
  // What people and controls send is short. The API has limits of its own.
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
