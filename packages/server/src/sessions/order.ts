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
export interface Standing {
  readonly status: SessionStatus
  readonly from: number
  readonly to: number
  readonly owesRead: boolean
}

/** What a fact did to the record: moved it, confirmed it, came too late, or could not be ordered. */
export type Outcome = 'applied' | 'confirmed' | 'history' | 'unordered'

/** Weighs a fact against the record; returns the new standing (a new object) and what happened. */
export function weigh(standing: Standing, fact: Fact): { readonly standing: Standing; readonly outcome: Outcome } {
  const isRead = fact.kind === 'read'
  if (fact.from > standing.to) {
    // A repeated status is no move, so it needs no second look.
    const isExpected = fact.status === standing.status || isListedTransition(standing.status, fact.status)
    return {
      outcome: 'applied',
      standing: {
        status: fact.status,
        from: fact.from,
        to: fact.to,
        owesRead: !isRead && (standing.owesRead || !isExpected),
      },
    }
  }
  if (fact.to < standing.from) return { outcome: 'history', standing }
  if (fact.status === standing.status) {
    return {
      outcome: 'confirmed',
      standing: { ...standing, to: Math.max(standing.to, fact.to), owesRead: standing.owesRead && !isRead },
    }
  }
  return { outcome: 'unordered', standing: { ...standing, owesRead: true } }
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
