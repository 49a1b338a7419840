/**
 * Looks at the beginning of a stream and gives the whole of it back.
 *
 * @returns At least `length` bytes of the beginning, or all where there are fewer; and the stream from its first byte on,
 *   which is read no faster than it is asked for and hands a cancel on.
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
    // Nothing is read ahead of whoever wants it.
    { highWaterMark: 0 },
  )
  // A chunk is mostly far longer than what is looked at, so this joins the few first bytes and no more.
  return { head: join(chunks, Math.min(size, length)), whole }
}

/** The first bytes of several chunks. */
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
