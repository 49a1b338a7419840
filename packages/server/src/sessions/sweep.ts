import { normalizeStatus, type SessionPage, type SessionRow } from '@didit-verify/core/schemas'
import type { SessionsApi } from '../api/session-calls.ts'
import type { Config } from '../config.ts'
import { createLimiter } from '../http/limiter.ts'
import type { ApplicationStorage, SessionRecord } from '../storage/storage.ts'
import type { PendingReads } from './pending-reads.ts'

/**
 * Compares Didit's list of Sessions with the stored ones, once a day, and has those read whose status differs.
 *
 * This finds a change that no webhook told of and no look can expect, such as a decision that a reviewer takes back after
 * weeks. How far the sweep has come is stored, so that it goes on after a restart, and in one process only.
 */
export interface Sweep {
  /** Goes on with the sweep that is due, by a few pages. Resolves when they are compared; never rejects. */
  runDue(): Promise<void>
  /** When the sweep ran. */
  progress(): Promise<SweepProgress>
  /** Gives up what is under way, and starts nothing more. */
  close(): void
}

/** When the sweep ran, in epoch milliseconds. */
export interface SweepProgress {
  /** Null before the first sweep has ended. */
  readonly lastCompletedAt: number | null
  /** When the sweep that is under way began. Null while none is. */
  readonly startedAt: number | null
  /** When the next one begins. Null before the server has run for the first time. */
  readonly nextAt: number | null
}

export interface SweepOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly sessions: Pick<SessionsApi, 'list'>
  readonly reads: Pick<PendingReads, 'markWithinBudget' | 'takeLook'>
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const pageSize = 100
// 1,000 Sessions a minute: a hundred thousand take less than two hours of a day.
const pagesPerMinute = 10
const pagesPerRound = 5
/** A page begins so many rows before the end of the last one: a Session that is deleted meanwhile moves others forward. */
const overlap = 5
/** A Session that changed so shortly before its page was asked for is left to the next look: the page may be older. */
const freshMs = 10_000
// Another process goes on when the one that sweeps has been silent for so long.
const leaseMs = 3 * minuteMs
const longestPauseMs = 60 * minuteMs
/** A page that Didit answers so often in a form that nobody can read is left out. */
const maxUnreadable = 3
const maxLeftOut = 2
/**
 * How long before its first record here a Session can have been created at Didit: Didit returns an unfinished Session
 * instead of a new one, and the clocks may differ.
 */
const marginMs = 60 * dayMs

const kinds = ['user', 'business'] as const

/** The stored state of the sweep. It holds no id of a Session: an erasure would not reach it. */
interface SweepState {
  readonly nextAt: number
  readonly lastCompletedAt: number | null
  readonly run: SweepRun | null
}

interface SweepRun {
  readonly startedAt: number
  readonly kind: (typeof kinds)[number]
  readonly offset: number
  /** How many rows of this kind have been counted. */
  readonly counted: number
  /** The first day of the list that is read, as `YYYY-MM-DD`. */
  readonly dateFrom: string
  /** The process that sweeps, and until when the others leave it alone. */
  readonly holder: string
  readonly leaseUntil: number
  /** How many pages in a row were left out. */
  readonly leftOut: number
  readonly failures: number
  readonly retryAt: number
  readonly counts: Counts
}

interface Counts {
  readonly calls: number
  readonly compared: number
  /** Sessions whose status differed. They are read. */
  readonly differing: number
  /** Sessions of the list that are not stored here. */
  readonly unknown: number
}

