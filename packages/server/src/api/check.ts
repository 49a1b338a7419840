import { type Issue, RequestError } from '@didit-verify/core/schemas'
import type * as z from 'zod/mini'
import { isGuid } from '../guid.ts'
import type { Payload } from './request.ts'

/**
 * Looks at what a caller wants to send, before anything is sent.
 *
 * @throws {RequestError} `request-invalid`, with an issue for each field that cannot be right.
 */
export function check<Schema extends z.ZodMiniType>(schema: Schema, value: z.input<Schema>): void {
  const parsed = schema.safeParse(value)
  if (parsed.success) return
  throw invalid(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })))
}

/** Returns the id in lower case: Didit answers a page of HTML for a malformed id, and for capitals in some places. */
export function checkGuid(id: string, path: string): string {
  if (isGuid(id)) return id.toLowerCase()
  throw invalid([{ path, message: 'Expected 32 hex digits as 8-4-4-4-12.' }])
}

/** Checks a body and makes it ready to be sent, exactly as it was given. */
export function toJson<Schema extends z.ZodMiniType>(schema: Schema, body: z.input<Schema>): Payload {
  check(schema, body)
  try {
    return { contentType: 'application/json', body: JSON.stringify(body) }
  } catch {
    // The engine's message would tell of the content.
    throw invalid([{ path: '', message: 'Expected what can be written as JSON.' }])
  }
}

/** Checks a query and writes it down, with the question mark unless it is empty. */
export function toQuery<Schema extends z.ZodMiniType>(schema: Schema, query: z.input<Schema>): string {
  check(schema, query)
  const written = new URLSearchParams()
  for (const [name, value] of Object.entries(query as Record<string, unknown>)) {
    if (value === undefined) continue
    const items: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!items.every((item) => ['string', 'number', 'boolean'].includes(typeof item))) {
      throw invalid([{ path: name, message: 'Expected text, a number, true or false, or a list of them.' }])
    }
    written.append(name, items.map(String).join(','))
  }
  return written.size === 0 ? '' : `?${written}`
}

/** What to throw for something that is wrong before it is sent. */
export function invalid(issues: readonly Issue[]): RequestError {
  const fields = issues.map(({ path }) => path || 'the whole of it').join(', ')
  return new RequestError('request-invalid', `Didit was not asked, since this cannot be right: ${fields}.`, {
    status: 0,
    issues,
    help: 'See `issues` for what is expected of each field.',
  })
}
