import type { SnapshotSource } from '@didit-verify/core/schemas'
import type { EventRecord, SessionRecord } from '../storage/storage.ts'

/** One webhook or answer about a Session, for staff. Times are epoch milliseconds. */
export interface TimelineEntry {
  readonly id: string
  /** Didit's `webhook_type`. For the API answer that gave the current status it is `created` or `read`. */
  readonly type: string
  readonly status: string | null
  readonly source: SnapshotSource
  readonly occurredAt: number
  readonly receivedAt: number
  /** True when the webhook arrived long after it was signed. */
  readonly late: boolean
  readonly test: boolean
}

/**
 * Returns the webhooks and answers about a Session, in order of arrival. Quarantined webhooks are left out: they must not
 * change a Session by themselves, so a reviewer should not rely on them. The server asks Didit instead.
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
  // Answers are not stored one by one. Only the answer that gave the current status is known.
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
