import { isDecided, type RedactedDecision, RequestError, type SnapshotSource } from '@didit-verify/core/schemas'
import type { SessionRecord } from '../storage/storage.ts'
import { nextLookAt } from './look-schedule.ts'
import { type CurrentInterval, compareFacts, type Fact, type News, replicaLagMs, withNews } from './order.ts'
import { nameRequested, requestedKinds } from './resubmission.ts'

/**
 * Applies facts to a Session's record: pure functions that the storage runs while it holds the row.
 *
 * The order rules decide; this file keeps the rest of the record in step with them. `revision` grows only with what a
 * browser can see, so that bookkeeping wakes no stream.
 */

/** A fact from a webhook. */
export interface SessionEvent extends Fact {
  readonly sessionId: string
  readonly workflowId: string | null
  readonly environment: string
  /** True when the event arrived after its time. Alone it settles nothing. */
  readonly late: boolean
  /** The steps that a resubmission asks for again, by the kinds of their checks. */
  readonly asksAgain?: readonly string[]
}

/** A fact from a read. */
export interface SessionRead extends Fact {
  readonly workflowId: string | null
  readonly expiresAt: number | null
  readonly decision: RedactedDecision
}

/** A fact from the answer that created the Session, or returned an unfinished one. */
export interface SessionCreation extends Fact {
  readonly sessionId: string
  readonly workflowId: string
  readonly environment: string
  readonly url: string
  readonly returnTo: string | null
}

/** The user to whom a creation binds a Session. */
export interface CreationOwner {
  readonly userId: string
  readonly workflow: string
  /** How many Sessions the user has had before at this workflow. */
  readonly earlier: number
  /** True when an event of this Session is quarantined: it came while nobody knew whose Session it is. */
  readonly hasQuarantined: boolean
}

// The least pause before a pending read is repeated.
const shortestPauseMs = 500

/**
 * Applies a webhook to a Session. Makes a record that belongs to nobody when there is none.
 *
 * @param compare - The order rules. Only tests pass others.
 */
export function applyEvent(
  record: SessionRecord | null,
  event: SessionEvent,
  now: number,
  compare = compareFacts,
): SessionRecord {
  if (record === null) {
    const begun = begin(event, { source: 'webhook', now })
    return nameSteps(event.late ? withPendingRead(begun, now, newsOf(event)) : begun, event)
  }
  const { current, outcome } = compare(record, event)
  const moved = schedule(move(record, current, { source: 'webhook', vendorSeconds: event.from, now }), record, now)
  if (outcome === 'history') return moved
  const named = nameSteps(moved, event)
  return named !== moved && moved.revision === record.revision ? raise(named, now) : named
}

/**
 * Applies a read to a Session. Its Decision is taken only when the read could be put in order.
 *
 * @param compare - The order rules. Only tests pass others.
 */
export function applyRead(
  record: SessionRecord,
  read: SessionRead,
  now: number,
  compare = compareFacts,
): SessionRecord {
  const { current, outcome } = compare(record, read)
  const moved = move(record, current, { source: 'api', vendorSeconds: read.from, now })
  if (outcome === 'unordered' || outcome === 'history') return repeat(moved, record, now)
  const hasNewExpiry = moved.expiresAt !== read.expiresAt
  // A new expiry is shown, but is no change of the status: the schedule of looks counts from that.
  const isOnlyExpiry = hasNewExpiry && moved.revision === record.revision
  const seen = isOnlyExpiry ? { ...moved, revision: nextRevision(moved.revision, now) } : moved
  const known = {
    ...seen,
    expiresAt: read.expiresAt,
    workflowId: seen.workflowId ?? read.workflowId,
    readFailures: 0,
    decision: keepSteps(record, { ...read.decision, decidedAt: seen.decidedAt }),
  }
  return repeat(known, record, now)
}

