import { type Issue, RequestError } from '@didit-verify/core/schemas'
import type * as z from 'zod/mini'
import { isGuid } from '../guid.ts'
import type { Payload } from './request.ts'

/**
 * Checks the caller's value against a schema, before anything is sent.
 *
 * @throws {RequestError} `request-invalid`, with an issue for each invalid field.
 */
export function check<Schema extends z.ZodMiniType>(schema: Schema, value: z.input<Schema>): void {
  const parsed = schema.safeParse(value)
  if (parsed.success) return
  throw invalid(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })))
}

/** Returns the id in lower case. Didit answers a malformed id with an HTML page, and at some endpoints an upper-case id too. */
export function checkGuid(id: string, path: string): string {
  if (isGuid(id)) return id.toLowerCase()
  throw invalid([{ path, message: 'Expected 32 hex digits as 8-4-4-4-12.' }])
}

/** Checks a body and returns it as JSON, unchanged. */
export function toJson<Schema extends z.ZodMiniType>(schema: Schema, body: z.input<Schema>): Payload {
  check(schema, body)
  try {
    return { contentType: 'application/json', body: JSON.stringify(body) }
  } catch {
    // The engine's error is dropped, since its message may quote the content.
    throw invalid([{ path: '', message: 'Expected a value that can be written as JSON.' }])
  }
}

/** Checks a query and returns it as text. The text starts with a question mark, unless it is empty. */
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

/** Returns the error for arguments that are invalid before they are sent. */
export function invalid(issues: readonly Issue[]): RequestError {
  const fields = issues.map(({ path }) => path || 'the whole body').join(', ')
  return new RequestError(
    'request-invalid',
    `The request was not sent to Didit because these fields are invalid: ${fields}.`,
    {
      status: 0,
      issues,
      help: 'See `issues` for the expected value of each field.',
    },
  )
}
