import type { SnapshotSource } from '@didit-verify/core/schemas'
import type { EventRecord, SessionRecord } from '../storage/storage.ts'

/** One thing that was heard of a Session, for staff. Times are epoch milliseconds. */
export interface TimelineEntry {
  readonly id: string
  /** Didit's `webhook_type`; `created` or `read` for the answer of its API by which the present status is known. */
  readonly type: string
  readonly status: string | null
  readonly source: SnapshotSource
  readonly occurredAt: number
  readonly receivedAt: number
  /** It came long after it was signed. */
  readonly late: boolean
  readonly test: boolean
}

/**
 * What was heard of a Session, oldest first by arrival. Webhooks that may not change anything by themselves are left
 * out, since they are no news that a reviewer should go by: Didit was asked instead.
 */
export function timelineOf(
  events: readonly EventRecord[],
  record: SessionRecord | null,
  environment: string,
): readonly TimelineEntry[] {
  const heard = events
    .filter((event) => event.quarantined === null && (event.environment ?? environment) === environment)
    .map(
      (event): TimelineEntry => ({
        id: event.key,
        type: event.webhookType,
        status: event.status,
        source: 'webhook',
        occurredAt: event.from * 1000,
        receivedAt: event.receivedAt,
        late: event.late,
        test: event.test,
      }),
    )
  // Answers are not kept one by one: only the one that the present status comes from is known.
  if (record === null || record.source === 'webhook') return heard
  return [...heard, answerOf(record)].sort((a, b) => a.receivedAt - b.receivedAt)
}

function answerOf({ source, revision, status, from, createdAt, updatedAt }: SessionRecord): TimelineEntry {
  const isCreation = source === 'created'
  return {
    id: `${source}-${revision}`,
    type: isCreation ? 'created' : 'read',
    status,
    source,
    occurredAt: from * 1000,
    receivedAt: isCreation ? createdAt : updatedAt,
    late: false,
    test: false,
  }
}
