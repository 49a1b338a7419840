/** One difference from the document. */
export interface Finding {
  /** The name in the document, such as `GET /v3/session/{sessionId}/decision/`. */
  readonly operation: string
  /** `request`, or the status of the answer. */
  readonly part: string
  /** JSON pointer into the body with `*` for list indices, or `query/NAME`, `header/NAME` or an empty string. */
  readonly pointer: string
  /**
   * The keyword of the schema, `null` for a null that the type does not allow, or one of `path`, `status`, `content`,
   * `header`, `security` and `form`.
   */
  readonly rule: string
  readonly detail: string
}

/** A finding that is not yet assigned to an operation. */
export type Fault = Omit<Finding, 'operation' | 'part'>
