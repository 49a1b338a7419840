import { isDecided, type RedactedDecision, RequestError, type SnapshotSource } from '@didit-verify/core/schemas'
import type { SessionRecord } from '../storage/storage.ts'
import { type CurrentInterval, compareFacts, type Fact } from './order.ts'
import { nameRequested, requestedKinds } from './resubmission.ts'

/**
 * What a fact does to a Session's record: pure functions that the storage runs while it holds the row.
 *
 * The order rules decide; this file keeps the rest of the record in step with them. `revision` grows only with what a
 * browser can see, so that bookkeeping wakes no stream.
 */

/** A fact from a webhook. */
export interface SessionEvent extends Fact {
  readonly sessionId: string
  readonly workflowId: string | null
  readonly environment: string
  /** Signed right, but its time had passed: alone it is no ground to stand on. */
  readonly late: boolean
  /** The steps that a resubmission asks for again, by the kinds of their checks. */
  readonly asksAgain?: readonly string[]
}

/** A fact from a read. */
export interface SessionRead extends Fact {
  readonly workflowId: string | null
  readonly expiresAt: number | null
  readonly decision: RedactedDecision
  /** When to read again if this one cannot be put in order. Epoch milliseconds. */
  readonly retryAt: number
}

/** A fact from the answer that created the Session, or handed back an unfinished one. */
export interface SessionCreation extends Fact {
  readonly sessionId: string
  readonly workflowId: string
  readonly environment: string
  readonly url: string
  readonly returnTo: string | null
}

/** Folds a webhook into a Session; makes a record that belongs to nobody when there is none. */
export function applyEvent(record: SessionRecord | null, event: SessionEvent, now: number): SessionRecord {
  if (record === null) return nameSteps(begin(event, { source: 'webhook', isReadPending: event.late, now }), event)
  const { current, outcome } = compareFacts(record, event)
  // Whatever came after it may have been lost meanwhile.
  const isDoubtful = event.late && current.status !== record.status
  const next = isDoubtful ? { ...current, isReadPending: true } : current
  const moved = move(record, next, { source: 'webhook', vendorSeconds: event.from, now })
  if (outcome === 'history') return moved
  const named = nameSteps(moved, event)
  return named !== moved && moved.revision === record.revision ? raise(named, now) : named
}

/** Folds a read into a Session. Its Decision is taken only when the read could be put in order. */
export function applyRead(record: SessionRecord, read: SessionRead, now: number): SessionRecord {
  const { current, outcome } = compareFacts(record, read)
  const moved = move(record, current, { source: 'api', vendorSeconds: read.from, now })
  if (outcome === 'unordered' || outcome === 'history') {
    return moved.isReadPending ? { ...moved, readDueAt: read.retryAt } : moved
  }
  const hasNewExpiry = moved.expiresAt !== read.expiresAt
  const seen = hasNewExpiry && moved.revision === record.revision ? raise(moved, now) : moved
  return {
    ...seen,
    expiresAt: read.expiresAt,
    workflowId: seen.workflowId ?? read.workflowId,
    decision: keepSteps(record, { ...read.decision, decidedAt: seen.decidedAt }),
  }
}

/** A Decision as it may take the place of the stored one: it need not repeat which steps are asked for again. */
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
  owner: { readonly userId: string; readonly workflow: string; readonly earlier: number },
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
  const base =
    record === null
      ? begin(creation, { source: 'created', isReadPending: false, now })
      : raise(
          move(record, compareFacts(record, creation).current, { source: 'api', vendorSeconds: creation.from, now }),
          now,
        )
  return {
    ...base,
    userId: owner.userId,
    workflow: owner.workflow,
    workflowId: creation.workflowId,
    environment: creation.environment,
    attempt: base.attempt > 0 && base.workflow === owner.workflow ? base.attempt : owner.earlier + 1,
    url: isDecided(base.status) ? null : creation.url,
    returnTo: creation.returnTo,
  }
}

/** Makes a Session owe a read: something was heard of it that is no ground to act on. */
export function withPendingRead(record: SessionRecord, now: number): SessionRecord {
  if (record.isReadPending) return record
  return raise({ ...record, isReadPending: true, readDueAt: now, readFailures: 0 }, now)
}

/** Ends the debt of a Session that Didit no longer knows: what was heard last stands. */
export function clearPending(record: SessionRecord, now: number): SessionRecord {
  if (!record.isReadPending) return record
  return raise({ ...record, isReadPending: false, readDueAt: null, readFailures: 0 }, now)
}

/** Puts an owed read off after a failure. */
export function postponeRead(record: SessionRecord, readDueAt: number): SessionRecord {
  return record.isReadPending ? { ...record, readDueAt, readFailures: record.readFailures + 1 } : record
}

/** True when an approval still counts. */
export function isValidApproval(record: SessionRecord, maxAgeDays: number | undefined, now: number): boolean {
  if (record.status !== 'Approved' || record.isReadPending) return false
  return maxAgeDays === undefined || now - (record.decidedAt ?? record.updatedAt) < maxAgeDays * 86_400_000
}

function begin(
  fact: Fact & { readonly sessionId: string; readonly workflowId: string | null; readonly environment: string },
  { source, isReadPending, now }: { source: SnapshotSource; isReadPending: boolean; now: number },
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
    isReadPending,
    readDueAt: isReadPending ? now : null,
    readFailures: 0,
    seq: 0,
    // Seconds, so that a database restored from a backup cannot count below what screens have seen.
    revision: Math.floor(now / 1000),
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
 * Keeps the steps that an event names. One that could not be put in order leaves them, too, for the read that is owed
 * then: it may find that the event was right, and not what it named.
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
  current: CurrentInterval,
  { source, vendorSeconds, now }: { source: SnapshotSource; vendorSeconds: number; now: number },
): SessionRecord {
  const { status, from, to, isReadPending } = current
  if (status === record.status && from === record.from && to === record.to && isReadPending === record.isReadPending)
    return record
  const next: SessionRecord = {
    ...record,
    from,
    to,
    isReadPending,
    readDueAt: isReadPending ? (record.readDueAt ?? now) : null,
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
      decision: null,
    },
    now,
  )
}

function raise(record: SessionRecord, now: number): SessionRecord {
  return { ...record, revision: record.revision + 1, updatedAt: now }
}
