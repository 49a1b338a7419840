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
 * @throws The body was incomplete, or did not arrive in time.
 */
export async function readBody(request: Request, { maxBytes, timeoutMs }: BodyLimits): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return null
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

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
