import { RequestError } from '@didit-verify/core/schemas'
import { invalid } from './check.ts'
import type { Payload } from './request.ts'
import { checkUpload, type FileRule, type Upload } from './upload.ts'

/**
 * Returns a multipart form with one file.
 *
 * A file of known size is sent as `FormData`: its length is known, and it can be sent again. A stream is sent while it is
 * read, after the other fields, and only once.
 *
 * @throws {RequestError} `request-invalid`: the file is not valid.
 */
export async function toMultipart(
  fields: Readonly<Record<string, unknown>>,
  upload: Upload,
  rule: FileRule,
): Promise<Payload> {
  const written = Object.entries(fields).flatMap(([name, value]) => {
    const text = toText(value)
    return text === undefined ? [] : [[name, text] as const]
  })
  const { content, filename, type } = await checkUpload(upload, rule)
  if (content instanceof Blob) {
    const form = new FormData()
    for (const [name, text] of written) form.append(name, text)
    form.append(rule.field, content.slice(0, content.size, type), filename)
    return { body: form, fault: (cause) => (isOfFile(cause) ? unreadable(rule.field, settled, cause) : undefined) }
  }
  const boundary = `didit-verify-${crypto.randomUUID()}`
  const part = (name: string, more = '') =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${quote(name)}"${more}\r\n\r\n`
  const before =
    written.map(([name, text]) => `${part(name)}${text}\r\n`).join('') +
    part(rule.field, `; filename="${quote(filename)}"\r\nContent-Type: ${type}`)
  const counted = count(content, rule)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: between(before, counted.stream, `\r\n--${boundary}--\r\n`),
    isStream: true,
    fault: counted.fault,
    release: counted.release,
  }
}

/** Returns a form value in Didit's format: lists with commas, objects as JSON. */
function toText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value.map(String).join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const settled = 'Expected a file that does not change until it is sent.'

/** Returns true for the platform's error about a file that was removed or changed after it was opened. */
function isOfFile(fault: unknown, depth = 0): boolean {
  // Limited depth, since an error can be its own cause.
  if (!(fault instanceof Error) || depth > 4) return false
  return fault.name === 'NotReadableError' || isOfFile(fault.cause, depth + 1)
}

function unreadable(path: string, message: string, cause: unknown): RequestError {
  const issues = [{ path, message }]
  return new RequestError('request-invalid', 'The file could not be read to its end.', { status: 0, issues, cause })
}

/** Escapes a name in the same way as browsers do. */
const quote = (name: string) => name.replace(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22')

/** Returns the same bytes as a stream, limited in size, and its error: `fetch` only reports that it failed. */
function count(content: ReadableStream<Uint8Array>, { field, mostMegabytes }: FileRule) {
  const reader = content.getReader()
  let size = 0
  let fault: RequestError | undefined
  let isReleased = false
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          // A released reader reports the end of the stream. Throw, so that the partial file does not look complete.
          if (isReleased) throw new Error('The call has ended.')
          if (done) return controller.close()
          if (!(value instanceof Uint8Array))
            throw new TypeError('The stream contains a chunk that is not a Uint8Array.')
          size += value.byteLength
          if (size > mostMegabytes * 1024 * 1024) {
            fault = invalid([{ path: field, message: `Expected a file of at most ${mostMegabytes} MB.` }])
            await reader.cancel(fault).catch(() => {})
            throw fault
          }
          controller.enqueue(value)
        } catch (cause) {
          fault ??= unreadable(field, 'Expected a stream of bytes that ends.', cause)
          throw fault
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  const release = () => {
    isReleased = true
    reader.cancel().catch(() => {})
  }
  return { stream, fault: () => fault, release }
}

function between(before: string, stream: ReadableStream<Uint8Array>, after: string): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const reader = stream.getReader()
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode(before)),
      async pull(controller) {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        controller.enqueue(encoder.encode(after))
        controller.close()
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
