import {
  DiditError,
  isUnfinished,
  needsNewSession,
  type SessionStore,
  type Snapshot,
  type StartOptions,
  type StartResult,
} from '@didit-verify/core'

/** What a person can do. One object per component for as long as it lives; each call reaches the newest target. */
export interface SessionCommands {
  /** Creates or resumes the Session; the presenter (`<DiditVerify>`) then opens it. Calls made meanwhile share one. */
  readonly start: (options?: StartOptions) => Promise<StartResult>
  /** As `start`, but never makes a new Session. Rejects with `session-not-found` when none is unfinished. */
  readonly resume: (options?: StartOptions) => Promise<StartResult>
  /** As `start`, after an attempt that is over. Rejects with `attempts-exhausted` when the host allows no other. */
  readonly retry: (options?: StartOptions) => Promise<StartResult>
  /** Lets the server read Didit now; where there is no Session, asks whether there is one. */
  readonly refresh: () => Promise<Snapshot | null>
}

/**
 * Makes the commands of one hook. What fails in them is the store's `error` as well.
 *
 * @param getStore - Names the store of the moment.
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

// The hook shows the failure as `error`. Whoever does not wait for the promise (`onClick={() => start()}`) must not
// raise an unhandled rejection besides; whoever waits still gets it.
function shown<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
