import type { Context } from 'hono'
import type { Json } from '../runtime/json.ts'
import { readUpTo } from '../runtime/read-up-to.ts'

/** An uploaded file. */
export interface Upload {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A parsed form, with the error of its file if there is one. */
export interface Form {
  readonly fields: { readonly [field: string]: Json }
  readonly upload: Upload | null
  /** The error of the file. Null when it is valid. */
  readonly error: string | null
}

export interface UploadRules {
  readonly field: string
  readonly extensions: readonly string[]
  readonly maxMegabytes: number
}

const megabyte = 1024 * 1024
/** Allowance for the other fields and the boundaries of the form. */
const slackBytes = megabyte

/**
 * Parses a form with one file.
 *
 * @returns The form, `media-type` when the body is not a form, or `malformed` when it cannot be parsed.
 */
export async function readUpload(context: Context, rules: UploadRules): Promise<Form | 'media-type' | 'malformed'> {
  const type = context.req.header('content-type') ?? ''
  if (!/^multipart\/form-data\b/i.test(type)) return 'media-type'
  const tooLarge = `The file is larger than ${rules.maxMegabytes} MB.`
  const bytes = await readUpTo(context.req.raw.body, rules.maxMegabytes * megabyte + slackBytes)
  if (bytes === null) return { fields: {}, upload: null, error: tooLarge }
  let form: FormData
  try {
    form = await new Response(bytes, { headers: { 'content-type': type } }).formData()
  } catch {
    return 'malformed'
  }
  const fields: Record<string, Json> = Object.create(null)
  for (const [name, value] of form) if (typeof value === 'string') fields[name] = value
  const file = form.get(rules.field)
  if (file === null || typeof file === 'string') {
    return {
      fields,
      upload: null,
      error: file === null ? 'No file was submitted.' : 'The submitted data was not a file.',
    }
  }
  const upload = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? ''
  if (upload.bytes.length === 0) return { fields, upload, error: 'The submitted file is empty.' }
  if (!rules.extensions.includes(extension)) {
    const allowed = rules.extensions.join(', ')
    const error = `File extension “${extension}” is not allowed. Allowed extensions are: ${allowed}.`
    return { fields, upload, error }
  }
  return { fields, upload, error: upload.bytes.length > rules.maxMegabytes * megabyte ? tooLarge : null }
}

const startsWith = (bytes: Uint8Array, ...signature: number[]) =>
  signature.every((byte, index) => bytes[index] === byte)
const text = (bytes: Uint8Array, start: number, end: number) => Buffer.from(bytes.slice(start, end)).toString('latin1')

/** Returns true when the bytes begin with the signature of an accepted picture format. */
export const isPicture = (bytes: Uint8Array): boolean =>
  startsWith(bytes, 0xff, 0xd8, 0xff) ||
  startsWith(bytes, 0x89, 0x50, 0x4e, 0x47) ||
  startsWith(bytes, 0x49, 0x49, 0x2a, 0x00) ||
  startsWith(bytes, 0x4d, 0x4d, 0x00, 0x2a) ||
  (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 12) === 'WEBP')

export const isPdf = (bytes: Uint8Array): boolean => text(bytes, 0, 5) === '%PDF-'

/** Returns true for a PDF that declares encryption. */
export const isEncryptedPdf = (bytes: Uint8Array): boolean =>
  isPdf(bytes) && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('/Encrypt')
