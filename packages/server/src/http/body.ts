/** How much of a body is read, and for how long. */
export interface BodyLimits {
  readonly maxBytes: number
  /** In milliseconds. A body that trickles in would else hold its request for as long as the host allows. */
  readonly timeoutMs: number
}

/**
 * Reads a request's body, but not beyond its limits.
 *
 * @returns The bytes, or null when there are more.
 * @throws The body broke off, or did not come in time.
 */
export async function readBody(request: Request, { maxBytes, timeoutMs }: BodyLimits): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return null
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  // Not waited for: the answer to whoever sends too much or too slowly must not depend on the sender.
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
