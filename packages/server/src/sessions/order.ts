import { isDecided, isListedTransition, type SessionStatus, type SnapshotSource } from '@didit-verify/core/schemas'

/**
 * Puts the facts about a Session in order, and says when Didit has to be asked.
 *
 * Didit promises no order, and its clock ticks in seconds. So a fact is not a moment but an interval of vendor seconds, and
 * only facts whose intervals do not touch can be put in order. Three things make even that doubtful:
 *
 * - the clock that signs webhooks and the clock of the `Date` header may disagree by seconds;
 * - a replica of Didit may answer a read with a status that is some seconds old;
 * - a webhook may be lost, late, or unreadable.
 *
 * A doubtful fact leaves a read pending, together with the news that made it doubtful. A read that began
 * `replicaLagMs` after the news is definitive whatever the clocks say, since the storage commits only reads that
 * began after every stored event. So no Session stays unsettled for longer than Didit is silent.
 *
 * @see docs/decisions: facts are intervals
 */

/** How far an answer of Didit may lag behind what it has already told, in milliseconds. Seen: 4 s. */
export const replicaLagMs = 5_000

/** A late event that is older than the record by more than this is history, in seconds. No clock of Didit is wrong by so much. */
const overtakenSeconds = 1_800

/** A statement of Didit about a Session: the status held at some moment between `from` and `to`, in vendor seconds. */
export interface Fact {
  readonly kind: 'event' | 'read'
  readonly status: SessionStatus
  readonly from: number
  readonly to: number
  /** When the event arrived, or when the read was sent. Epoch milliseconds of our own clock. */
  readonly at: number
  /** True for an event that arrived after its time: events between it and now may be lost. Default false. */
  readonly late?: boolean | undefined
}

/** The reason why a read is pending. */
export interface News {
  /**
   * The status that an event told and that was not believed. Null when the event could not be read. Empty when a read that
   * agrees is not enough: there were several, or a read brought the news, and the same replica may repeat it.
   */
  readonly status: SessionStatus | null
  /** A read that is sent from this moment on is definitive. Epoch milliseconds of our own clock. */
  readonly until: number
  /** False when the news is almost surely older than the record, or not about it: any read that could be ordered is enough. */
  readonly isPlausible: boolean
}

/** No call of Didit takes longer: a read that seems older was sent after our own clock was set back. */
const longestCallMs = 60_000

/** Equals no status. */
const several = ''

/** The part of a record that facts are compared with. */
export interface CurrentInterval {
  readonly status: SessionStatus
  readonly from: number
  readonly to: number
  readonly source: SnapshotSource
  readonly isReadPending: boolean
  /** Null while no read is pending. */
  readonly news: News | null
  /** When the record last changed. Epoch milliseconds of our own clock. */
  readonly updatedAt: number
}

/** The effect of a fact on the record: it moved it, confirmed it, came too late, or could not be ordered. */
export type Outcome = 'applied' | 'confirmed' | 'history' | 'unordered'

/** The record's new interval (a new object where it changed), and what the fact did. */
export interface Comparison {
  readonly current: CurrentInterval
  readonly outcome: Outcome
}

/** Compares a fact with the record. */
export function compareFacts(current: CurrentInterval, fact: Fact): Comparison {
  if (fact.kind === 'event') return compareEvent(current, fact)
  const { isReadPending, news } = current
  return isReadPending && news?.isPlausible ? comparePendingRead(current, news, fact) : compareRead(current, fact)
}

/** Leaves a read pending because of news that could not be taken as a fact. */
export function withNews<Current extends Pick<CurrentInterval, 'news' | 'isReadPending'>>(
  current: Current,
  news: News,
): Current {
  return { ...current, isReadPending: true, news: mergeNews(current.news, news) }
}

