import { isIP } from 'node:net'
import type { CreateSessionRequest } from '@didit-verify/core/schemas'
import * as z from 'zod/mini'
import { isDiditLanguage } from './language.ts'

/**
 * Reads the details of a person that the option `session` returns, for checks that compare them and for messages.
 *
 * Most of this is personal data. It goes to Didit and nowhere else: not into the storage, the log or an answer. An error
 * about it names the field, never its value.
 */

/** Values that Didit compares with the ones it reads. @see Didit docs, "Create session", `expected_details` */
export interface ExpectedDetails {
  readonly first_name?: string | undefined
  readonly last_name?: string | undefined
  /** As `YYYY-MM-DD`. */
  readonly date_of_birth?: string | undefined
  readonly gender?: 'M' | 'F' | null | undefined
  /** Three capital letters (ISO 3166-1 alpha-3), like all countries here. */
  readonly nationality?: string | undefined
  readonly country?: string | undefined
  /** Of the document; counts before `country`. */
  readonly id_country?: string | undefined
  /** Of the proof of address; counts before `country`. */
  readonly poa_country?: string | undefined
  /** Needs `country`, `id_country` or `poa_country` beside it. */
  readonly address?: string | undefined
  readonly identification_number?: string | undefined
  readonly ip_address?: string | undefined
  /** Any of P, ID, DL, RP, HIC, TC, SSC. */
  readonly expected_document_types?: readonly string[] | undefined
  /** For business workflows, like the next two; the fields of a person are then ignored. */
  readonly company_name?: string | undefined
  /** Two letters, or two and a region: `ES`, `US-CA`. */
  readonly registry_country?: string | undefined
  readonly registration_number?: string | undefined
}

/** How Didit may reach the person. */
export interface ContactDetails {
  readonly email?: string | undefined
  /** Whether Didit writes to `email` by itself. */
  readonly send_notification_emails?: boolean | undefined
  /** A language that Didit speaks, such as `es`. */
  readonly email_lang?: string | undefined
  /** As `+34600111222`. */
  readonly phone?: string | undefined
}

/** The answer of the option `session`, in Didit's own field names. */
export interface SessionDetails {
  readonly expected_details?: ExpectedDetails | undefined
  readonly contact_details?: ContactDetails | undefined
  /** Any JSON. Didit echoes it in webhooks and decisions. */
  readonly metadata?: unknown
}

/** The input of the option `session`. */
export interface SessionQuestion<User> {
  readonly user: User
  /** The alias. */
  readonly workflow: string
  /** The request that starts the Session, without its body. */
  readonly request: Request
}

/** Returns details of this person for Didit, or nothing. */
export type SessionHook<User> = (
  question: SessionQuestion<User>,
) => Promise<SessionDetails | null | undefined> | SessionDetails | null | undefined

const maxWaitMs = 10_000

const text = z.optional(z.string('text').check(z.minLength(1, 'text')))
const textUpTo = (length: number) =>
  z.optional(
    z.string('text').check(z.minLength(1, 'text'), z.maxLength(length, `text of at most ${length} characters`)),
  )
const country = z.optional(
  z.string('a country as three capital letters').check(z.regex(/^[A-Z]{3}$/, 'a country as three capital letters')),
)
const like = (isIt: (value: string) => boolean, expected: string) =>
  z.optional(z.string(expected).check(z.refine(isIt, expected)))

