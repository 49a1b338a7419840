/**
 * Reads the beginning of a stream and returns it together with the whole stream.
 *
 * @returns The first `length` bytes, or fewer when the stream is shorter, and the stream from its first byte on. That
 *   stream reads only on demand and passes a cancel on.
 */
export async function peek(
  stream: ReadableStream<Uint8Array>,
  length: number,
): Promise<{ readonly head: Uint8Array; readonly whole: ReadableStream<Uint8Array> }> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  while (size < length) {
    const { done, value } = await reader.read()
    if (done) break
    chunks.push(value)
    size += value.byteLength
  }
  const whole = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const known = chunks.shift()
        if (known !== undefined) return controller.enqueue(known)
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // No read-ahead.
    { highWaterMark: 0 },
  )
  // Only the first bytes are copied, since a chunk is usually much longer.
  return { head: join(chunks, Math.min(size, length)), whole }
}

/** Returns the first bytes of several chunks. */
function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    const part = chunk.subarray(0, length - at)
    joined.set(part, at)
    at += part.byteLength
  }
  return joined
}
