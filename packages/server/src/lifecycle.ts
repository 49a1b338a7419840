import { RequestError } from '@didit-verify/core/schemas'
import type { Logger } from './logger.ts'
import type { Storage } from './storage/storage.ts'

/** When the server opens, works in the background and closes. */
export interface Lifecycle {
  /** True once `close` was called. */
  readonly isClosing: boolean
  /** Opens the storage, once. A failed opening is tried again by the next call. */
  open(): Promise<void>
  /** Keeps hold of work, so that `close` waits for it. Returns the same promise. */
  track<Value>(work: Promise<Value>): Promise<Value>
  /** Keeps hold of work that nobody else waits for. A failure is logged. */
  defer(work: Promise<unknown>): void
  /** Opens the storage, does what is due, and repeats that by a timer. */
  start(): Promise<void>
  /** Does what is due now. */
  tick(): Promise<void>
  /** Refuses new work, waits up to `graceMs` for work under way, then closes the storage. */
  close(graceMs: number): Promise<void>
}

/** The parts that the lifecycle drives. */
export interface LifecycleOptions {
  readonly database: Storage
  readonly logger: Logger
  /** Does everything that is due now. */
  readonly runDue: () => Promise<void>
  /** Ends streams; they may take up to `graceMs` to accept their last frame. */
  readonly closeStreams: (graceMs: number) => Promise<void>
  /** Ends background work that could go on for ever. Called before the wait for work under way. */
  readonly stop: () => void
  /** Ends calls to Didit. Called after the wait. */
  readonly abandon: () => Promise<void>
}

const runDueEveryMs = 30_000

/** Refuses work that comes after `close`. */
export const shuttingDown = () => new RequestError('shutting-down', 'The server is shutting down.', { status: 503 })

/** Creates the lifecycle of one server. Nothing runs before `open` or `start`. */
export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { database, logger, runDue, closeStreams, stop, abandon } = options
  const underWay = new Set<Promise<unknown>>()
  let opening: Promise<void> | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  let closing: Promise<void> | undefined

  function open(): Promise<void> {
    // A storage that is opened after `close` would never be closed.
    if (closing && opening === undefined) return Promise.reject(shuttingDown())
    opening ??= database.open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  function track<Value>(work: Promise<Value>): Promise<Value> {
    const done = () => underWay.delete(work)
    underWay.add(work)
    work.then(done, done)
    return work
  }

  function defer(work: Promise<unknown>): void {
    track(work).catch((err: unknown) => logger.warn({ err }, 'work in the background failed'))
  }

  async function start(): Promise<void> {
    if (closing) throw shuttingDown()
    await open()
    if (timer !== undefined || closing) return
    timer = setInterval(() => defer(runDue()), runDueEveryMs)
    ;(timer as { unref?: () => void }).unref?.()
    defer(runDue())
  }

  async function tick(): Promise<void> {
    if (closing) return
    await open()
    await runDue()
  }

  async function shutDown(graceMs: number): Promise<void> {
    clearInterval(timer)
    stop()
    let late: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<void>((resolve) => {
      late = setTimeout(resolve, graceMs)
    })
    const isQuiet = async () => {
      while (underWay.size > 0) await Promise.allSettled([...underWay])
    }
    await Promise.all([closeStreams(graceMs), Promise.race([isQuiet(), timeout])])
    clearTimeout(late)
    await abandon()
    if (opening) await database.close()
  }

  return {
    get isClosing() {
      return closing !== undefined
    },
    open,
    track,
    defer,
    start,
    tick,
    close(graceMs) {
      // A later microtask, so that what the caller does in the same turn still counts as before.
      closing ??= Promise.resolve().then(() => shutDown(graceMs))
      return closing
    },
  }
}
