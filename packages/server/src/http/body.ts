import { RequestError } from '@didit-verify/core/schemas'

/** Limits on the size of a body and the time to read it. */
export interface BodyLimits {
  readonly maxBytes: number
  /** In milliseconds. It keeps a slow sender from holding a request open. */
  readonly timeoutMs: number
}

/**
 * Reads a request's body within the limits.
 *
 * @returns The bytes, or null when the body is too large.
 * @throws {RequestError} `internal`: something read the body before.
 * @throws The body was incomplete, or did not arrive in time.
 */
export async function readBody(request: Request, { maxBytes, timeoutMs }: BodyLimits): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return null
  if (wasReadBefore(request)) throw bodyAlreadyRead()
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  // Not awaited: the answer to a sender that is too slow or sends too much must not depend on that sender.
  const leave = () => void reader.cancel().catch(() => {})
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooSlow = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The body took longer than ${timeoutMs} ms.`)), timeoutMs)
  })
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), tooSlow])
      if (done) break
      length += value.byteLength
      if (length > maxBytes) {
        leave()
        return null
      }
      chunks.push(value)
    }
  } catch (fault) {
    leave()
    throw fault
  } finally {
    clearTimeout(timer)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : concat(chunks, length)
}

/** Returns the error for a body that something in front of this server has consumed. */
export function bodyAlreadyRead(): RequestError {
  return new RequestError('internal', 'The body of the request had been read before it came to this server.', {
    status: 500,
    help: 'A body parser ran before the companion server: mount it before express.json() and the like, and hand didit.fetch a Request whose body is unread. A parser may stay in front if it keeps the bytes as rawBody.',
  })
}

function wasReadBefore(request: Request): boolean {
  if (request.bodyUsed || request.body?.locked) return true
  return request.body === null && Number(request.headers.get('content-length') ?? 0) > 0
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
