/** The report of a Session as PDF. Read `body` or call `bytes()`, one of the two and once, or cancel `body`. */
export interface PdfReport {
  /** The report as it arrives. It fails with a `RequestError` when Didit stops half-way or the call is aborted. */
  readonly body: ReadableStream<Uint8Array>
  /** Safe as a file's name: letters, digits, `.`, `_` and `-` only. */
  readonly filename: string
  /** In bytes, where Didit said so. */
  readonly contentLength: number | null
  /** The whole report in memory. */
  bytes(): Promise<Uint8Array>
}
