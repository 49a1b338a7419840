import { type Decision, normalizeStatus, RequestError, type SessionStatus } from '@didit-verify/core/schemas'
import type { DiditCalls } from '../api/didit-api.ts'
import type { Answer } from '../api/request.ts'
import type { Config } from '../config.ts'
import { createLimiter, type Limiter } from '../http/limiter.ts'
import type { ApplicationStorage, SessionRecord } from '../storage/storage.ts'
import { parseIsoTime } from '../vendor-time.ts'
import {
  applyRead,
  clearPending,
  newsOf,
  postponeRead,
  type SessionRead,
  withoutAddress,
  withPendingRead,
} from './apply.ts'
import { type compareFacts, readInterval } from './order.ts'
import { isGone } from './pending-deletes.ts'
import { redactDecision } from './redaction.ts'
import { canRetry } from './snapshot.ts'

/**
 * Reads Sessions at Didit: pending reads at once, and settled Sessions when their next look is due.
 *
 * The time of the next read is stored with the Session, so that it survives a failure of Didit and a restart.
 */
export interface PendingReads {
  /**
   * Reads a Session now and commits the answer. Calls for one Session at a time share one read.
   *
   * @returns The Session after the read; null when it is not stored here.
   * @throws {RequestError} A `didit-…` code when Didit did not answer.
   */
  read(sessionId: string): Promise<SessionRecord | null>
  /**
   * Commits the answer to a read that the caller made itself, when the Session stood as in `before`.
   *
   * @returns The Session after the read; null when an event came in between, or the Session is gone.
   */
  commit(before: SessionRecord, answer: Answer<Decision>): Promise<SessionRecord | null>
  /**
   * Notes that Didit knows more of a Session than is stored, and reads it in the background.
   *
   * @param status - The status that Didit was heard to have, if that is known.
   * @returns The Session as it stands then; null when it is not stored here.
   */
  markPending(sessionId: string, status?: SessionStatus): Promise<SessionRecord | null>
  /** The same within the budget for looks. Returns false, and does nothing, when that is used up. */
  markWithinBudget(sessionId: string): Promise<boolean>
  /** Takes one call to Didit out of the budget for looks. Returns false when that is used up. */
  takeLook(): boolean
  /** Limits how often browsers can make the server read one Session, on whichever route. */
  readonly refreshes: Limiter
  /** Does a Session's pending read in the background. */
  schedule(sessionId: string): void
  /** Does every read that is due, within the budget for looks. Resolves when all have been tried. */
  runDue(): Promise<void>
  /** How far reads are behind. */
  lag(): Promise<ReadLag>
  /** Gives up what is under way, and starts nothing more. */
  close(): Promise<void>
}

/** How far reads are behind. */
export interface ReadLag {
  /** Reads that are due now, up to 1,000. */
  readonly due: number
  /** For how long the oldest of them has been due, in milliseconds; 0 when none is. */
  readonly lagMs: number
}

export interface PendingReadsOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly calls: DiditCalls
  /** Called with each record that a read has changed. */
  readonly onChange: (record: SessionRecord) => void
  /** The order rules. Only tests pass others. */
  readonly compare?: typeof compareFacts
}

// A read is repeated when a webhook came in between. A Session with a stream of webhooks is left to the next round.
const maxRepeats = 4
const maxUnknown = 3
const longestPauseMs = 10 * 60_000
const goneForMs = 24 * 60 * 60_000
const batch = 8
const duePerRound = 200
const minBacklogPerMinute = 120
// A host's own fetch may ignore its signal.
const closingMs = 1_000

