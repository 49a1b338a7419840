/** Kinds of files that Didit accepts. Didit identifies them by the file extension. */
export type FileKind = 'jpeg' | 'png' | 'webp' | 'tiff' | 'pdf'

const kinds: Readonly<Record<FileKind, { readonly endings: readonly string[]; readonly type: string }>> = {
  jpeg: { endings: ['jpg', 'jpeg'], type: 'image/jpeg' },
  png: { endings: ['png'], type: 'image/png' },
  webp: { endings: ['webp'], type: 'image/webp' },
  tiff: { endings: ['tiff'], type: 'image/tiff' },
  pdf: { endings: ['pdf'], type: 'application/pdf' },
}

const all = Object.keys(kinds) as FileKind[]

/** Number of bytes that are needed to detect a kind. */
export const tellingBytes = 12

/** Returns the kind that the first bytes show; undefined for an unknown one. */
export function kindOfBytes(head: Uint8Array): FileKind | undefined {
  const letters = String.fromCharCode(...head.subarray(0, tellingBytes))
  if (letters.startsWith('%PDF')) return 'pdf'
  if (letters.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (letters.startsWith('\x89PNG\r\n')) return 'png'
  if (letters.startsWith('II*\0') || letters.startsWith('MM\0*')) return 'tiff'
  if (letters.startsWith('RIFF') && letters.slice(8) === 'WEBP') return 'webp'
  return undefined
}

/** Returns the kind of a MIME type, such as that of a `Blob`. */
export const kindOfType = (type: string) => all.find((kind) => kinds[kind].type === type.toLowerCase().split(';')[0])

/** Returns the kind of a file extension. */
export function kindOfName(name: string): FileKind | undefined {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase()
  return ending === undefined ? undefined : all.find((kind) => kinds[kind].endings.includes(ending))
}

export const typeOf = (kind: FileKind) => kinds[kind].type
export const endingOf = (kind: FileKind) => kinds[kind].endings[0] as string
/** Returns the extensions of several kinds, for a message. */
export const endingsOf = (some: readonly FileKind[]) => some.flatMap((kind) => kinds[kind].endings).join(', ')
