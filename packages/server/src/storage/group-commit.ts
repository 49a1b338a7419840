/** The three statements of a transaction, and how to tell that somebody else holds the lock. */
export interface Transactions {
  begin(): void
  commit(): void
  rollback(): void
  isBusy(fault: unknown): boolean
  /** Turns an error of the driver into the one that the caller gets. Errors that the work itself throws are passed on unchanged. */
  explain(fault: unknown): unknown
}

export interface GroupCommitOptions {
  /** How long a commit waits for another process to let go of the lock, in milliseconds. */
  readonly lockTimeoutMs: number
  /** A clock in milliseconds. Default `performance.now`, which setting the system's time does not move. */
  readonly now?: (() => number) | undefined
}

/**
 * One piece of work inside a transaction. Reads and decides at once; all it wants written it returns as `write`, so
 * that work which throws while deciding has written nothing.
 */
export type Work<Result> = () => { readonly result: Result; readonly write?: (() => void) | undefined }

export interface GroupCommit {
  /** Runs the work in the next transaction; resolves once that is durable. The work may run more than once. */
  run<Result>(work: Work<Result>): Promise<Result>
  /** Resolves when nothing is queued any more. */
  drain(): Promise<void>
}

interface Job {
  readonly attempt: () => { write?: (() => void) | undefined; resolve: () => void }
  readonly reject: (fault: unknown) => void
  readonly giveUpAt: number
}

// Bounds how long one transaction keeps the event loop: streams and health checks live on it too.
const maxBatch = 256
const lockRetryMs = 10

/**
 * Lets all work that arrives in one turn of the event loop share one transaction: a durable commit costs one `fsync`
 * however much is in it, so throughput grows with load instead of falling.
 */
export function createGroupCommit(transactions: Transactions, options: GroupCommitOptions): GroupCommit {
  const { lockTimeoutMs, now = () => performance.now() } = options
  let queue: Job[] = []
  let isScheduled = false
  let onIdle: (() => void)[] = []

  function schedule(delayMs = 0) {
    if (isScheduled) return
    isScheduled = true
    if (delayMs === 0) setImmediate(flush)
    else setTimeout(flush, delayMs)
  }

  function flush() {
    isScheduled = false
    const batch = queue.splice(0, maxBatch)
    const isBusy = runBatch(batch)
    if (queue.length > 0) schedule(isBusy ? lockRetryMs : 0)
    else {
      for (const resolve of onIdle) resolve()
      onIdle = []
    }
  }

  /** True when another process held the lock. Jobs that may wait longer are then back in the queue. */
  function runBatch(batch: readonly Job[]): boolean {
    try {
      transactions.begin()
    } catch (fault) {
      const isBusy = transactions.isBusy(fault)
      const waiting = isBusy ? batch.filter((job) => job.giveUpAt > now()) : []
      for (const job of batch) if (!waiting.includes(job)) job.reject(transactions.explain(fault))
      queue = [...waiting, ...queue]
      return isBusy
    }
    const settle: (() => void)[] = []
    for (const job of batch) {
      let attempt: ReturnType<Job['attempt']>
      try {
        attempt = job.attempt()
      } catch (fault) {
        settle.push(() => job.reject(fault))
        continue
      }
      try {
        attempt.write?.()
      } catch (fault) {
        rollBack()
        // Half of this job may be written, so nothing of the batch can stand. Alone, each job answers for itself.
        if (batch.length === 1) job.reject(transactions.explain(fault))
        else for (const single of batch) runBatch([single])
        return false
      }
      settle.push(attempt.resolve)
    }
    try {
      transactions.commit()
    } catch (fault) {
      rollBack()
      // No second try here: after a failed COMMIT it is unknown what reached the disk, so nothing is acknowledged.
      for (const job of batch) job.reject(transactions.explain(fault))
      return false
    }
    for (const done of settle) done()
    return false
  }

  function rollBack() {
    try {
      transactions.rollback()
    } catch {
      // A full disk or a broken file makes SQLite roll back by itself; a second ROLLBACK is then an error of no weight.
    }
  }

  return {
    run<Result>(work: Work<Result>) {
      return new Promise<Result>((resolve, reject) => {
        const attempt = () => {
          const { result, write } = work()
          return { write, resolve: () => resolve(result) }
        }
        queue.push({ attempt, reject, giveUpAt: now() + lockTimeoutMs })
        schedule()
      })
    },
    drain() {
      return new Promise((resolve) => {
        if (queue.length === 0 && !isScheduled) resolve()
        else onIdle.push(resolve)
      })
    },
  }
}
