import { RequestError } from '@didit-verify/core/schemas'
import { readBody } from './body.ts'

/** Bodies of requests as text: of the right type, whole, and not too large. */

const bodyLimits = { maxBytes: 16_384, timeoutMs: 10_000 }

/** Makes the error for a body that cannot be read: which field, and what was expected. */
export type Refuse = (path: string, message: string) => RequestError

/** @throws {RequestError} What `refuse` makes, or `body-too-large`. */
export async function readText(request: Request, type: string, refuse: Refuse): Promise<string> {
  const [sent = ''] = (request.headers.get('content-type') ?? '').split(';', 1)
  if (sent.trim().toLowerCase() !== type) throw refuse('', `Expected the content type ${type}.`)
  const bytes = await readBody(request, bodyLimits).catch(() => {
    throw refuse('', 'The body broke off, or took too long.')
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

/** @throws {RequestError} What `refuse` makes, or `body-too-large`. */
export async function readJson(request: Request, refuse: Refuse): Promise<unknown> {
  const text = await readText(request, 'application/json', refuse)
  try {
    return JSON.parse(text)
  } catch {
    throw refuse('', 'Expected JSON.')
  }
}