function compareEvent(current: CurrentInterval, event: Fact): Comparison {
  const { status, from, to, at } = event
  const isSame = status === current.status
  const isListed = isListedTransition(current.status, status)
  const news = (isPlausible: boolean): News => ({ status, until: at + replicaLagMs, isPlausible })
  // May a read that agrees end the doubt at once? Not if the event may be the older fact: a replica that lags would agree.
  // A withdrawal may end it at once, an approval may not.
  const isWithdrawal = isListed && current.source === 'api' && status !== 'Approved'
  const isAgreeable = isForward(current.status, status) || isWithdrawal
  const doubt = (): News => ({ ...news(!isOlder), ...(!isAgreeable && { status: several }) })
  // It settles nothing, and a replica may not know it yet.
  const repeated = (it: CurrentInterval) => (it.isReadPending ? withNews(it, news(true)) : it)
  // Documented in one direction only, the order of two statuses is clear. Else a replica that lags could hide the newer one.
  // A record whose clock was doubtful proves nothing about order either.
  const isOlder = isForward(status, current.status) && current.to - current.from < 2 * doubtfulSeconds
  // No Session is known to go back to its beginning, so this is hardly the newest fact. Only time tells.
  if (status === 'Not Started' && !isSame) {
    return { outcome: 'unordered', current: withNews(current, { ...news(true), status: several }) }
  }
  switch (placeOf(current, event)) {
    case 'after': {
      const moved = { ...current, status, from, to }
      if (isSame) return { outcome: 'applied', current: repeated(moved) }
      // `Date` may be wrong by minutes: against a read, an event that looks newer may still be the older fact.
      const isSure = isListed && !event.late && current.source !== 'api' && !current.isReadPending
      if (isSure) return { outcome: 'applied', current: moved }
      const reason = current.source === 'api' ? { ...doubt(), isPlausible: true } : news(true)
      return { outcome: 'applied', current: withNews(moved, reason) }
    }
    case 'before': {
      // Another status is news even where it looks old: the two clocks may disagree, and a Date may be wrong by minutes. Only a
      // late event that is older than any such fault is history.
      const isOvertaken = event.late === true && current.from - to > overtakenSeconds
      if (isOvertaken && !isSame) return { outcome: 'history', current }
      return { outcome: 'history', current: isSame ? repeated(current) : withNews(current, doubt()) }
    }
    case 'overlap':
      if (isSame) return { outcome: 'confirmed', current: repeated({ ...current, to: Math.max(current.to, to) }) }
      return { outcome: 'unordered', current: withNews(current, doubt()) }
  }
}

function compareRead(before: CurrentInterval, read: Fact): Comparison {
  const { status, from, to, at } = read
  const isDue = before.news === null || isOver(before.news, at)
  if (before.isReadPending && status !== before.status && isDue) return settle(before, read)
  const place = placeOf(before, read)
  const current = place === 'after' || status === before.status ? { ...before, ...settled } : before
  if (status === current.status) return confirm(current, read)
  const until = at + replicaLagMs
  if (place !== 'after') {
    return { outcome: 'unordered', current: withNews(current, { status: several, until, isPlausible: true }) }
  }
  const moved = { ...current, status, from, to }
  // Soon after the last change, a replica that lags may answer with the status before it.
  const isSoon = at < current.updatedAt + replicaLagMs
  const isStale =
    isSoon && (isDecided(current.status) || (current.source === 'webhook' && !isForward(current.status, status)))
  if (isListedTransition(current.status, status) && !isStale) return { outcome: 'applied', current: moved }
  // A second read, some seconds later, tells a missed event from a replica that lags.
  return { outcome: 'applied', current: withNews(moved, { status: several, until, isPlausible: true }) }
}

/** Compares a read that has to settle plausible news. */
function comparePendingRead(current: CurrentInterval, news: News, read: Fact): Comparison {
  const { status, from, to, at } = read
  const isDefinitive = isOver(news, at)
  if (status === current.status) {
    const { outcome, current: confirmed } = confirm(current, read)
    const isEnough = isDefinitive || news.status === status
    if (isEnough) return { outcome: 'confirmed', current: { ...confirmed, ...settled } }
    return { outcome, current: { ...confirmed, news: contradict(news, at) } }
  }
  const isFound = news.status === null && isForward(current.status, status)
  if (isDefinitive || isFound || news.status === status) return settle(current, read)
  if (placeOf(current, read) !== 'after') {
    return { outcome: 'unordered', current: { ...current, news: contradict(news, at) } }
  }
  // From now on this status is the one that a replica may not know yet.
  const moved = { ...current, status, from, to }
  return {
    outcome: 'applied',
    current: withNews(moved, { status: several, until: at + replicaLagMs, isPlausible: true }),
  }
}