/** Creates the sweep of one server. */
export function createSweep({ config, storage, sessions, reads }: SweepOptions): Sweep {
  const { logger, now, random, environment } = config
  const name = `sweep:${environment}`
  const holder = crypto.randomUUID()
  const firstAt = Math.round(now() + (5 + 10 * random()) * minuteMs)
  const pages = createLimiter({ perMinute: pagesPerMinute, now })
  const closing = new AbortController()
  let underWay: Promise<void> | undefined
  // Didit's older API ignores `offset`: then each page is the first one.
  let firstRow: string | undefined

  async function load(): Promise<{ readonly stored: string | null; readonly state: SweepState | null }> {
    const stored = await storage.getState(name)
    return { stored, state: stored === null ? null : parseState(stored) }
  }

  async function runRound(): Promise<void> {
    for (let page = 0; page < pagesPerRound && !closing.signal.aborted; page += 1) {
      const { stored, state } = await load()
      if (state === null) {
        if ((await save({ nextAt: firstAt, lastCompletedAt: null, run: null }, stored)) === null) return
        continue
      }
      const at = now()
      // A clock that was wrong for a while must not put the next sweep off for long.
      if (state.run === null && state.nextAt > at && state.nextAt <= at + dayMs) return
      const run = state.run ?? (await begin(at))
      if (run === null) return finish({ startedAt: at, counts: noCounts }, stored)
      if (run.holder !== holder && run.leaseUntil > at && run.leaseUntil <= at + leaseMs) return
      if (run.retryAt > at && run.retryAt <= at + longestPauseMs) return
      if (!pages.tryTake('all') || !reads.takeLook()) return
      const claimed = { ...state, run: { ...run, holder, leaseUntil: at + leaseMs } }
      const value = await save(claimed, stored)
      if (value === null || !(await step(claimed, value))) return
    }
  }

  /** Returns the new run; null when no Session is stored here that could differ. */
  async function begin(at: number): Promise<SweepRun | null> {
    const oldest = await storage.getOldestCreation(environment)
    if (oldest === null) return null
    const dateFrom = new Date(Math.min(oldest, at) - marginMs).toISOString().slice(0, 10)
    const place = { kind: 'user', offset: 0, counted: 0, dateFrom } as const
    return { startedAt: at, ...place, holder, leaseUntil: 0, leftOut: 0, failures: 0, retryAt: 0, counts: noCounts }
  }

  /** Compares one page. Returns true when the next one may follow in this round. */
  async function step(state: SweepState & { readonly run: SweepRun }, value: string): Promise<boolean> {
    const { run } = state
    const askedAt = now()
    let page: SessionPage
    try {
      const { kind, dateFrom, offset } = run
      page = await sessions.list(
        { session_kind: kind, date_from: dateFrom, limit: pageSize, offset },
        { signal: closing.signal },
      )
    } catch (error) {
      if (closing.signal.aborted) return false
      const failed = afterFailure(run, error)
      // Nobody knows where a list ends whose pages cannot be read.
      if (failed.leftOut > maxLeftOut) return endKind(state, failed, value)
      await save({ ...state, run: failed }, value)
      return false
    }
    const { results } = page
    const isRepeated = run.offset > 0 && results[0] !== undefined && results[0].session_id === firstRow
    firstRow = results[0]?.session_id
    const { done, counts } = await compareRows(results, run, askedAt)
    const counted = Math.max(run.counted, run.offset + done)
    const next = {
      ...run,
      counted,
      leftOut: 0,
      failures: 0,
      retryAt: 0,
      counts: { ...counts, calls: counts.calls + 1 },
    }
    if (done < results.length) {
      await save({ ...state, run: { ...next, offset: run.offset + done } }, value)
      return false
    }
    if (isRepeated)
      logger.warn({ kind: run.kind }, 'Didit does not page its list of Sessions: only its start was compared')
    if (results.length > 0 && page.next && !isRepeated) {
      const offset = run.offset + Math.max(1, results.length - overlap)
      return (await save({ ...state, run: { ...next, offset } }, value)) !== null
    }
    return endKind(state, next, value)
  }

  async function endKind(state: SweepState, run: SweepRun, value: string): Promise<boolean> {
    firstRow = undefined
    const kind = kinds[kinds.indexOf(run.kind) + 1]
    if (kind === undefined) {
      await finish(run, value)
      return false
    }
    return (await save({ ...state, run: { ...run, kind, offset: 0, counted: 0, leftOut: 0 } }, value)) !== null
  }

  /** Returns how many rows were compared: fewer than all when the budget for reads is used up. */
  async function compareRows(rows: readonly SessionRow[], run: SweepRun, askedAt: number) {
    let { compared, differing, unknown } = run.counts
    let done = 0
    for (const row of rows) {
      const sessionId = row.session_id.toLowerCase()
      const record = await storage.getSession(sessionId)
      if (record !== null && differs(row, record, askedAt)) {
        if (closing.signal.aborted || !(await reads.markWithinBudget(sessionId))) break
        differing += 1
      }
      const isNew = run.offset + done >= run.counted
      if (isNew) compared += 1
      if (isNew && record === null) unknown += 1
      done += 1
    }
    return { done, counts: { calls: run.counts.calls, compared, differing, unknown } }
  }

  function differs(row: SessionRow, record: SessionRecord, askedAt: number): boolean {
    if (record.environment !== environment || record.isReadPending) return false
    return normalizeStatus(row.status) !== record.status && record.updatedAt <= askedAt - freshMs
  }

  function afterFailure(run: SweepRun, error: unknown): SweepRun {
    const { code, retryAfterSeconds: asked = 0 } = error as { code?: string; retryAfterSeconds?: number }
    const failures = run.failures + 1
    const isLeftOut = code === 'didit-answer-invalid' && failures >= maxUnreadable
    const backOff = Math.min(minuteMs * 2 ** run.failures, longestPauseMs) * (0.5 + random() / 2)
    const retryAt = Math.round(now() + Math.min(Math.max(asked * 1000, backOff), longestPauseMs))
    logger.warn({ err: error, failures, isLeftOut }, 'a page of the list of Sessions could not be read')
    const counts = { ...run.counts, calls: run.counts.calls + 1 }
    if (!isLeftOut) return { ...run, counts, failures, retryAt }
    return { ...run, counts, failures: 0, retryAt, leftOut: run.leftOut + 1, offset: run.offset + pageSize }
  }

  async function finish(run: Pick<SweepRun, 'startedAt' | 'counts'>, value: string | null): Promise<void> {
    // A tenth earlier at most: servers that started together part, and no change stays hidden for more than a day.
    const nextAt = Math.round(Math.max(run.startedAt + dayMs * (0.9 + 0.1 * random()), now() + 60 * minuteMs))
    const saved = await save({ nextAt, lastCompletedAt: now(), run: null }, value)
    if (saved !== null)
      logger.info({ ...run.counts, tookMs: now() - run.startedAt }, 'the daily sweep of Sessions has ended')
  }

  /** Stores the state unless another process has. Returns what was stored, or null. */
  async function save(state: SweepState, before: string | null): Promise<string | null> {
    const value = JSON.stringify(state)
    return (await storage.setState(name, value, before)) ? value : null
  }

  return {
    runDue() {
      if (closing.signal.aborted) return Promise.resolve()
      underWay ??= runRound()
        .catch((err: unknown) => logger.warn({ err }, 'the daily sweep of Sessions was interrupted'))
        .finally(() => {
          underWay = undefined
        })
      return underWay
    },
    async progress() {
      const { state } = await load()
      const { lastCompletedAt = null, nextAt = null, run = null } = state ?? {}
      return { lastCompletedAt, startedAt: run?.startedAt ?? null, nextAt }
    },
    close: () => closing.abort(),
  }
}

const noCounts: Counts = { calls: 0, compared: 0, differing: 0, unknown: 0 }

/** Returns null for a state that another version has stored in another form: the sweep is then planned as at first. */
function parseState(stored: string): SweepState | null {
  try {
    const state = JSON.parse(stored) as Partial<SweepState> | null
    const { run } = state ?? {}
    const isPlan = Number.isFinite(state?.nextAt) && run !== undefined
    const isRun = run === null || (kinds.includes(run?.kind as 'user') && Number.isInteger(run?.offset))
    return isPlan && isRun ? (state as SweepState) : null
  } catch {
    return null
  }
}
