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
