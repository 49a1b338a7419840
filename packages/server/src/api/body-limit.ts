/** Maximum size of an answer, in bytes after decompression. A full Decision is smaller than 0.5 MiB. */
export const maxAnswerBytes = 8 * 1024 * 1024
/** Maximum size of an error body, in bytes. Didit's own have a few sentences. A larger one is the page of a proxy. */
export const maxRefusalBytes = 256 * 1024
/** Maximum size of a PDF report, in bytes. Didit's reports contain some pictures. */
export const maxReportBytes = 64 * 1024 * 1024

/**
 * Returns an answer as text, up to a limit, so that a broken proxy cannot fill the memory of this process.
 *
 * It counts the bytes while they arrive, since `Content-Length` may be missing, wrong, or the size before decompression.
 *
 * @returns The text, or null when the answer is larger. The rest is then not read.
 */
export async function readTextUpTo(response: Response, maxBytes: number): Promise<string | null> {
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    leave(response.body)
    return null
  }
  // A host's own `fetch` may return another kind of body, or only text.
  if (typeof response.body?.getReader !== 'function') {
    const text = await response.text()
    return Buffer.byteLength(text) > maxBytes ? null : text
  }
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > maxBytes) {
      // Not awaited: the result must not depend on the other side.
      reader.cancel().catch(() => {})
      return null
    }
    text += decoder.decode(value, { stream: true })
  }
}

/** Cancels a body without waiting for it. */
export function leave(body: ReadableStream<Uint8Array> | null): void {
  if (typeof body?.cancel === 'function') body.cancel().catch(() => {})
}