/** Returns the Decision to store: a new one need not repeat which steps are asked for again. */
export function keepSteps(record: SessionRecord, decision: RedactedDecision): RedactedDecision {
  const { decision: stored } = record
  if (decision.status !== 'Resubmitted' || stored?.status !== 'Resubmitted') return decision
  return { ...decision, checks: nameRequested(decision.checks, requestedKinds(stored.checks)) }
}

/**
 * Binds a Session to the user for whom it was created.
 *
 * @throws {RequestError} `session-foreign` when it belongs to someone else, or to another workflow of the same user:
 *   a light check must not count as a thorough one. Nothing is stored then.
 */
export function applyCreation(
  record: SessionRecord | null,
  creation: SessionCreation,
  owner: CreationOwner,
  now: number,
): SessionRecord {
  if (record !== null && record.userId !== null && record.userId !== owner.userId) {
    throw new RequestError('session-foreign', 'Didit handed back a Session that belongs to another user.', {
      status: 409,
      help: 'vendorData(user) must be different for every user: Didit returns the unfinished Session of the same value.',
    })
  }
  // The same workflow under another alias: the host has renamed it.
  if (record?.workflow && record.workflow !== owner.workflow && record.workflowId !== creation.workflowId) {
    throw new RequestError('session-foreign', 'Didit handed back a Session of another workflow.', { status: 409 })
  }
  const created =
    record === null ? begin(creation, { source: 'created', now }) : raise(applyAnswer(record, creation, now), now)
  const base = owner.hasQuarantined ? withPendingRead(created, now, unreadNews(now)) : created
  const bound = {
    ...base,
    userId: owner.userId,
    workflow: owner.workflow,
    workflowId: creation.workflowId,
    environment: creation.environment,
    attempt: base.attempt > 0 && base.workflow === owner.workflow ? base.attempt : owner.earlier + 1,
    url: isDecided(base.status) ? null : creation.url,
    returnTo: creation.returnTo,
  }
  return schedule(bound, record, now)
}

/** Applies the status that the answer to a creation carries. "Not Started" cannot be news of a Session that is known. */
function applyAnswer(record: SessionRecord, creation: SessionCreation, now: number): SessionRecord {
  if (creation.status === 'Not Started') return record
  const { current } = compareFacts(record, creation)
  const { news } = current
  // The answer may have been slow: a replica may lag as long from now on as from any news.
  const heard =
    news === null ? current : { ...current, news: { ...news, until: Math.max(news.until, now + replicaLagMs) } }
  return move(record, heard, { source: 'api', vendorSeconds: creation.from, now })
}

/**
 * Leaves a read of a Session pending, because of news that could not be applied.
 *
 * @param news - What was heard. Default: something that nobody could read.
 */
export function withPendingRead(record: SessionRecord, now: number, news: News = unreadNews(now)): SessionRecord {
  const doubted = withNews(record, news)
  return record.isReadPending ? doubted : raise({ ...doubted, readDueAt: now, readFailures: 0 }, now)
}

/** Clears the pending read of a Session that Didit no longer knows: the last status stands. */
export function clearPending(record: SessionRecord, now: number): SessionRecord {
  if (!record.isReadPending) return record
  return raise({ ...record, isReadPending: false, news: null, readDueAt: null, readFailures: 0 }, now)
}

/** Notes that Didit does not know a Session: its address is dropped, so that the next start asks Didit for another. */
export function withoutAddress(record: SessionRecord): SessionRecord {
  return record.url === null ? record : { ...record, url: null }
}

/** Postpones a read after a failure. */
export function postponeRead(record: SessionRecord, readDueAt: number): SessionRecord {
  return record.readDueAt === null ? record : { ...record, readDueAt, readFailures: record.readFailures + 1 }
}

/** True when an approval still counts. */
export function isValidApproval(record: SessionRecord, maxAgeDays: number | undefined, now: number): boolean {
  if (record.status !== 'Approved' || record.isReadPending) return false
  return maxAgeDays === undefined || now - (record.decidedAt ?? record.updatedAt) < maxAgeDays * 86_400_000
}

