import { RequestError } from '@didit-verify/core/schemas'
import { invalid } from './check.ts'
import {
  endingOf,
  endingsOf,
  type FileKind,
  kindOfBytes,
  kindOfName,
  kindOfType,
  tellingBytes,
  typeOf,
} from './file-kinds.ts'
import { peek } from './peek.ts'

/** Content of a file to upload. A stream (web or Node) is read and sent only once. */
export type UploadContent = Blob | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/**
 * A file to upload: its content, or its path on this machine.
 *
 * Didit identifies the kind by the file extension. Without `filename`, the name comes from the path or the `File`. If there
 * is none, it is derived from the first bytes.
 */
export type Upload =
  | UploadContent
  | { readonly path: string; readonly filename?: string | undefined }
  | { readonly content: UploadContent; readonly filename?: string | undefined }

/** Didit's rules for the file of one endpoint. */
export interface FileRule {
  /** The name of the field. */
  readonly field: string
  readonly kinds: readonly FileKind[]
  readonly mostMegabytes: number
}

/** A file that has passed the checks. */
export interface CheckedFile {
  readonly filename: string
  readonly type: string
  readonly content: Blob | ReadableStream<Uint8Array>
}

/**
 * Checks a file before it is sent, as far as that is possible without reading all of it.
 *
 * @throws {RequestError} `request-invalid`: no file, an empty one, one that is too large, or one of another kind.
 */
export async function checkUpload(upload: Upload, rule: FileRule): Promise<CheckedFile> {
  const { field, kinds, mostMegabytes } = rule
  const refuse = (message: string) => invalid([{ path: field, message }])
  const expected = `Expected one of ${endingsOf(kinds)}.`
  const { content, filename } = await open(upload, refuse)
  const size = content instanceof Blob ? content.size : undefined
  if (size !== undefined && size > mostMegabytes * 1024 * 1024) {
    throw refuse(`Expected a file of at most ${mostMegabytes} MB.`)
  }

  const { head, whole } = await look(content).catch((cause: unknown) => {
    throw new RequestError('request-invalid', 'The file could not be read.', {
      status: 0,
      issues: [{ path: field, message: 'Expected a file that can be read.' }],
      cause,
    })
  })
  try {
    if (head.byteLength === 0) throw refuse('Expected a file that is not empty.')
    const shown = kindOfBytes(head)
    if (shown !== undefined && !kinds.includes(shown)) throw refuse(expected)
    const name = filename ?? ''
    const hasEnding = /\.[^.]+$/.test(name)
    const kind = hasEnding
      ? kindOfName(name)
      : (shown ?? (content instanceof Blob ? kindOfType(content.type) : undefined))
    if (kind === undefined || !kinds.includes(kind)) {
      throw refuse(hasEnding ? expected : `${expected} Give a filename with one of these extensions.`)
    }
    return {
      filename: hasEnding ? name : `${name || field}.${endingOf(kind)}`,
      type: typeOf(kind),
      content: whole,
    }
  } catch (error) {
    if (!(whole instanceof Blob)) await whole.cancel().catch(() => {})
    throw error
  }
}

async function open(
  upload: Upload,
  refuse: (message: string) => Error,
): Promise<{ readonly content: Blob | ReadableStream<Uint8Array>; readonly filename: string | undefined }> {
  const named = toNamed(upload)
  const filename = toFilename(named.filename)
  if ('path' in named) {
    // The Blob reads the file only while it is sent.
    const { openAsBlob } = await import('node:fs')
    let content: Blob
    try {
      content = await openAsBlob(named.path)
    } catch {
      // The original error is dropped, since the path may contain a person's name.
      throw refuse('Expected the path of a file that can be read.')
    }
    return { content, filename: filename ?? toFilename(named.path) }
  }
  const { content } = named
  if (content instanceof Blob) return { content, filename: filename ?? toFilename((content as Partial<File>).name) }
  if (content instanceof Uint8Array) return { content: new Blob([content as Uint8Array<ArrayBuffer>]), filename }
  if (content instanceof ReadableStream) return { content, filename }
  if (isIterable(content)) return { content: toStream(content), filename }
  throw refuse('Expected a Blob, a Uint8Array, a stream of bytes, or { path }.')
}

type Named =
  | { readonly content: unknown; readonly filename?: unknown }
  | { readonly path: string; readonly filename?: unknown }

function toNamed(upload: Upload): Named {
  const isPlain =
    typeof upload === 'object' &&
    upload !== null &&
    !(upload instanceof Blob || upload instanceof Uint8Array || upload instanceof ReadableStream || isIterable(upload))
  if (!isPlain) return { content: upload }
  return 'path' in upload && typeof upload.path === 'string' ? upload : { content: undefined, ...upload }
}

const isIterable = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof (value as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator] === 'function'

/** Returns the last part of a path, without characters that could end a header or a quoted string. */
function toFilename(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined
  const last = name.split(/[\\/]/).at(-1) as string
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are removed on purpose
  return last.replace(/[\x00-\x1f\x7f"]/g, '_').slice(-200) || undefined
}

/** Returns the first bytes of a file, and the whole file. */
async function look(content: Blob | ReadableStream<Uint8Array>) {
  if (!(content instanceof Blob)) return peek(content, tellingBytes)
  return { head: new Uint8Array(await content.slice(0, tellingBytes).arrayBuffer()), whole: content }
}

function toStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        // A Node stream that waits for bytes does not react to `return` of its iterator, so it is destroyed first.
        ;(source as { destroy?: () => void }).destroy?.()
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
