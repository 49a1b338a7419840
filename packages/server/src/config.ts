import { ConfigError } from '@didit-verify/core/schemas'
import * as z from 'zod/mini'
import { isLoopback } from './http/loopback.ts'
import { isUnprotected, originProblem } from './http/origins.ts'
import { createLogger, guardLogger, type Logger } from './logger.ts'
import { secretProblem } from './secrets.ts'
import type { SessionHook } from './sessions/session-details.ts'
import type { AuthorizeStaff } from './staff/authorize-staff.ts'
import type { Storage } from './storage/storage.ts'

/**
 * The options of `createDiditServer`: name, type, check, default and docstring of each stand once, in the schemas below.
 *
 * The public types are the input of the schemas, `Config` is their output. The message of a check completes the sentence
 * "The option … must be". The keys stand in plain objects, and each group of options has a named interface, because only
 * then TypeScript carries the docstrings of the keys over into the published declarations.
 */

/** The signed-in user, as the sign-in of the app knows them. An app may add fields of its own. */
export interface DiditUser {
  /** Stable and unique in the application. Never sent to a browser, never logged. */
  readonly userId: string
  /** A cookie to set with the answer, for a sign-in that begins with this request: the whole value of `Set-Cookie`. */
  readonly setCookie?: string | undefined
}

/** Returns the user who sends this request, or null if nobody is signed in. */
export type Authenticate<User extends DiditUser = DiditUser> = (request: Request) => Promise<User | null> | User | null

type Shape = Readonly<Record<string, z.ZodMiniType>>
type Input<Keys extends Shape> = Readonly<z.input<z.ZodMiniObject<Keys>>>
type Output<Keys extends Shape> = Readonly<z.output<z.ZodMiniObject<Keys>>>

const text = z.string('a string that is not empty').check(z.minLength(1, 'a string that is not empty'))
/** Creates a check that says in each case what the text must be instead. */
const mustBe = (problemOf: (text: string) => string | null) =>
  z.refine<string>((it) => problemOf(it as string) === null, {
    error: ({ input }) => problemOf(input as string) ?? undefined,
  })
const secret = z.string('a string that is not empty').check(mustBe(secretProblem))
const positive = z.int('a whole number above 0').check(z.gte(1, 'a whole number above 0'))
const days = z.int('a whole number of days').check(z.gte(1, 'at least 1 day'), z.lte(36_500, 'at most 36 500 days'))
const workflowId = z.guid('the id of a workflow, as 8-4-4-4-12 hex digits')

const functionOf = <Type>(expected: string) => z.custom<Type>((it) => typeof it === 'function', expected)
const objectWith = <Type>(methods: readonly (keyof Type & string)[], expected: string) =>
  z.custom<Type>(
    (it) =>
      typeof it === 'object' && it !== null && methods.every((name) => typeof Reflect.get(it, name) === 'function'),
    expected,
  )
const workflowShape = {
  /** The Workflow's id in Didit's console. */
  id: workflowId,
  /** For how many days an approval counts. Default: for ever. */
  maxAgeDays: z.optional(positive),
  /** How many Sessions one user may have. Default: any number. */
  maxAttempts: z.optional(positive),
}

/** A Workflow of Didit's console, and the host's rules for its Sessions. */
export interface WorkflowOptions extends Input<typeof workflowShape> {}
const workflowSchema: z.ZodMiniType<WorkflowOptions, WorkflowOptions> = z.strictObject(workflowShape)

const workflowsSchema = z
  .record(
    z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'an alias of letters, digits, - and _')),
    z.union(
      [workflowId, workflowSchema],
      'a workflow id (8-4-4-4-12 hex digits), or { id, maxAgeDays, maxAttempts } with whole numbers above 0',
    ),
    'an object from aliases to workflow ids',
  )
  .check(z.refine((it) => Object.keys(it).length > 0, 'at least one workflow'))

const retentionShape = {
  /**
   * For how many days webhooks are remembered, so that a repeated one is recognised. An older webhook changes nothing by
   * itself: the server asks Didit instead. Default 30. Servers that share application and storage should use one value.
   */
  eventDays: z._default(days, 30),
  /**
   * After how many days without a change a Session is removed if it is approved, declined, abandoned or expired. Must not
   * be below the `maxAgeDays` of any workflow, because an approval that still counts would be lost. Default: never.
   */
  sessionDays: z.pipe(
    z.optional(days),
    z.transform((it) => it ?? null),
  ),
  /**
   * Whether Sessions that `sessionDays` removes are deleted at Didit, too. Default false: Didit then keeps them as long as
   * its console says, and a later `erase` does not reach them there, because the link to the user is gone. A Session that
   * belongs to no user of this server, known only from its webhooks, is never deleted at Didit.
   */
  deleteAtDidit: z._default(z.boolean('true or false'), false),
}

