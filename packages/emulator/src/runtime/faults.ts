import { type Issue, RequestError, sessionStatuses } from '@didit-verify/core/schemas'
import * as z from 'zod/mini'

/** Schema of Didit's statuses. The message for any other value lists them. */
export const statusSchema = z.enum(sessionStatuses, `Expected one of: ${sessionStatuses.join(', ')}.`)

/** True: all, until the fault is switched off. A number: the next n. */
const timesSchema = z.union([z.boolean(), z.int().check(z.gte(0), z.lte(1000))])

const notALimit = 'Expected a whole number from 1 to 1000000.'
const limitSchema = z.optional(z.int(notALimit).check(z.gte(1, notALimit), z.lte(1_000_000, notALimit)))

/** Schema of the faults. A fault that is not named is off. Each new set replaces the previous one. */
export const faultsSchema = z.strictObject({
  /** Delays every webhook, in milliseconds. */
  delayMs: z.optional(z.int().check(z.gte(0), z.lte(600_000))),
  /** Sends each webhook again with the same bytes: once for true, or the given number of times. */
  duplicate: z.optional(z.union([z.boolean(), z.int().check(z.gte(0), z.lte(100))])),
  /** Swaps consecutive webhooks: the first one waits until the second one is delivered. */
  reorder: z.optional(z.boolean()),
  /** Does not send webhooks: all, or the next n. */
  drop: z.optional(timesSchema),
  /** Signs webhooks with a wrong secret: all, or the next n. */
  forge: z.optional(timesSchema),
  /** Makes `/v3/…` fail with a status, answer late, or both: always, or for the next `count` calls. */
  api: z.optional(
    z.strictObject({
      status: z.optional(z.int().check(z.gte(400), z.lte(599))),
      count: z.optional(z.int().check(z.gte(1), z.lte(1000))),
      delayMs: z.optional(z.int().check(z.gte(0), z.lte(600_000))),
      retryAfterSeconds: z.optional(z.int().check(z.gte(0), z.lte(86_400))),
    }),
  ),
  /** Replaces the rate limits of the emulator, in calls per minute. False: no limits. */
  rateLimits: z.optional(
    z.union(
      [
        z.literal(false),
        z.strictObject({
          create: limitSchema,
          read: limitSchema,
          write: limitSchema,
          pdf: limitSchema,
          sandboxPerDay: limitSchema,
        }),
      ],
      'Expected false, or whole numbers above zero for create, read, write, pdf or sandboxPerDay.',
    ),
  ),
  /** The application has no credits left, so no new Session can be created. */
  noCredits: z.optional(z.boolean()),
  /** The `vendor_data` of users for whom no Session can be created. */
  blockedUsers: z.optional(z.array(z.string())),
  /** Every Session is part of a filed report and cannot be deleted. Only in the generation `late-2026`. */
  filedReport: z.optional(z.boolean()),
  /** The hosted page reports this status instead of the real outcome. */
  pageClaims: z.optional(statusSchema),
  /** The hosted page posts no messages. */
  silentPage: z.optional(z.boolean()),
  /** The hosted page cannot be shown in a frame. */
  blockFrame: z.optional(z.boolean()),
  /** The hosted page posts JSON strings instead of objects. */
  stringMessages: z.optional(z.boolean()),
  /** The hosted page uses the step and document names of the vendor's web SDK 0.2.0. */
  oldStepNames: z.optional(z.boolean()),
  /** The hosted page does not go to the callback by itself. */
  stayOnPage: z.optional(z.boolean()),
})

/** Faults of the emulator. The fields are described in `faultsSchema`. */
export type Faults = z.infer<typeof faultsSchema>

const issuesOf = (error: z.core.$ZodError): Issue[] =>
  error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'There is no such field.' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  )

/** Parses the input of a control. Throws a `RequestError` that names the invalid fields. */
export function parseControl<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = z.safeParse(schema, value)
  if (result.success) return result.data
  const issues = issuesOf(result.error)
  const named = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' ')
  throw new RequestError('request-invalid', `The emulator cannot do that. ${named}`, { status: 400, issues })
}

/** The current faults of one emulator. Counted faults decrease with use. */
export interface FaultBox {
  current(): Faults
  set(value: unknown): Faults
  /** Tells whether a fault applies now, and uses up one if it is counted. */
  take(name: 'drop' | 'forge'): boolean
  /** Returns the API fault if it applies now, and uses up one if it is counted. */
  takeApi(): NonNullable<Faults['api']> | undefined
}

/** Creates the faults of one emulator. All are off. */
export function createFaultBox(): FaultBox {
  let faults: Faults = {}
  return {
    current: () => faults,
    set(value) {
      faults = parseControl(faultsSchema, value)
      return faults
    },
    take(name) {
      const left = faults[name]
      if (typeof left === 'number' && left > 0) faults = { ...faults, [name]: left - 1 }
      return left === true || (typeof left === 'number' && left > 0)
    },
    takeApi() {
      const { api } = faults
      if (api?.count !== undefined) {
        const { api: _spent, ...rest } = faults
        faults = api.count > 1 ? { ...faults, api: { ...api, count: api.count - 1 } } : rest
      }
      return api
    },
  }
}
