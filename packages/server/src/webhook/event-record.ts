import { createHash } from 'node:crypto'
import { normalizeStatus, type SessionStatus } from '@didit-verify/core/schemas'
import { isGuid } from '../guid.ts'
import { eventInterval } from '../sessions/order.ts'
import { type EventRecord, isStorable, type SessionRecord } from '../storage/storage.ts'
import type { WebhookVerdict } from './receiver.ts'

/**
 * Turns a webhook into the record that is stored, and decides whether it must be quarantined.
 */

export type Verified = Extract<WebhookVerdict, { verdict: 'verified' }>

/** Greatest distance of a signed time from now, in seconds. An older event is late; a newer one cannot be right. */
export const toleranceSeconds = 300

/** The types that carry the status of a Session. Entity events carry the status of the entity instead. */
const sessionEvents: readonly string[] = ['status.updated', 'data.updated']

/** Returns the record of an event that Didit has signed. */
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
    // Simple covers only four fields; somebody on the way may have changed the others.
    if (trust === 'envelope') return 'simple'
    if (event.environment && event.environment !== environment) return 'environment'
    // Version 1 of the webhooks has no type, and no signature covers its time.
    if (!event.webhook_type || isOdd) return 'unreadable'
    if (interval === null) return 'undated'
    // Reject an interval that reaches into the future: no later event could be newer than that.
    if (interval.to > seconds + toleranceSeconds) return 'ahead'
    // It may repeat an event whose record was removed. The older end counts, because Didit may sign a repetition again.
    if (seconds - interval.from > eventDays * 86_400) return 'old'
    return isOfSession && !(isGuid(sessionId) && event.status) ? 'unreadable' : null
  }
  const status = nameOrNull(event.status)
  return {
    // A prefix, so that a delivery that claims to be a test cannot make the real one look like a duplicate.
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

/** Returns the record of a body that Didit has signed but that is not a readable event. */
export function unreadableRecord(key: string, sessionId: string | null, now: number): EventRecord {
  const seconds = Math.floor(now / 1000)
  return {
    key,
    sessionId,
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

/** An event that carries the status of a Session. */
export type FactRecord = EventRecord & { readonly sessionId: string; readonly status: SessionStatus }

/** Returns true for an event that may change its Session. */
export function isFact(event: EventRecord): event is FactRecord {
  const { sessionId, status, webhookType, test, quarantined } = event
  return !test && quarantined === null && sessionId !== null && status !== null && sessionEvents.includes(webhookType)
}

/** Returns true for a text that can be a status, a type or an id, and that every database can store. */
const isName = (text: string): boolean => text.length <= 200 && isStorable(text)

const nameOrNull = (text: string | null | undefined): string | null => (text && isName(text) ? text : null)

/** True when an event under a known id is no repetition: of another Session or status, or newer than the record, which differs. */
export function isContradiction(known: EventRecord, event: EventRecord, record: SessionRecord | null): boolean {
  if (!isFact(event)) return false
  if (known.sessionId !== event.sessionId || known.status !== event.status) return true
  return record !== null && record.status !== event.status && event.from > known.to && event.from > record.to
}

/** Returns the record of an event whose id was used before for another status. It changes nothing by itself. */
export function contradiction(event: EventRecord): EventRecord {
  const { key, sessionId, status, from, to } = event
  const hash = createHash('sha256')
    .update(JSON.stringify([key, sessionId, status, from, to]))
    .digest('hex')
  return { ...event, key: hash, quarantined: 'reused-id' }
}
