import { isDiditError, RequestError } from '@didit-verify/core/schemas'
import { readBody } from './body.ts'

/** Reads request bodies as text, with checks of content type, size and encoding. */

const bodyLimits = { maxBytes: 16_384, timeoutMs: 10_000 }

/** Creates the error for a body that cannot be read, from the field's path and the expected value. */
export type Refuse = (path: string, message: string) => RequestError

/**
 * Returns the body as text.
 *
 * @throws {RequestError} The error from `refuse`, `body-too-large`, or `internal` if the body was read before.
 */
export async function readText(request: Request, type: string, refuse: Refuse): Promise<string> {
  const [sent = ''] = (request.headers.get('content-type') ?? '').split(';', 1)
  if (sent.trim().toLowerCase() !== type) throw refuse('', `Expected the content type ${type}.`)
  const bytes = await readBody(request, bodyLimits).catch((error: unknown) => {
    if (isDiditError(error)) throw error
    throw refuse('', 'The body was incomplete or took too long.')
  })
  if (bytes === null) {
    throw new RequestError('body-too-large', 'The body is larger than 16 KiB.', { status: 413 })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refuse('', 'Expected UTF-8.')
  }
}

/**
 * Returns the body, parsed as JSON.
 *
 * @throws {RequestError} The error from `refuse`, or `body-too-large`.
 */
export async function readJson(request: Request, refuse: Refuse): Promise<unknown> {
  const text = await readText(request, 'application/json', refuse)
  try {
    return JSON.parse(text)
  } catch {
    throw refuse('', 'Expected JSON.')
  }
}
