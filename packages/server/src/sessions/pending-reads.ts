import { type Decision, normalizeStatus, RequestError } from '@didit-verify/core/schemas'
import type { DiditCalls } from '../api/didit-api.ts'
import type { Answer } from '../api/request.ts'
import type { Config } from '../config.ts'
import { createLimiter, type Limiter } from '../http/limiter.ts'
import type { ApplicationStorage, SessionRecord } from '../storage/storage.ts'
import { parseIsoTime } from '../vendor-time.ts'
import { applyRead, clearPending, postponeRead, type SessionRead, withPendingRead } from './apply.ts'
import { readInterval } from './order.ts'
import { redactDecision } from './redaction.ts'
import { canRetry } from './snapshot.ts'

/**
 * Reads Sessions at Didit, and pays the reads that are owed: at once, after a pause when Didit fails, and again after
 * a restart, since the debt is stored with the Session.
 */
export interface PendingReads {
  /**
   * Reads a Session now and commits what came back; calls for one Session at a time share one read.
   *
   * @returns The Session as it stands then; null when it is not stored here.
   * @throws {RequestError} A `didit-…` code when Didit did not answer.
   */
  read(sessionId: string): Promise<SessionRecord | null>
  /**
   * Commits what a read of one's own has brought, made when the Session stood as `before` says.
   *
   * @returns The Session as it stands then; null when an event came in between, or the Session is no more.
   */
  commit(before: SessionRecord, answer: Answer<Decision>): Promise<SessionRecord | null>
  /**
   * Notes that Didit knows more of a Session than is stored, and reads it in the background.
   *
   * @returns The Session as it stands then; null when it is not stored here.
   */
  markPending(sessionId: string): Promise<SessionRecord | null>
  /** How often browsers can make the server read one Session, on whichever route. */
  readonly refreshes: Limiter
  /** Pays a Session's debt in the background. */
  schedule(sessionId: string): void
  /** Pays every debt that is due, and resolves when all have been tried. */
  runDue(): Promise<void>
  /** Gives up what is under way, and starts nothing more. */
  close(): Promise<void>
}

export interface PendingReadsOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly calls: DiditCalls
  /** Called with each record a read has changed. */
  readonly onChange: (record: SessionRecord) => void
}

// A read is repeated when a webhook came in between; a Session under fire is left to the next round.
const maxRepeats = 4
const maxUnknown = 3
const longestPauseMs = 10 * 60_000
const batch = 8
// For a fetch of the host's own that does not care about being given up.
const closingMs = 1_000

/** Creates the reader of one server. */
export function createPendingReads({ config, storage, calls, onChange }: PendingReadsOptions): PendingReads {
  const { logger, now, random } = config
  const flights = new Map<string, Promise<SessionRecord | null>>()
  const runs = new Map<string, Promise<boolean>>()
  const background = new Set<Promise<void>>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const refreshes = createLimiter({ perMinute: config.limits.refreshesPerMinute, now })
  const closing = new AbortController()

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
      const answer = await calls.sessions.retrieveDecision(sessionId, { signal: closing.signal })
      checkAnswer(config, sessionId, answer)
      const after = await commit(before, answer)
      if (after !== null) return after
    }
  }

  async function commit(before: SessionRecord, answer: Answer<Decision>): Promise<SessionRecord | null> {
    const after = await storage.commitRead(
      before.sessionId,
      before.seq,
      (record) => record && applyRead(record, toRead(record, answer), now()),
    )
    if (after !== null && after.revision !== before.revision) onChange(after)
    return after
  }

  async function markPending(sessionId: string): Promise<SessionRecord | null> {
    for (let repeat = 0; ; repeat += 1) {
      const before = await storage.getSession(sessionId)
      if (before === null || before.environment !== config.environment || repeat > maxRepeats) return before
      const after = await storage.commitRead(
        sessionId,
        before.seq,
        (record) => record && withPendingRead(record, now()),
      )
      if (after === null) continue
      if (after.revision !== before.revision) onChange(after)
      schedule(sessionId)
      return after
    }
  }

  function toRead(record: SessionRecord, { data, meta }: Answer<Decision>): SessionRead {
    const { from, to } = readInterval(meta.dateSeconds, meta.elapsedMs)
    const expiresAt = parseIsoTime(data.expires_at ?? '')
    // A read can be put in order once Didit's clock has left the record's interval behind.
    const waitSeconds = Math.min(Math.max(record.to - from + 1, 1), 60)
    return {
      kind: 'read',
      status: normalizeStatus(data.status),
      from,
      to,
      workflowId: data.workflow_id ?? null,
      expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
      decision: redactDecision(data, { decidedAt: record.decidedAt, canRetry: canRetry(record, config) }),
      retryAt: now() + waitSeconds * 1000,
    }
  }

  async function run(sessionId: string): Promise<void> {
    const run = runAfter(runs.get(sessionId), sessionId)
    runs.set(sessionId, run)
    await run
    if (runs.get(sessionId) === run) runs.delete(sessionId)
  }

  /** Pays after another payment; false when that or this one has failed, and the debt is put off. */
  async function runAfter(earlier: Promise<boolean> | undefined, sessionId: string): Promise<boolean> {
    // To ask at once what has just failed would be one failure that counts twice.
    if ((await earlier) === false) return false
    if (closing.signal.aborted) return true
    try {
      // A read under way may have begun before the debt was made: it does not count.
      await flights.get(sessionId)?.catch(() => {})
      const before = await storage.getSession(sessionId)
      // Another environment's is its own server's to pay: this API key would hear that there is no such Session.
      if (!before?.isReadPending || before.environment !== config.environment) return true
      const record = await read(sessionId)
      if (record?.isReadPending) wake(sessionId, Math.max((record.readDueAt ?? 0) - now(), 500))
      return true
    } catch (error) {
      await postpone(sessionId, error).catch((err: unknown) =>
        logger.error({ err, sessionId }, 'an owed read stays due'),
      )
      return false
    }
  }

  async function postpone(sessionId: string, error: unknown): Promise<void> {
    if (closing.signal.aborted) return
    const record = await storage.getSession(sessionId)
    if (!record?.isReadPending) return
    const isUnknown = (error as { code?: string }).code === 'didit-not-found'
    const givesUp = isUnknown && record.readFailures + 1 >= maxUnknown
    const asked = (error as { retryAfterSeconds?: number }).retryAfterSeconds ?? 0
    const backOff = Math.min(1000 * 2 ** record.readFailures, longestPauseMs) * (0.5 + random() / 2)
    const pauseMs = Math.max(asked * 1000, backOff)
    const after = await storage.commitRead(
      sessionId,
      record.seq,
      (current) => current && (givesUp ? clearPending(current, now()) : postponeRead(current, now() + pauseMs)),
    )
    logger.warn({ err: error, sessionId, failures: record.readFailures + 1, givesUp }, 'a read at Didit failed')
    if (after !== null && after.revision !== record.revision) onChange(after)
    if (!givesUp) wake(sessionId, pauseMs)
  }

  function wake(sessionId: string, delayMs: number): void {
    if (closing.signal.aborted) return
    clearTimeout(timers.get(sessionId))
    const timer = setTimeout(() => {
      timers.delete(sessionId)
      schedule(sessionId)
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
    const due = await storage.listPendingReads({ environment: config.environment, now: now(), limit: 100 })
    for (let at = 0; at < due.length; at += batch) {
      await Promise.all(due.slice(at, at + batch).map(({ sessionId }) => run(sessionId)))
    }
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

  return { read, commit, markPending: markPending, refreshes, schedule, runDue, close }
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
