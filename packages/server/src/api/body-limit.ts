/** Greatest answer of Didit that is read, in bytes after decompression. A full Decision stays under half a MiB. */
export const maxAnswerBytes = 8 * 1024 * 1024
/** Greatest refusal that is read: Didit's own are a few sentences, and a longer one is some proxy's page. */
export const maxRefusalBytes = 256 * 1024
/** Greatest report that is read. Didit's own hold some pictures. */
export const maxReportBytes = 64 * 1024 * 1024

/**
 * Reads an answer as text, and stops at the limit: a broken proxy must not fill this process's memory.
 *
 * Counts the bytes as they arrive, since `Content-Length` may be missing, wrong, or that of the compressed answer.
 *
 * @returns Null when the answer is larger; the rest of it is then not read.
 */
export async function readTextUpTo(response: Response, maxBytes: number): Promise<string | null> {
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    leave(response.body)
    return null
  }
  // The fetch of a host may answer with another kind of body, or with text alone.
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
      // Not waited for: the answer must not depend on how the other side takes it.
      reader.cancel().catch(() => {})
      return null
    }
    text += decoder.decode(value, { stream: true })
  }
}

/** Tells the other side that nothing more is read. */
export function leave(body: ReadableStream<Uint8Array> | null): void {
  if (typeof body?.cancel === 'function') body.cancel().catch(() => {})
}