const isDay = (value: string) => {
  const day = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00Z`) : null
  // A 31st of February would else move on into March.
  return day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)
}
const documentTypes = ['P', 'ID', 'DL', 'RP', 'HIC', 'TC', 'SSC']
const documentType = z
  .string('one of P, ID, DL, RP, HIC, TC, SSC')
  .check(z.refine((it) => documentTypes.includes(it.toUpperCase()), 'one of P, ID, DL, RP, HIC, TC, SSC'))

const expectedDetailsSchema = z
  .strictObject(
    {
      first_name: text,
      last_name: text,
      date_of_birth: like(isDay, 'a day as YYYY-MM-DD'),
      gender: z.optional(z.nullable(z.enum(['M', 'F'], "'M', 'F' or null"))),
      nationality: country,
      country,
      id_country: country,
      poa_country: country,
      address: text,
      identification_number: text,
      ip_address: like((it) => isIP(it) !== 0, 'an IPv4 or IPv6 address'),
      expected_document_types: z.optional(z.array(documentType, 'a list')),
      company_name: textUpTo(255),
      registry_country: like((it) => /^[A-Z]{2}(-[A-Z0-9]{1,7})?$/.test(it), 'a country such as ES or US-CA'),
      registration_number: textUpTo(100),
    },
    'an object',
  )
  .check(
    z.refine((it) => it.address === undefined || Boolean(it.country ?? it.id_country ?? it.poa_country), {
      path: ['address'],
      message: 'together with country, id_country or poa_country',
    }),
  )

const detailsSchema = z.strictObject(
  {
    expected_details: z.optional(expectedDetailsSchema),
    contact_details: z.optional(
      z.strictObject(
        {
          email: like((it) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(it), 'an e-mail address'),
          send_notification_emails: z.optional(z.boolean('true or false')),
          email_lang: like(isDiditLanguage, 'a language that Didit speaks'),
          phone: like((it) => /^\+[1-9]\d{4,14}$/.test(it), 'a number such as +34600111222'),
        },
        'an object',
      ),
    ),
    metadata: z.optional(z.unknown().check(z.refine(isJson, 'JSON'))),
  },
  'an object, null or undefined',
)

/**
 * Asks the host what Didit shall know of a person.
 *
 * @returns The checked answer: fields for the body of the creation, and none for an empty answer.
 * @throws {TypeError} The host answered wrongly, not in 10 s, or threw. The message is made for a log.
 */
export async function askForDetails<User>(
  hook: SessionHook<User> | undefined,
  question: SessionQuestion<User>,
): Promise<Pick<CreateSessionRequest, keyof SessionDetails>> {
  const answer: unknown = hook && (await inTime(hook, question))
  if (answer === null || answer === undefined) return {}
  const parsed = detailsSchema.safeParse(answer)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue?.path.map(String).join('.') ?? ''
  if (issue?.code === 'unrecognized_keys') {
    const unknown = issue.keys.map((key) => (place ? `${place}.` : '') + toName(key)).join(', ')
    throw new TypeError(`The option session answered with a field that Didit does not know: ${unknown}.`)
  }
  throw new TypeError(`The option session must answer with ${issue?.message}${place ? ` at ${place}` : ''}.`)
}

async function inTime<User>(hook: SessionHook<User>, question: SessionQuestion<User>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TypeError(`The option session did not answer within ${maxWaitMs} ms.`)),
      maxWaitMs,
    )
  })
  try {
    // An answer or an error that comes after the timeout is dropped.
    return await Promise.race([
      Promise.resolve()
        .then(() => hook(question))
        .catch(rethrow),
      tooLate,
    ])
  } finally {
    clearTimeout(timer)
  }
}

/** Says where the host's function threw, without its words: they may quote the person's data. */
function rethrow(cause: unknown): never {
  const fault = new TypeError('The option session threw an error.')
  fault.stack = [`${fault.name}: ${fault.message}`, ...framesOf(cause)].join('\n')
  throw fault
}

/** The lines of a stack that name places. They begin behind the message, in which a line may look like one of them. */
function framesOf(cause: unknown): string[] {
  if (!(cause instanceof Error)) return []
  const { message, stack = '' } = cause
  const at = stack.indexOf(message)
  if (at < 0) return []
  const lines = stack.slice(at + message.length).split('\n')
  return lines.filter((line) => /^\s+at /.test(line))
}

function isJson(value: unknown): boolean {
  try {
    return value === undefined || JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}

/** A key is the host's code, unless somebody has mixed up keys and values. */
const toName = (key: string) => (/^\w{1,40}$/.test(key) ? key : '(not a name)')
