/** What every call takes beside its own arguments. */
export interface CallOptions {
  /** Gives the call up, whether it waits for its turn, for an answer or between two tries. */
  readonly signal?: AbortSignal | undefined
}
