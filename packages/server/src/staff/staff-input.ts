import { type Issue, RequestError } from '@didit-verify/core/schemas'
import type { Context } from 'hono'
import { isGuid } from '../guid.ts'
import { readJson } from '../http/body-text.ts'

/**
 * What staff send, as far as this server looks at it: which fields there are. What a field must be is checked by the
 * client of Didit's API, before it asks Didit anything.
 *
 * A field that is not known is refused. To pass one over would show more than was filtered for, or do less than was
 * meant.
 */

const mostRows = 100
const usualRows = 20

/** @throws {RequestError} `request-invalid` for a parameter that is unknown or repeated. Empty ones are left out. */
export function readQuery<Name extends string>(c: Context, names: readonly Name[]): Partial<Record<Name, string>> {
  const query: Partial<Record<Name, string>> = {}
  for (const [name, value] of new URL(c.req.url).searchParams) {
    const known = names.find((it) => it === name)
    if (known === undefined) throw invalid(name, `Unknown parameter. Known are ${names.join(', ')}.`)
    if (value === '') continue
    if (known in query) throw invalid(name, 'Sent more than once: several values take commas between them.')
    query[known] = value
  }
  return query
}

/** Where in a list to begin, and how many rows to give: 20 where nothing is said. */
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

/** The id of a Session in lower case, or null for what cannot be one. */
export function toSessionId(value: unknown): string | null {
  return isGuid(value) ? value.toLowerCase() : null
}

/** A body that has been read, but not looked at yet. */
export type SentBody = { readonly value: unknown } | { readonly fault: unknown }

/** Reads a body without complaint, for whoever must know what it is about before its sender may hear what is wrong. */
export function peekBody(request: Request): Promise<SentBody> {
  return readJson(request, invalid).then(
    (value) => ({ value }),
    (fault: unknown) => ({ fault }),
  )
}

/** The id of the Session that a body names, if it does. */
export function sessionIdIn(body: SentBody): string | null {
  const value = 'value' in body ? body.value : null
  return toSessionId((value as { session_id?: unknown } | null)?.session_id)
}

/** @throws {RequestError} `request-invalid` for what is no JSON object, or has a field that is not listed. */
export function fieldsOf(body: SentBody, names: readonly string[]): Readonly<Record<string, unknown>> {
  if ('fault' in body) throw body.fault
  const { value } = body
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('', 'Expected an object.')
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) throw invalid(name, `Unknown field. Known are ${names.join(', ')}.`)
  }
  return value as Readonly<Record<string, unknown>>
}

/** The error for something that was sent. */
export function invalid(path: string, message: string): RequestError {
  return new RequestError('request-invalid', `The request is not as expected${path ? ` at ${path}` : ''}.`, {
    status: 400,
    issues: [{ path, message } satisfies Issue],
  })
}
