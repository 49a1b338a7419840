import { leave, maxReportBytes } from './body-limit.ts'
import { peek } from './peek.ts'
import type { Call, Reading } from './request.ts'

/** PDF report of a Session. Either read `body`, call `bytes()` or cancel `body`, and only once. */
export interface PdfReport {
  /** The report while it arrives. It fails with a `RequestError` when the download breaks off or the call is aborted. */
  readonly body: ReadableStream<Uint8Array>
  /** Safe as a file name: only letters, digits, `.`, `_` and `-`. */
  readonly filename: string
  /** In bytes; null when Didit did not send it. */
  readonly contentLength: number | null
  /** Reads the whole report into memory. */
  bytes(): Promise<Uint8Array>
}

const mark = '%PDF'

/** Returns a reader for PDF answers. It checks the first bytes and passes the body on while it arrives. */
export function readPdf(usualName: string): Call<PdfReport>['read'] {
  return async (response, reading) => {
    const contentLength = readLength(response.headers)
    if (response.body === null) throw notPdf(reading)
    if (contentLength !== null && contentLength > maxReportBytes) {
      leave(response.body)
      throw tooLarge(reading)
    }
    const { head, whole } = await peek(watch(response.body, contentLength, reading), mark.length)
    if (!beginsWithMark(head)) {
      await whole.cancel().catch(() => {})
      throw notPdf(reading)
    }
    return {
      body: whole,
      filename: readFilename(response.headers) ?? usualName,
      contentLength,
      bytes: () => collect(whole, contentLength),
    }
  }
}

const tooLarge = ({ invalid }: Reading) =>
  invalid([{ path: '', message: `The report is larger than ${maxReportBytes} bytes.` }])

const notPdf = ({ invalid }: Reading) => invalid([{ path: '', message: 'Expected a PDF.' }])

/** Returns the same bytes with a timeout for each chunk, and with our own errors. */
function watch(
  source: ReadableStream<Uint8Array>,
  contentLength: number | null,
  reading: Reading,
): ReadableStream<Uint8Array> {
  const { timeout, fault } = reading
  const reader = source.getReader()
  let received = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        timeout.restart()
        try {
          const { done, value } = await reader.read()
          timeout.pause()
          received += value?.byteLength ?? 0
          if (received > maxReportBytes) {
            reader.cancel().catch(() => {})
            throw tooLarge(reading)
          }
          if (contentLength !== null && (done ? received < contentLength : received > contentLength)) {
            throw new Error('The length of the report differs from its Content-Length.')
          }
          if (!done) return controller.enqueue(value)
          timeout.end()
          controller.close()
        } catch (cause) {
          throw fault(cause)
        }
      },
      cancel(reason) {
        timeout.end()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

async function collect(body: ReadableStream<Uint8Array>, contentLength: number | null): Promise<Uint8Array> {
  const all = contentLength !== null ? new Uint8Array(contentLength) : null
  const chunks: Uint8Array[] = []
  let at = 0
  for await (const chunk of body) {
    if (all === null) chunks.push(chunk)
    else all.set(chunk, at)
    at += chunk.byteLength
  }
  const report = all ?? Buffer.concat(chunks)
  // A stream that was already read ends at once, without an error.
  if (at === 0 || !beginsWithMark(report)) throw new TypeError('The report has been read already.')
  return report
}

const beginsWithMark = (head: Uint8Array) => new TextDecoder().decode(head.subarray(0, mark.length)) === mark

function readLength(headers: Headers): number | null {
  const length = headers.get('content-length')
  // `fetch` decompresses a body, but keeps the length of the compressed one in the header.
  const isPlain = ['', 'identity'].includes(headers.get('content-encoding') ?? '')
  return isPlain && length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null
}

function readFilename(headers: Headers): string | undefined {
  return /;\s*filename="?([\w-][\w.-]{0,200}\.pdf)"?\s*(?:;|$)/i.exec(headers.get('content-disposition') ?? '')?.[1]
}
