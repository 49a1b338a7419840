/** Kinds of files that Didit takes. It tells them by the ending of the name. */
export type FileKind = 'jpeg' | 'png' | 'webp' | 'tiff' | 'pdf'

const kinds: Readonly<Record<FileKind, { readonly endings: readonly string[]; readonly type: string }>> = {
  jpeg: { endings: ['jpg', 'jpeg'], type: 'image/jpeg' },
  png: { endings: ['png'], type: 'image/png' },
  webp: { endings: ['webp'], type: 'image/webp' },
  tiff: { endings: ['tiff'], type: 'image/tiff' },
  pdf: { endings: ['pdf'], type: 'application/pdf' },
}

const all = Object.keys(kinds) as FileKind[]

/** As many bytes as are needed to tell a kind. */
export const tellingBytes = 12

/** The kind that the first bytes show; undefined when it is none of these. */
export function kindOfBytes(head: Uint8Array): FileKind | undefined {
  const letters = String.fromCharCode(...head.subarray(0, tellingBytes))
  if (letters.startsWith('%PDF')) return 'pdf'
  if (letters.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (letters.startsWith('\x89PNG\r\n')) return 'png'
  if (letters.startsWith('II*\0') || letters.startsWith('MM\0*')) return 'tiff'
  if (letters.startsWith('RIFF') && letters.slice(8) === 'WEBP') return 'webp'
  return undefined
}

/** The kind of a MIME type, such as a `Blob` has. */
export const kindOfType = (type: string) => all.find((kind) => kinds[kind].type === type.toLowerCase().split(';')[0])

/** The kind that a name's ending says. */
export function kindOfName(name: string): FileKind | undefined {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase()
  return ending === undefined ? undefined : all.find((kind) => kinds[kind].endings.includes(ending))
}

export const typeOf = (kind: FileKind) => kinds[kind].type
export const endingOf = (kind: FileKind) => kinds[kind].endings[0] as string
/** Their endings, for a message. */
export const endingsOf = (some: readonly FileKind[]) => some.flatMap((kind) => kinds[kind].endings).join(', ')