/** News that a read did not agree with. It waits again, since a replica may not know yet what that read has told. */
function contradict(news: News, at: number): News {
  return { status: several, until: Math.max(news.until, at + replicaLagMs), isPlausible: true }
}

const settled = { isReadPending: false, news: null }

/** Takes a definitive read as it is, whatever the intervals say. */
function settle(current: CurrentInterval, { status, from, to }: Fact): Comparison {
  return { outcome: 'applied', current: { ...current, status, from, to, ...settled } }
}

/** A read with the record's own status: it can only move the interval. */
function confirm(current: CurrentInterval, { from, to }: Fact): Comparison {
  switch (placeOf(current, { from, to })) {
    case 'after':
      return { outcome: 'applied', current: { ...current, from, to } }
    case 'before':
      return { outcome: 'history', current }
    case 'overlap':
      return { outcome: 'confirmed', current: { ...current, to: Math.max(current.to, to) } }
  }
}

function placeOf(
  current: Pick<CurrentInterval, 'from' | 'to'>,
  fact: Pick<Fact, 'from' | 'to'>,
): 'after' | 'before' | 'overlap' {
  if (fact.from > current.to) return 'after'
  return fact.to < current.from ? 'before' : 'overlap'
}

/**
 * True when Didit documents this move and not the way back: then the order of the two statuses is clear. Not so after a
 * resubmission, which begins the steps again.
 */
function isForward(from: SessionStatus, to: SessionStatus): boolean {
  return from !== 'Resubmitted' && isListedTransition(from, to) && !isListedTransition(to, from)
}

/** True when a read sent at `at` is definitive. Also when our own clock was set back since: no news waits longer than the lag. */
const isOver = ({ until }: News, at: number): boolean => at >= until || until - at > longestCallMs

function mergeNews(earlier: News | null, news: News): News {
  if (earlier === null) return news
  return {
    status: earlier.status === news.status ? news.status : several,
    until: Math.max(earlier.until, news.until),
    isPlausible: earlier.isPlausible || news.isPlausible,
  }
}

/** Returns the interval of an event, in vendor seconds: `[created_at, timestamp]`. A missing end equals the other one. */
export function eventInterval(event: { created_at?: number | undefined; timestamp?: number | undefined }): {
  from: number
  to: number
} | null {
  const from = event.created_at ?? event.timestamp
  const to = event.timestamp ?? event.created_at
  if (from === undefined || to === undefined) return null
  return { from: Math.min(from, to), to: Math.max(from, to) }
}

/** The times of an answer of Didit. */
export interface AnswerTimes {
  /** The `Date` header in vendor seconds, or our own clock where Didit sent none. */
  readonly dateSeconds: number
  /** The owner of the clock behind `dateSeconds`. */
  readonly clock: 'vendor' | 'local'
  /** When the request was sent, by our own clock in epoch milliseconds. */
  readonly startedAt: number
  readonly elapsedMs: number
}

/** By how much an interval from a doubtful clock grows on both sides, in seconds: the tolerance for webhooks. */
const doubtfulSeconds = 300

/**
 * Returns the interval of an API answer, in vendor seconds: the status held at some moment between the sending of the
 * request and the second after the one that the `Date` header names.
 *
 * Without the header, or with one that is further from our own clock than the tolerance, one of the two clocks is wrong and
 * it is unknown which one: the interval is then widened by the tolerance on both sides.
 */
export function readInterval({ dateSeconds, clock, startedAt, elapsedMs }: AnswerTimes): { from: number; to: number } {
  const ownSeconds = (startedAt + elapsedMs) / 1000
  const isReliable = clock === 'vendor' && Math.abs(ownSeconds - dateSeconds) <= doubtfulSeconds
  const doubt = isReliable ? 0 : doubtfulSeconds
  return {
    from: dateSeconds - Math.ceil(Math.max(0, elapsedMs) / 1000) - 1 - doubt,
    to: dateSeconds + 1 + doubt,
  }
}

/**
 * Returns the interval of the answer that created a Session in `Not Started`. Nothing can come before a creation, so the
 * fact covers its earliest moment only: a webhook in the same second is then newer, as it must be.
 */
export function creationInterval(times: AnswerTimes): { from: number; to: number } {
  const { from } = readInterval(times)
  return { from, to: from }
}
