import type { SessionRecord } from '../storage/storage.ts'

/** The browser's request for a verification. */
export interface StartInput {
  readonly workflow: string
  readonly language?: string | undefined
  /** Absolute, and of an allowed origin. */
  readonly returnTo?: string | undefined
}

/** The request around the input. */
export interface Caller {
  readonly request: Request
  /** The client's address; null when it is unknown. */
  readonly address: string | null
  /** Our own page to which Didit redirects. */
  readonly callback: string
}

/** The Session that a start leads to. */
export interface Start {
  readonly record: SessionRecord
  /** The hosted page's address; null when there is nothing to do. */
  readonly url: string | null
  readonly isNew: boolean
}
