import { ConfigError } from '@didit-verify/core/schemas'
import * as z from 'zod/mini'
import { createLogger, guardLogger, type Logger } from './logger.ts'
import type { SessionHook } from './sessions/session-details.ts'
import type { AuthorizeStaff } from './staff/authorize-staff.ts'
import type { Storage } from './storage/storage.ts'

/** The signed-in user, as the app's own sign-in knows them. Further fields are the host's own. */
export interface DiditUser {
  /** Stable and unique in the application. Never sent to a browser, never logged. */
  readonly userId: string
  /** A cookie to set with the answer, for sign-ins that begin one. The whole value of a `Set-Cookie` header. */
  readonly setCookie?: string | undefined
}

export type Authenticate<User extends DiditUser = DiditUser> = (request: Request) => Promise<User | null> | User | null

/** A Workflow of the Didit console, and what the host asks of its Sessions. */
export interface WorkflowOptions {
  /** The Workflow's id in Didit's console. */
  readonly id: string
  /** For how many days an approval counts. Default: for ever. */
  readonly maxAgeDays?: number | undefined
  /** How many Sessions one user may have. Default: any number. */
  readonly maxAttempts?: number | undefined
}

/** How long what is stored is kept. Whatever is due is removed by `start`'s timer and by `tick`. */
export interface RetentionOptions {
  /**
   * For how many days webhooks are remembered, so that a repeated one is known. One that is older changes nothing by
   * itself; Didit is asked instead. Default 30. Servers that share application and storage should agree on it.
   */
  readonly eventDays?: number | undefined
  /**
   * After how many days without a change a Session is removed that is over: approved, declined, abandoned or expired.
   * Not below the `maxAgeDays` of any workflow, for the approval would be lost that still counts. Default: it is kept.
   */
  readonly sessionDays?: number | undefined
  /**
   * Whether what `sessionDays` removes here is deleted at Didit, too. Default false: Didit keeps it as its console says,
   * and a later `erase` does not reach it there, since nobody knows any more whose it was. A Session of no user of this
   * server, which only its webhooks have made known, is never deleted there.
   */
  readonly deleteAtDidit?: boolean | undefined
}

