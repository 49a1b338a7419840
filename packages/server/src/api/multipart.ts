import { RequestError } from '@didit-verify/core/schemas'
import { invalid } from './check.ts'
import type { Payload } from './request.ts'
import { checkUpload, type FileRule, type Upload } from './upload.ts'

/**
 * Writes a form with one file.
 *
 * What has a size goes out as a form of the platform, whose length is known and which may be sent again. A stream goes out as
 * it comes, with the fields before it, and once.
 *
 * @throws {RequestError} `request-invalid`: the file cannot be right.
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

/** Didit's way to write values in a form: lists with commas, objects as JSON. */
function toText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value.map(String).join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const settled = 'Expected a file that stays as it is until it is sent.'

/** True for what the platform says of a file that was removed or written to since it was looked at. */
function isOfFile(fault: unknown, depth = 0): boolean {
  // An error may be the cause of itself.
  if (!(fault instanceof Error) || depth > 4) return false
  return fault.name === 'NotReadableError' || isOfFile(fault.cause, depth + 1)
}

function unreadable(path: string, message: string, cause: unknown): RequestError {
  const issues = [{ path, message }]
  return new RequestError('request-invalid', 'The file could not be read to its end.', { status: 0, issues, cause })
}

/** As browsers write a name between quotes. */
const quote = (name: string) => name.replace(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22')

/** The same bytes, and what went wrong with them: `fetch` would only say that it failed. */
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
          // Released, it ends though the file has not: what was sent of it must not look whole.
          if (isReleased) throw new Error('Nobody waits for an answer any more.')
          if (done) return controller.close()
          if (!(value instanceof Uint8Array)) throw new TypeError('A stream of something else than bytes.')
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
