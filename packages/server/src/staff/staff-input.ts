import { type Issue, RequestError } from '@didit-verify/core/schemas'
import type { Context } from 'hono'
import { isGuid } from '../guid.ts'
import { readJson } from '../http/body-text.ts'

/**
 * Reads the queries and bodies that staff send, and checks the names of their fields. The client of Didit's API checks the
 * values before it sends a request.
 *
 * Unknown fields are refused. If they were ignored, a list could show more than the filter asked for, or a change could do
 * less than intended.
 */

const mostRows = 100
const usualRows = 20

/**
 * Returns the query parameters. Empty ones are left out.
 *
 * @throws {RequestError} `request-invalid` for a parameter that is unknown or repeated.
 */
export function readQuery<Name extends string>(c: Context, names: readonly Name[]): Partial<Record<Name, string>> {
  const query: Partial<Record<Name, string>> = {}
  for (const [name, value] of new URL(c.req.url).searchParams) {
    const known = names.find((it) => it === name)
    if (known === undefined) throw invalid(name, `Unknown parameter. Allowed: ${names.join(', ')}.`)
    if (value === '') continue
    if (known in query) throw invalid(name, 'Sent more than once. Separate several values by commas.')
    query[known] = value
  }
  return query
}

/** Returns the limit and offset of a list. The default limit is 20 rows. */
export function readPage({ limit, offset }: { limit?: string | undefined; offset?: string | undefined }) {
  return {
    limit: readNumber('limit', limit, { usual: usualRows, least: 1, most: mostRows }),
    offset: readNumber('offset', offset, { usual: 0, least: 0, most: 1_000_000_000 }),
  }
}

function readNumber(
  name: string,
  value: string | undefined,
  { usual, least, most }: { usual: number; least: number; most: number },
): number {
  if (value === undefined) return usual
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN
  if (number >= least && number <= most) return number
  throw invalid(name, `Expected a whole number from ${least} to ${most}.`)
}

/** Returns a Session id in lower case, or null for a value that is not an id. */
export function toSessionId(value: unknown): string | null {
  return isGuid(value) ? value.toLowerCase() : null
}

/** A body that has been read but not checked, or the error of reading it. */
export type SentBody = { readonly value: unknown } | { readonly fault: unknown }

/** Reads a body and never throws. The route authorizes the sender before it reports an error of the body. */
export function peekBody(request: Request): Promise<SentBody> {
  return readJson(request, invalid).then(
    (value) => ({ value }),
    (fault: unknown) => ({ fault }),
  )
}

/** Returns the id of the Session that a body names, or null. */
export function sessionIdIn(body: SentBody): string | null {
  const value = 'value' in body ? body.value : null
  return toSessionId((value as { session_id?: unknown } | null)?.session_id)
}

/**
 * Returns the fields of a body.
 *
 * @throws {RequestError} `request-invalid` when the body is not a JSON object, or has a field that is not in `names`.
 */
export function fieldsOf(body: SentBody, names: readonly string[]): Readonly<Record<string, unknown>> {
  if ('fault' in body) throw body.fault
  const { value } = body
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('', 'Expected an object.')
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) throw invalid(name, `Unknown field. Allowed: ${names.join(', ')}.`)
  }
  return value as Readonly<Record<string, unknown>>
}

/** Returns the error for an invalid field or parameter. */
export function invalid(path: string, message: string): RequestError {
  return new RequestError('request-invalid', `The request is invalid${path ? ` at ${path}` : ''}.`, {
    status: 400,
    issues: [{ path, message } satisfies Issue],
  })
}
