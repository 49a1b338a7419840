import { needsNewSession, phaseOf, type RedactedDecision, type Snapshot } from '@didit-verify/core/schemas'
import type { Config } from '../config.ts'
import type { SessionRecord } from '../storage/storage.ts'

/** True when this Session is over without success, and the host allows this user another one after it. */
export function canRetry(record: SessionRecord, config: Pick<Config, 'workflows'>): boolean {
  const workflow = config.workflows.get(record.workflow ?? '')
  if (workflow === undefined || !needsNewSession(record.status)) return false
  return record.attempt < (workflow.maxAttempts ?? Number.POSITIVE_INFINITY)
}

/** Returns the browser's view of a Session. The record must be bound to a user. */
export function toSnapshot(record: SessionRecord, config: Pick<Config, 'workflows'>): Snapshot {
  return {
    sessionId: record.sessionId,
    workflow: record.workflow ?? '',
    status: record.status,
    phase: phaseOf(record.status),
    settled: !record.isReadPending,
    revision: record.revision,
    updatedAt: record.updatedAt,
    source: record.source,
    canRetry: canRetry(record, config),
    ...(record.expiresAt === null ? {} : { expiresAt: record.expiresAt }),
  }
}

/** Returns the browser's view of a Session's Decision, as far as it is stored. */
export function toDecision(record: SessionRecord, config: Pick<Config, 'workflows'>): RedactedDecision {
  const isCurrent = record.decision?.status === record.status
  return {
    sessionId: record.sessionId,
    status: record.status,
    decidedAt: record.decidedAt,
    checks: isCurrent ? (record.decision?.checks ?? []) : [],
    canRetry: canRetry(record, config),
  }
}
