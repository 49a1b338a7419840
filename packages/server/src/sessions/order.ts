import { isListedTransition, type SessionStatus } from '@didit-verify/core/schemas'

/**
 * Which of two facts about a Session is the newer one.
 *
 * Didit promises no order, its clock ticks in seconds, and reads race with webhooks. So a fact is not a moment but an
 * interval of vendor seconds in which it was true, and only facts whose intervals do not touch can be put in order.
 * What cannot be ordered changes nothing and owes a read; only a read pays that debt.
 */

/** Something Didit said of a Session: the status held at some moment between `from` and `to`, in vendor seconds. */
export interface Fact {
  readonly kind: 'event' | 'read'
  readonly status: SessionStatus
  readonly from: number
  readonly to: number
}

/** What the record holds. */
export interface CurrentInterval {
  readonly status: SessionStatus
  readonly from: number
  readonly to: number
  readonly isReadPending: boolean
}

/** What a fact did to the record: moved it, confirmed it, came too late, or could not be ordered. */
export type Outcome = 'applied' | 'confirmed' | 'history' | 'unordered'

/** Weighs a fact against the record; returns the new current (a new object) and what happened. */
export function compareFacts(
  current: CurrentInterval,
  fact: Fact,
): { readonly current: CurrentInterval; readonly outcome: Outcome } {
  const isRead = fact.kind === 'read'
  if (fact.from > current.to) {
    // A repeated status is no move, so it needs no second look.
    const isExpected = fact.status === current.status || isListedTransition(current.status, fact.status)
    return {
      outcome: 'applied',
      current: {
        status: fact.status,
        from: fact.from,
        to: fact.to,
        isReadPending: !isRead && (current.isReadPending || !isExpected),
      },
    }
  }
  if (fact.to < current.from) return { outcome: 'history', current }
  if (fact.status === current.status) {
    return {
      outcome: 'confirmed',
      current: { ...current, to: Math.max(current.to, fact.to), isReadPending: current.isReadPending && !isRead },
    }
  }
  return { outcome: 'unordered', current: { ...current, isReadPending: true } }
}

/** The interval of an event, in vendor seconds: `[created_at, timestamp]`, a missing one equal to the other. */
export function eventInterval(event: { created_at?: number | undefined; timestamp?: number | undefined }): {
  from: number
  to: number
} | null {
  const from = event.created_at ?? event.timestamp
  const to = event.timestamp ?? event.created_at
  if (from === undefined || to === undefined) return null
  return { from: Math.min(from, to), to: Math.max(from, to) }
}

/**
 * The interval of an API answer, in vendor seconds, from its `Date` header: the status held at some moment between
 * the sending of the request and the second after the one the header names.
 */
export function readInterval(dateHeaderSeconds: number, elapsedMs: number): { from: number; to: number } {
  return { from: dateHeaderSeconds - Math.ceil(Math.max(0, elapsedMs) / 1000) - 1, to: dateHeaderSeconds + 1 }
}

/**
 * The interval of the answer that created a Session in `Not Started`. Nothing can come before a creation, so the fact
 * covers its earliest moment only: a webhook in the same second is then newer, as it must be.
 */
export function creationInterval(dateHeaderSeconds: number, elapsedMs: number): { from: number; to: number } {
  const { from } = readInterval(dateHeaderSeconds, elapsedMs)
  return { from, to: from }
}