/** The news of an event that is not taken as a fact. */
export function newsOf(
  { status, at }: { readonly status: Fact['status'] | null; readonly at: number },
  isPlausible = true,
): News {
  return { status, until: at + replicaLagMs, isPlausible }
}

const unreadNews = (now: number): News => newsOf({ status: null, at: now })

function begin(
  fact: Fact & { readonly sessionId: string; readonly workflowId: string | null; readonly environment: string },
  { source, now }: { readonly source: SnapshotSource; readonly now: number },
): SessionRecord {
  return {
    sessionId: fact.sessionId,
    userId: null,
    workflow: null,
    workflowId: fact.workflowId,
    environment: fact.environment,
    status: fact.status,
    from: fact.from,
    to: fact.to,
    isReadPending: false,
    news: null,
    readDueAt: null,
    readFailures: 0,
    seq: 0,
    revision: nextRevision(0, now),
    source,
    createdAt: now,
    updatedAt: now,
    decidedAt: isDecided(fact.status) ? fact.from * 1000 : null,
    expiresAt: null,
    attempt: 0,
    url: null,
    returnTo: null,
    decision: null,
  }
}

/**
 * Keeps the steps that an event names. An event that could not be put in order leaves them, too: the pending read may find
 * that the event was right, but not which steps it named.
 */
function nameSteps(record: SessionRecord, { status, asksAgain = [] }: SessionEvent): SessionRecord {
  if (status !== 'Resubmitted' || asksAgain.length === 0) return record
  const { sessionId, decision } = record
  const known = decision?.status === status ? decision.checks : []
  // The newest event says all that is asked for now.
  const others = known.filter(({ kind }) => !requestedKinds(known).includes(kind))
  const checks = nameRequested(others, asksAgain)
  return { ...record, decision: { sessionId, status, decidedAt: null, checks, canRetry: false } }
}

function move(
  record: SessionRecord,
  { status, from, to, isReadPending, news }: CurrentInterval,
  { source, vendorSeconds, now }: { source: SnapshotSource; vendorSeconds: number; now: number },
): SessionRecord {
  const next: SessionRecord = {
    ...record,
    from,
    to,
    isReadPending,
    news,
    readFailures: isReadPending ? record.readFailures : 0,
  }
  if (status === record.status) return isReadPending === record.isReadPending ? next : raise(next, now)
  return raise(
    {
      ...next,
      status,
      source,
      decidedAt: isDecided(status) ? vendorSeconds * 1000 : null,
      url: isDecided(status) ? null : record.url,
      // The person may still be on the way back, so the page stays until it is used. Its query can hold personal data.
      returnTo: isDecided(status) ? withoutQuery(record.returnTo) : record.returnTo,
      decision: null,
    },
    now,
  )
}

/** Sets when the Session is read next: now, if a read has just become pending, else by the schedule of looks. */
function schedule(record: SessionRecord, before: SessionRecord | null, now: number): SessionRecord {
  if (!record.isReadPending) return { ...record, readDueAt: nextLookAt(record, now) }
  return { ...record, readDueAt: before?.isReadPending ? before.readDueAt : now }
}

/** The same after a read. A read that is still pending waits for what it needs to be settled. */
function repeat(record: SessionRecord, before: SessionRecord, now: number): SessionRecord {
  if (!record.isReadPending) return schedule(record, before, now)
  return { ...record, readDueAt: Math.max(record.news?.until ?? now, now + shortestPauseMs) }
}

function raise(record: SessionRecord, now: number): SessionRecord {
  return { ...record, revision: nextRevision(record.revision, now), updatedAt: now }
}

/** Seconds, so that a database restored from a backup cannot count below what screens have already seen. */
const nextRevision = (revision: number, now: number): number => Math.max(revision + 1, Math.floor(now / 1000))

const withoutQuery = (address: string | null) => address?.replace(/[?#].*$/s, '') ?? null