/** How long stored data is kept. `tick` and the timer of `start` remove what is due. */
export interface RetentionOptions extends Input<typeof retentionShape> {}
interface RetentionConfig extends Output<typeof retentionShape> {}
const retentionSchema: z.ZodMiniType<RetentionConfig, RetentionOptions> = z.strictObject(retentionShape)

const diditShape = {
  /** Default `https://verification.didit.me`. */
  baseUrl: z.optional(text),
  /**
   * The origins that hosted pages may have, for an own domain at Didit. The list replaces the default: Didit's domain
   * (`https://*.didit.me`), and the origin of `baseUrl`. A hosted page of another origin is refused.
   */
  hostedOrigins: z.optional(
    z.readonly(
      z.array(
        z.string('an origin such as https://verify.example.com').check(mustBe(hostedOriginProblem)),
        'a list of origins',
      ),
    ),
  ),
  /** How long one call may take, in milliseconds. Default 10 000. */
  timeoutMs: z.optional(positive),
  /** Default: the global `fetch`. */
  fetch: z.optional(functionOf<typeof fetch>('a fetch function')),
}

interface DiditCallOptions extends Input<typeof diditShape> {}
interface DiditCallConfig extends Output<typeof diditShape> {}
const diditSchema: z.ZodMiniType<DiditCallConfig, DiditCallOptions> = z.strictObject(diditShape)

const limitsShape = {
  /** How many Sessions one user may create per minute, since each costs money. Default 10. */
  createsPerMinute: z._default(positive, 10),
  /** How many Sessions all users behind one address (for IPv6: one /64 network) may create per minute. Default 30. */
  createsPerMinutePerAddress: z._default(positive, 30),
  /** How many reads at Didit the browsers of one Session may ask for per minute. Default 6. */
  refreshesPerMinute: z._default(positive, 6),
  /** How many reads at Didit per minute may look whether a webhook was lost. Default 120, of 600 that Didit allows. */
  looksPerMinute: z._default(positive, 120),
  /** How many event streams one Session may have. One more ends the oldest. Default 8. */
  streamsPerSession: z._default(positive, 8),
  /** How many event streams one user, or one member of the staff, may have. Default 20. */
  streamsPerUser: z._default(positive, 20),
  /** How many event streams this process holds, those of staff included. Default 10 000. */
  streams: z._default(positive, 10_000),
}

interface LimitOptions extends Input<typeof limitsShape> {}
interface LimitConfig extends Output<typeof limitsShape> {}
const limitsSchema: z.ZodMiniType<LimitConfig, LimitOptions> = z.strictObject(limitsShape)

const originSchema = z.string('an origin such as https://app.example.com').check(mustBe(originProblem))

// A function only because the options depend on the type of the host's users.
const optionsShape = <User extends DiditUser>() => ({
  /** Didit's API key of one application and environment. */
  apiKey: secret,
  /** The secrets of the webhook destination: the current one first, then any being rotated out. */
  webhookSecrets: z.readonly(
    z.array(secret, 'a list of secrets, the current one first').check(z.minLength(1, 'at least one secret')),
  ),
  /** The environment of `apiKey`. Events of the other environment are stored, but change nothing. */
  environment: z.enum(['live', 'sandbox'], "'live' or 'sandbox'"),
  /** The Workflows offered, by alias. Browsers send only aliases; without one they mean `default`. */
  workflows: z.pipe(z.readonly(workflowsSchema), z.transform(toWorkflowMap)),
  /** The sign-in of the app: returns the user who sends this request, or null. */
  authenticate: functionOf<Authenticate<User>>('a function from a Request to { userId } or null'),
  /** The value that Didit stores as `vendor_data`: different for every user. Default: the user id. */
  vendorData: z._default(
    functionOf<(user: User) => string>('a function from a user to a string'),
    () => (user: User) => user.userId,
  ),
  /**
   * Returns details of a person for Didit; called when a Session is created. The details go only to Didit. If they are
   * invalid, or the function throws or takes longer than 10 s, no Session is created. Default: no details.
   */
  session: z.optional(
    functionOf<SessionHook<User>>('a function from { user, workflow, request } to details, null or undefined'),
  ),
  /**
   * Returns the member of the staff who sends this request, or null; called for each action under `/staff`. Default:
   * there are no such routes.
   */
  authorizeStaff: z.optional(
    functionOf<AuthorizeStaff>('a function from (request, { action, sessionId }) to { staffId } or null'),
  ),
  /** The place where Sessions and events are kept, such as `sqliteStorage({ path })`. */
  storage: objectWith<Storage>(
    ['open', 'application', 'check', 'close'],
    'a Storage, such as memoryStorage() or sqliteStorage({ path })',
  ),
  /** At least 32 random characters. The keys of tickets are derived from it. */
  ticketSecret: z.string('a string of at least 32 characters').check(
    z.minLength(32, 'at least 32 characters'),
    mustBe((it) => secretProblem(it, { allowInnerSpaces: true })),
  ),
  /**
   * The origins of the pages that may use this server, such as `https://app.example.com` or `capacitor://localhost`. Each
   * exactly as browsers send it: no patterns.
   */
  allowedOrigins: z.pipe(
    z.readonly(z.array(originSchema, 'a list of origins').check(z.minLength(1, 'at least one origin'))),
    z.transform((origins): ReadonlySet<string> => new Set(origins)),
  ),
  /** The path under which the host mounts the server. Default `/api/didit`. */
  basePath: z.pipe(
    z._default(
      z
        .string('a path')
        .check(
          z.regex(
            /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)*\/?$/,
            'a path such as /api/didit, without wildcards, dot segments or query',
          ),
        ),
      '/api/didit',
    ),
    z.transform((path) => path.replace(/\/$/, '')),
  ),
  /** Keeps several applications apart in one storage. Default `default`. */
  application: z._default(text, 'default'),
  /** How Didit's API is called. */
  didit: z.prefault(diditSchema, {}),
  /** How often users may do what costs money or work. */
  limits: z.prefault(limitsSchema, {}),
  /**
   * How many proxies in front of this server are trusted to add to `X-Forwarded-For`, `-Proto` and `-Host`; true is one.
   * Default false: the headers are ignored.
   */
  trustProxy: z.pipe(
    z._default(
      z.union([z.boolean(), z.int().check(z.gte(0), z.lte(20))], 'true, false, or the number of trusted proxies'),
      false,
    ),
    z.transform(Number),
  ),
  /** How long stored data is kept. */
  retention: z.prefault(retentionSchema, {}),
  /** Default: JSON lines on standard output, from `info` on. */
  logger: z.pipe(
    z._default(
      objectWith<Logger>(['debug', 'info', 'warn', 'error'], 'a logger with debug, info, warn and error'),
      () => createLogger('info'),
    ),
    z.transform(guardLogger),
  ),
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  now: z._default(functionOf<() => number>('a function that returns epoch milliseconds'), () => Date.now),
  /** Returns a number from 0 to below 1. Default `Math.random`. */
  random: z._default(functionOf<() => number>('a function that returns a number from 0 to below 1'), () => Math.random),
})