export interface DiditServerOptions<User extends DiditUser = DiditUser> {
  /** Didit's API key of one application and environment. */
  readonly apiKey: string
  /** The secrets of the webhook destination: the current one first, then any being rotated out. */
  readonly webhookSecrets: readonly string[]
  /** Events of the other environment are kept, but change nothing. */
  readonly environment: 'live' | 'sandbox'
  /** The Workflows offered, by alias. The browser sends aliases only; without one it means `default`. */
  readonly workflows: Readonly<Record<string, string | WorkflowOptions>>
  /** The app's own sign-in: who sends this request, or null. */
  readonly authenticate: Authenticate<User>
  /** What Didit stores as `vendor_data`: one value for each user, never shared. Default: the user id. */
  readonly vendorData?: ((user: User) => string) | undefined
  /**
   * What Didit shall know of a person, asked when a Session is created. The answer goes to Didit only. One that is wrong,
   * a throw, or no answer within 10 s stops the creation. Default: nothing.
   */
  readonly session?: SessionHook<User> | undefined
  /**
   * Who of the staff sends this request, or null; asked for each action under `/staff`. Without it there are no such
   * routes.
   */
  readonly authorizeStaff?: AuthorizeStaff | undefined
  /** Where Sessions and events are kept, such as `sqliteStorage({ path })`. */
  readonly storage: Storage
  /** At least 32 random characters; the keys of tickets are derived from it. */
  readonly ticketSecret: string
  /** The origins of the pages that may use this server, such as `https://app.example.com`. */
  readonly allowedOrigins: readonly string[]
  /** Default `/api/didit`. */
  readonly basePath?: string | undefined
  /** Keeps several applications apart in one storage. Default `default`. */
  readonly application?: string | undefined
  readonly didit?:
    | {
        /** Default `https://verification.didit.me`. */
        readonly baseUrl?: string | undefined
        /** How long one call may take, in milliseconds. Default 10 000. */
        readonly timeoutMs?: number | undefined
        /** Default: the global `fetch`. */
        readonly fetch?: typeof fetch | undefined
      }
    | undefined
  readonly limits?:
    | {
        /** Sessions that one user may create in a minute; each costs money. Default 10. */
        readonly createsPerMinute?: number | undefined
        /** The same for all who share an address (of IPv6: a /64 network). Default 30. */
        readonly createsPerMinutePerAddress?: number | undefined
        /** Reads at Didit that one Session's browsers may ask for in a minute. Default 6. */
        readonly refreshesPerMinute?: number | undefined
      }
    | undefined
  /**
   * How many proxies in front of this server are trusted to add to `X-Forwarded-For`, `-Proto` and `-Host`; true is one.
   * Default false: the headers are ignored.
   */
  readonly trustProxy?: boolean | number | undefined
  /** How long what is stored is kept. */
  readonly retention?: RetentionOptions | undefined
  /** Default: JSON lines on standard output, from `info` on. */
  readonly logger?: Logger | undefined
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** A number from 0 to below 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** The options as the server works with them: checked, and with every default filled in. */
export interface Config {
  readonly apiKey: string
  readonly webhookSecrets: readonly string[]
  readonly environment: 'live' | 'sandbox'
  readonly workflows: ReadonlyMap<string, WorkflowOptions>
  readonly authenticate: Authenticate
  readonly vendorData: (user: DiditUser) => string
  readonly session: SessionHook<DiditUser> | undefined
  readonly authorizeStaff: AuthorizeStaff | undefined
  readonly storage: Storage
  readonly ticketSecret: string
  readonly allowedOrigins: ReadonlySet<string>
  readonly basePath: string
  readonly application: string
  readonly didit: { readonly baseUrl?: string; readonly timeoutMs?: number; readonly fetch?: typeof fetch }
  readonly limits: {
    readonly createsPerMinute: number
    readonly createsPerMinutePerAddress: number
    readonly refreshesPerMinute: number
  }
  /** The number of trusted proxies; 0 is none. */
  readonly trustProxy: number
  readonly retention: {
    readonly eventDays: number
    readonly sessionDays: number | null
    readonly deleteAtDidit: boolean
  }
  readonly logger: Logger
  readonly now: () => number
  readonly random: () => number
}

const anyFunction = (expected: string) =>
  z.custom<(...input: never[]) => unknown>((it) => typeof it === 'function', expected)
const text = z.string('a string that is not empty').check(z.minLength(1, 'a string that is not empty'))
const positive = z.int('a whole number above 0').check(z.gte(1, 'a whole number above 0'))
const days = z.int('a whole number of days').check(z.gte(1, 'at least 1 day'), z.lte(36_500, 'at most 36 500 days'))
const methods = (names: readonly string[], expected: string) =>
  z.custom<object>(
    (it) => typeof it === 'object' && it !== null && names.every((name) => typeof Reflect.get(it, name) === 'function'),
    expected,
  )
const workflowId = z.guid('the id of a workflow, as 8-4-4-4-12 hex digits')

const optionsSchema = z.strictObject({
  apiKey: text,
  webhookSecrets: z
    .array(text, 'a list of secrets, the current one first')
    .check(z.minLength(1, 'at least one secret')),
  environment: z.enum(['live', 'sandbox'], "'live' or 'sandbox'"),
  workflows: z
    .record(
      z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'an alias of letters, digits, - and _')),
      z.union(
        [
          workflowId,
          z.strictObject({ id: workflowId, maxAgeDays: z.optional(positive), maxAttempts: z.optional(positive) }),
        ],
        'a workflow id (8-4-4-4-12 hex digits), or { id, maxAgeDays, maxAttempts } with whole numbers above 0',
      ),
      'an object from aliases to workflow ids',
    )
    .check(z.refine((it) => Object.keys(it).length > 0, 'at least one workflow')),
  authenticate: anyFunction('a function from a Request to { userId } or null'),
  vendorData: z.optional(anyFunction('a function from a user to a string')),
  session: z.optional(anyFunction('a function from { user, workflow, request } to details, null or undefined')),
  authorizeStaff: z.optional(anyFunction('a function from (request, { action, sessionId }) to { staffId } or null')),
  storage: methods(
    ['open', 'application', 'check', 'close'],
    'a Storage, such as memoryStorage() or sqliteStorage({ path })',
  ),
  ticketSecret: z.string('a string of at least 32 characters').check(z.minLength(32, 'at least 32 characters')),
  allowedOrigins: z
    .array(
      z
        .string()
        .check(
          z.refine(
            (it) => URL.canParse(it) && /^https?:$/.test(new URL(it).protocol) && new URL(it).origin === it,
            'an origin such as https://app.example.com, without a path or a slash at the end',
          ),
        ),
      'a list of origins',
    )
    .check(z.minLength(1, 'at least one origin')),
  basePath: z.optional(
    z.string('a path').check(z.regex(/^(\/[\w.~-]+)*\/?$/, 'a path such as /api/didit, without wildcards or query')),
  ),
  application: z.optional(text),
  didit: z.optional(
    z.strictObject({
      baseUrl: z.optional(text),
      timeoutMs: z.optional(positive),
      fetch: z.optional(anyFunction('a fetch function')),
    }),
  ),
  limits: z.optional(
    z.strictObject({
      createsPerMinute: z.optional(positive),
      createsPerMinutePerAddress: z.optional(positive),
      refreshesPerMinute: z.optional(positive),
    }),
  ),
  trustProxy: z.optional(
    z.union([z.boolean(), z.int().check(z.gte(0), z.lte(20))], 'true, false, or the number of trusted proxies'),
  ),
  retention: z.optional(
    z.strictObject({
      eventDays: z.optional(days),
      sessionDays: z.optional(days),
      deleteAtDidit: z.optional(z.boolean('true or false')),
    }),
  ),
  logger: z.optional(methods(['debug', 'info', 'warn', 'error'], 'a logger with debug, info, warn and error')),
  now: z.optional(anyFunction('a function that returns epoch milliseconds')),
  random: z.optional(anyFunction('a function that returns a number from 0 to below 1')),
})

