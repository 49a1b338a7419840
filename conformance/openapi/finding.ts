/** One thing that is not as the document has it. */
export interface Finding {
  /** As the document names it: `GET /v3/session/{sessionId}/decision/`. */
  readonly operation: string
  /** `request`, or the status of the answer. */
  readonly part: string
  /** Where in the body, each place in a list written as `*`; else `query/NAME`, `header/NAME` or nothing. */
  readonly pointer: string
  /**
   * The keyword of the schema, `null` for a type that may not be null, or what else was asked for: `path`, `status`,
   * `content`, `header`, `security`, `form`.
   */
  readonly rule: string
  readonly detail: string
}

/** A finding before it is known whose it is. */
export type Fault = Omit<Finding, 'operation' | 'part'>
