import {
  DiditError,
  isUnfinished,
  needsNewSession,
  type SessionStore,
  type Snapshot,
  type StartOptions,
  type StartResult,
} from '@didit-verify/core'

/** Commands of a hook. The functions stay the same for the life of the component. Each call uses the newest target. */
export interface SessionCommands {
  /** Creates or resumes the Session, which the presenter (`<DiditVerify>`) then opens. Concurrent calls share one request. */
  readonly start: (options?: StartOptions) => Promise<StartResult>
  /** Same as `start`, but never creates a Session. Rejects with `session-not-found` when no Session is unfinished. */
  readonly resume: (options?: StartOptions) => Promise<StartResult>
  /** Same as `start`, after a finished attempt. Rejects with `attempts-exhausted` when the host allows no further one. */
  readonly retry: (options?: StartOptions) => Promise<StartResult>
  /** Makes the server read the Session at Didit now. Without a known Session, loads it from the server. */
  readonly refresh: () => Promise<Snapshot | null>
}

/**
 * Creates the commands of one hook. A failure also becomes the store's `error`.
 *
 * @param getStore - Returns the current store.
 */
export function createCommands(getStore: () => SessionStore): SessionCommands {
  const start = (options: StartOptions = {}) => shown(getStore().start(options))
  return {
    start,
    resume: async (options) => {
      if (isUnfinished(getStore().getSnapshot()?.status)) return start(options)
      throw new DiditError('session-not-found', 'There is no unfinished Session to resume.', {
        help: 'Call start(), which resumes or creates as needed.',
      })
    },
    retry: async (options) => {
      const session = getStore().getSnapshot()
      if (!session || session.canRetry || !needsNewSession(session.status)) return start(options)
      throw new DiditError('attempts-exhausted', 'The host allows no further attempt.', {
        help: 'Offer retry() only while session.canRetry is true.',
      })
    },
    refresh: () => {
      const store = getStore()
      return shown<Snapshot | null>(store.getSnapshot() ? store.refresh() : store.load())
    },
  }
}

// The hook shows the failure as `error`. A caller that ignores the promise (`onClick={() => start()}`) must not cause an
// unhandled rejection. A caller that awaits the promise still gets the error.
function shown<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