/** Creates the reader of one server. */
export function createPendingReads({ config, storage, calls, onChange, compare }: PendingReadsOptions): PendingReads {
  const { logger, now, random, environment } = config
  const flights = new Map<string, Promise<SessionRecord | null>>()
  const runs = new Map<string, Promise<boolean>>()
  const background = new Set<Promise<void>>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const refreshes = createLimiter({ perMinute: config.limits.refreshesPerMinute, now })
  // People come first: looks take at most this share of what Didit allows in a minute.
  const looks = createLimiter({ perMinute: config.limits.looksPerMinute, now })
  // After a long downtime many reads are pending at once.
  const backlog = createLimiter({ perMinute: Math.max(config.limits.looksPerMinute, minBacklogPerMinute), now })
  const closing = new AbortController()
  let isBehind = false

  function read(sessionId: string): Promise<SessionRecord | null> {
    const known = flights.get(sessionId)
    if (known) return known
    const flight = readUntilCommitted(sessionId).finally(() => flights.delete(sessionId))
    flights.set(sessionId, flight)
    return flight
  }

  async function readUntilCommitted(sessionId: string): Promise<SessionRecord | null> {
    for (let repeat = 0; ; repeat += 1) {
      const before = await storage.getSession(sessionId)
      if (before === null || repeat > maxRepeats) return before
      const answer = await calls.sessions.retrieveDecision(sessionId, { signal: closing.signal }).catch((error) => {
        if (isGone(error)) return noteGone(before, error)
        throw error
      })
      checkAnswer(config, sessionId, answer)
      const after = await commit(before, answer)
      if (after !== null) return after
    }
  }

  /** Has the next start ask Didit for a Session, since the address of this one leads nowhere. */
  async function noteGone(before: SessionRecord, error: unknown): Promise<never> {
    await storage.commitRead(before.sessionId, before.seq, (record) => record && withoutAddress(record))
    throw error
  }

  async function commit(before: SessionRecord, answer: Answer<Decision>): Promise<SessionRecord | null> {
    const after = await storage.commitRead(
      before.sessionId,
      before.seq,
      (record) => record && applyRead(record, toRead(record, answer), now(), compare),
    )
    if (after !== null && after.revision !== before.revision) onChange(after)
    return after
  }

  async function markPending(sessionId: string, status: SessionStatus | null = null): Promise<SessionRecord | null> {
    for (let repeat = 0; ; repeat += 1) {
      const before = await storage.getSession(sessionId)
      if (before === null || before.environment !== environment || repeat > maxRepeats) return before
      const after = await storage.commitRead(
        sessionId,
        before.seq,
        (record) => record && withPendingRead(record, now(), newsOf({ status, at: now() })),
      )
      if (after === null) continue
      if (after.revision !== before.revision) onChange(after)
      schedule(sessionId)
      return after
    }
  }

  async function markWithinBudget(sessionId: string): Promise<boolean> {
    if (!takeLook()) return false
    await markPending(sessionId)
    return true
  }

  const takeLook = () => looks.tryTake('all')

  /** Takes a read of the backlog, or one that failed before. Looks get what these leave of their budget. */
  function takeBacklog(): boolean {
    if (!backlog.tryTake('all')) return false
    looks.spend('all')
    return true
  }

  function toRead(record: SessionRecord, { data, meta }: Answer<Decision>): SessionRead {
    const expiresAt = parseIsoTime(data.expires_at ?? '')
    return {
      kind: 'read',
      status: normalizeStatus(data.status),
      ...readInterval(meta),
      at: meta.startedAt,
      workflowId: data.workflow_id ?? null,
      expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
      decision: redactDecision(data, { decidedAt: record.decidedAt, canRetry: canRetry(record, config) }),
    }
  }

  async function run(sessionId: string): Promise<void> {
    const work = runAfter(runs.get(sessionId), sessionId)
    runs.set(sessionId, work)
    await work
    if (runs.get(sessionId) === work) runs.delete(sessionId)
  }

  /** Runs after another run of the same Session. Returns false when either has failed, and the read is postponed. */
  async function runAfter(earlier: Promise<boolean> | undefined, sessionId: string): Promise<boolean> {
    // An immediate repetition of a failed call would count one failure twice.
    if ((await earlier) === false) return false
    if (closing.signal.aborted) return true
    try {
      // A read under way may have begun before this one was due: it does not count.
      await flights.get(sessionId)?.catch(() => {})
      const before = await storage.getSession(sessionId)
      // The API key of this server does not see another environment: Didit would say that there is no such Session.
      if (before?.environment !== environment || !isDue(before)) return true
      const record = await read(sessionId)
      // A look that finds a change has Didit asked once more.
      if (record?.isReadPending && !before.isReadPending) looks.spend('all')
      if (record?.isReadPending) wake(sessionId, Math.max((record.readDueAt ?? 0) - now(), 500))
      return true
    } catch (error) {
      await postpone(sessionId, error).catch((err: unknown) => logger.error({ err, sessionId }, 'a read stays due'))
      return false
    }
  }

  const isDue = ({ isReadPending, readDueAt }: SessionRecord): boolean =>
    isReadPending || (readDueAt !== null && readDueAt <= now())

  async function postpone(sessionId: string, error: unknown): Promise<void> {
    if (closing.signal.aborted) return
    const record = await storage.getSession(sessionId)
    if (record === null || !isDue(record)) return
    const { retryAfterSeconds: asked = 0 } = error as { retryAfterSeconds?: number }
    // A proxy may answer 404 with a page: only Didit's own word counts.
    const givesUp = isGone(error) && record.readFailures + 1 >= maxUnknown
    const backOff = Math.min(1000 * 2 ** record.readFailures, longestPauseMs) * (0.5 + random() / 2)
    const pauseMs = Math.max(asked * 1000, backOff)
    const after = await storage.commitRead(
      sessionId,
      record.seq,
      (current) => current && (givesUp ? giveUp(current) : postponeRead(current, now() + pauseMs)),
    )
    logger.warn({ err: error, sessionId, failures: record.readFailures + 1, givesUp }, 'a read at Didit failed')
    if (after !== null && after.revision !== record.revision) onChange(after)
    // A look that failed waits for a round that can afford it.
    if (!givesUp && record.isReadPending) wake(sessionId, pauseMs, true)
  }

  /** Didit has said several times that it does not know the Session. It may have been deleted there. */
  function giveUp(record: SessionRecord): SessionRecord {
    const { isReadPending, news, status } = record
    // An approval that was contradicted stays unsettled: nobody is left to confirm it.
    const isContradicted = news?.isPlausible === true && news.status !== status && status === 'Approved'
    if (isReadPending && !isContradicted) return clearPending(record, now())
    return postponeRead(record, now() + goneForMs)
  }

  function wake(sessionId: string, delayMs: number, isRetry = false): void {
    if (closing.signal.aborted) return
    clearTimeout(timers.get(sessionId))
    const timer = setTimeout(() => {
      timers.delete(sessionId)
      // A retry over the budget is still due: a later round does it.
      if (!isRetry || takeBacklog()) schedule(sessionId)
    }, delayMs)
    ;(timer as { unref?: () => void }).unref?.()
    timers.set(sessionId, timer)
  }

  function schedule(sessionId: string): void {
    if (closing.signal.aborted) return
    const work = run(sessionId).finally(() => background.delete(work))
    background.add(work)
  }

  async function runDue(): Promise<void> {
    const due = await storage.listDueReads({ environment, now: now(), limit: duePerRound })
    // Pending reads come first in the list. A read over the budget stays due.
    const affordable = due.filter(({ isReadPending }) => (isReadPending ? takeBacklog() : takeLook()))
    for (let at = 0; at < affordable.length; at += batch) {
      await Promise.all(affordable.slice(at, at + batch).map(({ sessionId }) => run(sessionId)))
    }
    const wasBehind = isBehind
    isBehind = affordable.length < due.length || due.length === duePerRound
    if (isBehind && !wasBehind) logger.warn({ ...(await lag()) }, 'reads of Sessions are behind')
    if (wasBehind && !isBehind) logger.info({}, 'reads of Sessions have caught up')
  }

  async function lag(): Promise<ReadLag> {
    const due = await storage.listDueReads({ environment, now: now(), limit: 1_000 })
    const oldest = Math.min(...due.map(({ readDueAt }) => readDueAt ?? now()), now())
    return { due: due.length, lagMs: now() - oldest }
  }

  async function close(): Promise<void> {
    closing.abort()
    for (const timer of timers.values()) clearTimeout(timer)
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closingMs)
    })
    await Promise.race([Promise.allSettled([...background, ...flights.values()]), timeout])
    clearTimeout(timer)
  }

  return { read, commit, markPending, markWithinBudget, takeLook, refreshes, schedule, runDue, lag, close }
}

/** @throws {RequestError} `didit-answer-invalid` for the Decision of another Session, or of another environment. */
export function checkAnswer(
  config: Pick<Config, 'environment'>,
  sessionId: string,
  { data }: Pick<Answer<Decision>, 'data'>,
): void {
  if (data.session_id.toLowerCase() !== sessionId) {
    throw new RequestError('didit-answer-invalid', 'Didit answered with another Session.', { status: 200 })
  }
  if (data.environment && data.environment !== config.environment) {
    throw new RequestError('didit-answer-invalid', 'The Session belongs to another environment.', {
      status: 200,
      help: `The API key reads the environment ${data.environment}: set the option environment to it, or use the other key.`,
    })
  }
}