/**
 * Checks the options and fills in defaults.
 *
 * @throws {ConfigError} Names the option and what was expected of it; never its value, which may be a secret.
 */
export function readConfig<User extends DiditUser>(options: DiditServerOptions<User>): Config {
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describe).join(' '), { help: seeReadme })
  const workflows = new Map<string, WorkflowOptions>()
  for (const [alias, workflow] of Object.entries(options.workflows)) {
    const full = typeof workflow === 'string' ? { id: workflow } : workflow
    for (const [other, { id }] of workflows) {
      if (id.toLowerCase() !== full.id.toLowerCase()) continue
      throw new ConfigError(`The option workflows names one workflow twice: ${other} and ${alias}.`, {
        help: 'Didit returns one unfinished Session per user and workflow, so it could belong to neither alias for sure.',
      })
    }
    workflows.set(alias, { ...full, id: full.id.toLowerCase() })
  }
  const { baseUrl, timeoutMs, fetch } = options.didit ?? {}
  const { eventDays = 30, sessionDays = null, deleteAtDidit = false } = options.retention ?? {}
  checkRetention({ sessionDays, deleteAtDidit }, workflows)
  return {
    apiKey: options.apiKey,
    webhookSecrets: [...options.webhookSecrets],
    environment: options.environment,
    workflows,
    // The server hands these only what they themselves have returned.
    authenticate: options.authenticate as Authenticate,
    vendorData: (options.vendorData ?? ((user) => user.userId)) as (user: DiditUser) => string,
    session: options.session as SessionHook<DiditUser> | undefined,
    authorizeStaff: options.authorizeStaff,
    storage: options.storage,
    ticketSecret: options.ticketSecret,
    allowedOrigins: new Set(options.allowedOrigins),
    basePath: (options.basePath ?? '/api/didit').replace(/\/$/, ''),
    application: options.application ?? 'default',
    didit: { ...(baseUrl ? { baseUrl } : {}), ...(timeoutMs ? { timeoutMs } : {}), ...(fetch ? { fetch } : {}) },
    limits: {
      createsPerMinute: options.limits?.createsPerMinute ?? 10,
      createsPerMinutePerAddress: options.limits?.createsPerMinutePerAddress ?? 30,
      refreshesPerMinute: options.limits?.refreshesPerMinute ?? 6,
    },
    trustProxy: Number(options.trustProxy ?? 0),
    retention: { eventDays, sessionDays, deleteAtDidit },
    logger: guardLogger(options.logger ?? createLogger('info')),
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
  }
}

/** Refuses to promise two things at once: that an approval counts, and that it is removed. */
function checkRetention(
  { sessionDays, deleteAtDidit }: Pick<Config['retention'], 'sessionDays' | 'deleteAtDidit'>,
  workflows: ReadonlyMap<string, WorkflowOptions>,
): void {
  if (sessionDays === null) {
    if (!deleteAtDidit) return
    throw new ConfigError('The option retention.deleteAtDidit has no effect without retention.sessionDays.', {
      help: 'Say with sessionDays after how many days a Session that is over is removed.',
    })
  }
  for (const [alias, { maxAgeDays }] of workflows) {
    if (maxAgeDays !== undefined && maxAgeDays <= sessionDays) continue
    const counts = maxAgeDays === undefined ? 'for ever' : 'for longer'
    throw new ConfigError(
      `The option retention.sessionDays would remove approvals of the workflow ${alias} that count ${counts}.`,
      { help: `Give the workflow ${alias} a maxAgeDays that is not above sessionDays.` },
    )
  }
}

const seeReadme = 'The table of options is in the README of @didit-verify/server.'

function describe(issue: {
  code?: string
  path: readonly PropertyKey[]
  message: string
  keys?: readonly string[]
}): string {
  const place = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return `Unknown option: ${(issue.keys ?? []).map((key) => (place ? `${place}.${key}` : key)).join(', ')}.`
  }
  return place ? `The option ${place} must be ${issue.message}.` : 'The options must be an object.'
}
