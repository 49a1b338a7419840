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

/** Bytes on their way to Didit. A stream (of the web or of Node) is read once and never sent a second time. */
export type UploadContent = Blob | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/**
 * A file for Didit: its bytes, or where it lies on this machine.
 *
 * Didit goes by the ending of the file's name. Without a `filename` it is taken from the path or the `File`, else made
 * from what the first bytes show.
 */
export type Upload =
  | UploadContent
  | { readonly path: string; readonly filename?: string | undefined }
  | { readonly content: UploadContent; readonly filename?: string | undefined }

/** What Didit takes for a file. */
export interface FileRule {
  /** The name of the field. */
  readonly field: string
  readonly kinds: readonly FileKind[]
  readonly mostMegabytes: number
}

/** A file that may be sent. */
export interface CheckedFile {
  readonly filename: string
  readonly type: string
  readonly content: Blob | ReadableStream<Uint8Array>
}

/**
 * Makes a file ready to be sent, as far as it can be judged before it is read.
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
      throw refuse(hasEnding ? expected : `${expected} Give a filename with such an ending.`)
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
    // Backed by the file: its bytes are read while they are sent.
    const { openAsBlob } = await import('node:fs')
    let content: Blob
    try {
      content = await openAsBlob(named.path)
    } catch {
      // The engine's message is no help, and the path may name a person.
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

/** The last part of a path, without what could end a header or a quoted text. */
function toFilename(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined
  const last = name.split(/[\\/]/).at(-1) as string
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
  return last.replace(/[\x00-\x1f\x7f"]/g, '_').slice(-200) || undefined
}

/** The first bytes of a file, and the whole of it. */
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
        // A stream of Node that waits for bytes would not hear its iterator before they came.
        ;(source as { destroy?: () => void }).destroy?.()
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