const optionsSchema = z.strictObject(optionsShape<DiditUser>())

/** Options of `createDiditServer`. */
export interface DiditServerOptions<User extends DiditUser = DiditUser>
  extends Input<ReturnType<typeof optionsShape<User>>> {}

/** The options as the server works with them: checked, and with every default filled in. */
export interface Config extends Output<ReturnType<typeof optionsShape<DiditUser>>> {}

/**
 * Checks the options and fills in defaults.
 *
 * @throws {ConfigError} Names the option and the expected value; never the value given, which may be a secret.
 */
export function readConfig<User extends DiditUser>(options: DiditServerOptions<User>): Config {
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describe).join(' '), { help: seeReadme })
  checkWorkflows(parsed.data.workflows)
  checkRetention(parsed.data)
  warnOfPlainHttp(parsed.data)
  return parsed.data
}

function toWorkflowMap(workflows: z.output<typeof workflowsSchema>): ReadonlyMap<string, WorkflowOptions> {
  const entries = Object.entries(workflows).map(([alias, workflow]) => {
    const full = typeof workflow === 'string' ? { id: workflow } : workflow
    return [alias, { ...full, id: full.id.toLowerCase() }] as const
  })
  return new Map(entries)
}

/** Refuses two aliases of one workflow. */
function checkWorkflows(workflows: Config['workflows']): void {
  const aliases = new Map<string, string>()
  for (const [alias, { id }] of workflows) {
    const other = aliases.get(id)
    if (other !== undefined) {
      throw new ConfigError(`The option workflows names one workflow twice: ${other} and ${alias}.`, {
        help: 'Use one alias. Didit returns one unfinished Session per user and workflow, so two aliases would share it.',
      })
    }
    aliases.set(id, alias)
  }
}

/** Refuses a retention under which an approval would be removed while it still counts. */
function checkRetention({ retention: { sessionDays, deleteAtDidit }, workflows }: Config): void {
  if (sessionDays === null) {
    if (!deleteAtDidit) return
    throw new ConfigError('The option retention.deleteAtDidit has no effect without retention.sessionDays.', {
      help: 'Set sessionDays: after how many days an approved, declined, abandoned or expired Session is removed.',
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

/** The server starts with such an origin, but a network on the way can change its pages. */
function warnOfPlainHttp({ allowedOrigins, logger }: Pick<Config, 'allowedOrigins' | 'logger'>): void {
  const origins = [...allowedOrigins].filter((origin) => isUnprotected(origin, isLoopback))
  if (origins.length === 0) return
  logger.warn({ origins }, 'allowedOrigins names pages of plain http: anybody on the way can change them')
}

function hostedOriginProblem(origin: string): string | null {
  const problem = originProblem(origin)
  if (problem !== null) return problem
  const { protocol, hostname } = new URL(origin)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
    ? null
    : 'an origin of https, or of http on this machine'
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
