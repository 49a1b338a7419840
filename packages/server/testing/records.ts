import type { EventRecord, SessionRecord } from '../src/storage/storage.ts'

/** A record with nothing remarkable in it. */
export function makeRecord(sessionId: string, overrides: Partial<SessionRecord> = {}): SessionRecord {
  return {
    sessionId,
    userId: null,
    workflow: null,
    workflowId: null,
    environment: null,
    status: 'Not Started',
    from: 100,
    to: 100,
    isReadPending: false,
    news: null,
    readDueAt: null,
    readFailures: 0,
    seq: 0,
    revision: 1,
    source: 'created',
    createdAt: 100_000,
    updatedAt: 100_000,
    decidedAt: null,
    expiresAt: null,
    attempt: 0,
    url: null,
    returnTo: null,
    decision: null,
    ...overrides,
  }
}

/** An event with nothing remarkable in it. */
export function makeEvent(overrides: Partial<EventRecord> & Pick<EventRecord, 'key' | 'sessionId'>): EventRecord {
  return {
    webhookType: 'status.updated',
    status: null,
    environment: null,
    from: 100,
    to: 100,
    receivedAt: 100_000,
    late: false,
    test: false,
    quarantined: null,
    ...overrides,
  }
}
