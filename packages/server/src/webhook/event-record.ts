import { createHash } from 'node:crypto'
import { normalizeStatus, type SessionStatus } from '@didit-verify/core/schemas'
import { isGuid } from '../guid.ts'
import { eventInterval } from '../sessions/order.ts'
import { type EventRecord, isStorable } from '../storage/storage.ts'
import type { WebhookVerdict } from './receiver.ts'

/**
 * What is stored of a webhook, and why it may not change any state by itself, where it may not.
 */

export type Verified = Extract<WebhookVerdict, { verdict: 'verified' }>

/** Greatest distance of a signed time from now: what is older is late, what is newer cannot be. */
export const toleranceSeconds = 300

/** The types that say how a Session stands. Entities carry a status of their own, which is not the Session's. */
const sessionEvents: readonly string[] = ['status.updated', 'data.updated']

/** The record of an event that Didit has signed. */
export function toEventRecord(
  { event, trust, times, key, fresh, test }: Verified,
  { environment, now, eventDays }: { readonly environment: string; readonly now: number; readonly eventDays: number },
): EventRecord {
  const seconds = Math.floor(now / 1000)
  const interval = eventInterval(times)
  const sessionId = event.session_id?.toLowerCase() ?? null
  const isOfSession = sessionEvents.includes(event.webhook_type ?? '')
  const isOdd = [event.event_id, event.webhook_type, event.status, event.environment].some((it) => it && !isName(it))
  const reason = () => {
    // Simple covers four fields only, and anybody on the way may have changed the rest.
    if (trust === 'envelope') return 'simple'
    if (event.environment && event.environment !== environment) return 'environment'
    // Version 1 of the webhooks: no type, and a time that no signature covers.
    if (!event.webhook_type || isOdd) return 'unreadable'
    if (interval === null) return 'undated'
    // Either end: nothing later would ever be newer than an interval that reaches into the future.
    if (interval.to > seconds + toleranceSeconds) return 'ahead'
    // It may be a repetition that is no longer known. Its older end counts: Didit may sign one anew that it sends again.
    if (seconds - interval.from > eventDays * 86_400) return 'old'
    return isOfSession && !(isGuid(sessionId) && event.status) ? 'unreadable' : null
  }
  const status = nameOrNull(event.status)
  return {
    // What only claims to be a test must not make the real delivery look like a repetition.
    key: `${test ? 'test:' : ''}${isName(key) ? key : createHash('sha256').update(key).digest('hex')}`,
    sessionId: isGuid(sessionId) ? sessionId : null,
    webhookType: nameOrNull(event.webhook_type) ?? 'unknown',
    status: status !== null && isOfSession ? normalizeStatus(status) : status,
    environment: nameOrNull(event.environment),
    from: interval?.from ?? seconds,
    to: interval?.to ?? seconds,
    receivedAt: now,
    late: !fresh,
    test,
    quarantined: reason(),
  }
}

/** The record of a body that Didit has signed and nobody can read. */
export function unreadableRecord(key: string, now: number): EventRecord {
  const seconds = Math.floor(now / 1000)
  return {
    key,
    sessionId: null,
    webhookType: 'unknown',
    status: null,
    environment: null,
    from: seconds,
    to: seconds,
    receivedAt: now,
    late: false,
    test: false,
    quarantined: 'unreadable',
  }
}

/** An event that says how a Session stands. */
export type FactRecord = EventRecord & { readonly sessionId: string; readonly status: SessionStatus }

/** True for an event that may move its Session. */
export function isFact(event: EventRecord): event is FactRecord {
  const { sessionId, status, webhookType, test, quarantined } = event
  return !test && quarantined === null && sessionId !== null && status !== null && sessionEvents.includes(webhookType)
}

/** True for what can be a status, a type or an id: all that Didit is known to send, and nothing that no database takes. */
const isName = (text: string): boolean => text.length <= 200 && isStorable(text)

const nameOrNull = (text: string | null | undefined): string | null => (text && isName(text) ? text : null)
