import { RequestError } from '@didit-verify/core/schemas'
import * as z from 'zod/mini'
import type { Config } from '../config.ts'
import { readJson, readText } from '../http/body-text.ts'
import { originOf } from '../http/origins.ts'
import type { StartInput } from '../sessions/start-request.ts'

/** Input for starting a verification. JSON and form have the same fields with the same limits. */

const maxAddressLength = 2_000
const short = z.string('Expected text.').check(z.minLength(1, 'Expected text.'), z.maxLength(100, 'Too long.'))
const startBodySchema = z.strictObject({
  workflow: z.optional(short),
  language: z.optional(short),
  returnTo: z.optional(
    z.string('Expected text.').check(z.minLength(1, 'Expected text.'), z.maxLength(maxAddressLength, 'Too long.')),
  ),
})
const fields = ['workflow', 'language', 'returnTo'] as const

/** @throws {RequestError} `request-invalid` or `body-too-large`. */
export async function readJsonWish(config: Config, request: Request): Promise<StartInput> {
  return toWish(config, request, await readJson(request, invalid))
}

/**
 * Reads the form of a page without JavaScript. Empty fields count as missing. Unknown fields are ignored, because
 * frameworks add fields of their own to every form.
 *
 * @throws {RequestError} `request-invalid` or `body-too-large`.
 */
export async function readFormWish(config: Config, request: Request): Promise<StartInput> {
  const form = new URLSearchParams(await readText(request, 'application/x-www-form-urlencoded', invalid))
  const sent = fields.flatMap((name): [string, string][] => {
    const values = form.getAll(name).filter((value) => value !== '')
    if (values.length > 1) throw invalid(name, 'Sent more than once.')
    return values.map((value) => [name, value])
  })
  return toWish(config, request, Object.fromEntries(sent))
}

/** Returns the page that contained the form, if the browser names it and it is one of the host's pages. */
export function readReferrer(config: Config, request: Request): string | undefined {
  const referrer = request.headers.get('referer') ?? ''
  if (referrer.length > maxAddressLength || !URL.canParse(referrer)) return undefined
  return toOwnAddress(config, new URL(referrer))
}

function toWish(config: Config, request: Request, body: unknown): StartInput {
  const parsed = startBodySchema.safeParse(body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0] as (typeof parsed.error.issues)[number]
    if (issue.code === 'unrecognized_keys') throw invalid(issue.keys[0] ?? '', 'Unknown field.')
    throw invalid(issue.path.join('.'), issue.path.length === 0 ? 'Expected an object.' : issue.message)
  }
  const { workflow = 'default', language, returnTo } = parsed.data
  return { workflow, language, returnTo: returnTo === undefined ? undefined : readReturnTo(config, request, returnTo) }
}

/** Makes `returnTo` absolute, and refuses an address outside the host's own pages (an open redirect). */
function readReturnTo(config: Config, request: Request, returnTo: string): string {
  const [first] = config.allowedOrigins
  const sender = request.headers.get('origin')
  const base = sender !== null && config.allowedOrigins.has(sender) ? sender : first
  const address = URL.canParse(returnTo, base) ? toOwnAddress(config, new URL(returnTo, base)) : undefined
  if (address === undefined) throw invalid('returnTo', 'Expected a path, or an address of an allowed origin.')
  return address
}

/** Returns the address if it is one of the host's pages. */
export function toOwnAddress(config: Pick<Config, 'allowedOrigins'>, url: URL): string | undefined {
  // A `blob:` address has no origin of its own here, though `url.origin` names that of the page that created it.
  const origin = originOf(url)
  const isPage = origin !== null && config.allowedOrigins.has(origin)
  return isPage && url.username === '' && url.password === '' ? url.href : undefined
}

function invalid(path: string, message: string): RequestError {
  return new RequestError('request-invalid', `The body is not as expected${path ? ` at ${path}` : ''}: ${message}`, {
    status: 400,
    issues: [{ path, message }],
    help: 'Send { workflow?: string, language?: string, returnTo?: string }: JSON, or to /start a urlencoded form.',
  })
}
