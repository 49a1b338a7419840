import { type Issue, RequestError, sessionStatuses } from '@didit-verify/core/schemas'
import * as z from 'zod/mini'

/** A status Didit has; anything else is told which those are. */
export const statusSchema = z.enum(sessionStatuses, `Expected one of: ${sessionStatuses.join(', ')}.`)

/** True: until switched off. A number: the next so many. */
const timesSchema = z.union([z.boolean(), z.int().check(z.gte(0), z.lte(1000))])

const notALimit = 'Expected a whole number from 1 to 1000000.'
const limitSchema = z.optional(z.int(notALimit).check(z.gte(1, notALimit), z.lte(1_000_000, notALimit)))

/** What can be made to go wrong. Everything is off unless named; each new set replaces the one before. */
export const faultsSchema = z.strictObject({
  /** Holds every webhook back by so many milliseconds. */
  delayMs: z.optional(z.int().check(z.gte(0), z.lte(600_000))),
  /** Sends each webhook twice, or with a number so many extra times, byte for byte the same. */
  duplicate: z.optional(z.union([z.boolean(), z.int().check(z.gte(0), z.lte(100))])),
  /** Swaps each two neighbouring webhooks: the first waits until the second has been delivered. */
  reorder: z.optional(z.boolean()),
  /** Never sends them: all, or the next so many. */
  drop: z.optional(timesSchema),
  /** Signs them with a secret the receiver does not know: all, or the next so many. */
  forge: z.optional(timesSchema),
  /** Makes `/v3/…` fail with a status, answer late, or both: for good, or for the next `count` calls. */
  api: z.optional(
    z.strictObject({
      status: z.optional(z.int().check(z.gte(400), z.lte(599))),
      count: z.optional(z.int().check(z.gte(1), z.lte(1000))),
      delayMs: z.optional(z.int().check(z.gte(0), z.lte(600_000))),
      retryAfterSeconds: z.optional(z.int().check(z.gte(0), z.lte(86_400))),
    }),
  ),
  /** Other limits than those the emulator was started with, or none: calls of each kind per minute. */
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
  /** The application has run out of credits: nothing new is begun. */
  noCredits: z.optional(z.boolean()),
  /** People for whom no Session may be created, by their `vendor_data`. */
  blockedUsers: z.optional(z.array(z.string())),
  /** Every Session is part of a filed report, and may not be deleted. Of the generation `late-2026`. */
  filedReport: z.optional(z.boolean()),
  /** The hosted page reports this status, whatever the outcome was. */
  pageClaims: z.optional(statusSchema),
  /** The hosted page posts no messages. */
  silentPage: z.optional(z.boolean()),
  /** The hosted page refuses to be framed. */
  blockFrame: z.optional(z.boolean()),
  /** The hosted page posts JSON text instead of objects. */
  stringMessages: z.optional(z.boolean()),
  /** The hosted page names its steps and documents as it did for the vendor's web SDK 0.2.0. */
  oldStepNames: z.optional(z.boolean()),
  /** The hosted page stays where it is in the end, callback or not. */
  stayOnPage: z.optional(z.boolean()),
})

/** See the fields of `faultsSchema`. */
export type Faults = z.infer<typeof faultsSchema>

const issuesOf = (error: z.core.$ZodError): Issue[] =>
  error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'There is no such field.' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  )

/** Checks what came to a control, naming the first field that is wrong. */
export function parseControl<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = z.safeParse(schema, value)
  if (result.success) return result.data
  const issues = issuesOf(result.error)
  const named = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' ')
  throw new RequestError('request-invalid', `The emulator cannot do that. ${named}`, { status: 400, issues })
}

/** The faults in force, with their counts running down. */
export interface FaultBox {
  current(): Faults
  set(value: unknown): Faults
  /** Uses up one of a counted fault; false when it is off. */
  take(name: 'drop' | 'forge'): boolean
  /** Uses up one of the API fault; undefined when it is off. */
  takeApi(): NonNullable<Faults['api']> | undefined
}

/** Creates the box, empty. */
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
