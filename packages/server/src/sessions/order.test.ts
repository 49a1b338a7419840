import type { SessionStatus } from '@didit-verify/core/schemas'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CurrentInterval,
  compareFacts,
  creationInterval,
  eventInterval,
  type Fact,
  readInterval,
  replicaLagMs,
} from './order.ts'

/** The record changed long before the facts below arrive. */
const arrivedAt = 1_000_000
const current = (changes: Partial<CurrentInterval> = {}): CurrentInterval => ({
  status: 'In Progress',
  from: 100,
  to: 110,
  source: 'webhook',
  isReadPending: false,
  news: null,
  updatedAt: 0,
  ...changes,
})
const event = (status: SessionStatus, from: number, to = from): Fact => ({
  kind: 'event',
  status,
  from,
  to,
  at: arrivedAt,
})
const read = (status: SessionStatus, from: number, to = from, at = arrivedAt): Fact => ({
  kind: 'read',
  status,
  from,
  to,
  at,
})
const reading = (dateSeconds: number, elapsedMs: number) =>
  readInterval({ dateSeconds, clock: 'vendor', startedAt: dateSeconds * 1000, elapsedMs })
const pendingFor = (status: SessionStatus | null, changes: Partial<CurrentInterval> = {}, isPlausible = true) =>
  current({ isReadPending: true, news: { status, until: arrivedAt + 1, isPlausible }, ...changes })
const until = arrivedAt + replicaLagMs

describe('an event that starts after the record', () => {
  test('is applied with its own interval', () => {
    expect(compareFacts(current(), event('Approved', 111, 120))).toEqual({
      outcome: 'applied',
      current: current({ status: 'Approved', from: 111, to: 120 }),
    })
  })

  test('leaves a read pending when Didit documents no such move, or the status is unknown', () => {
    for (const [from, to] of [
      ['Not Started', 'Approved'],
      ['In Progress', 'Levitating'],
      ['Levitating', 'Approved'],
    ] as const) {
      const { current: moved } = compareFacts(current({ status: from }), event(to, 111))
      expect(moved).toMatchObject({ status: to, isReadPending: true, news: { status: to, until, isPlausible: true } })
    }
  })

  test('leaves a read pending when it is late', () => {
    expect(compareFacts(current(), { ...event('Approved', 111), late: true }).current.isReadPending).toBe(true)
  })

  test('leaves a read pending when the record comes from a read: Date may be wrong by minutes', () => {
    const seen = current({ status: 'Declined', source: 'api' })
    for (const from of [121, 122, 900]) {
      const { current: moved } = compareFacts(seen, event('Approved', from))
      expect(moved).toMatchObject({ status: 'Approved', isReadPending: true, news: { status: '' } })
    }
    const { current: withdrawn } = compareFacts({ ...seen, status: 'Approved' }, event('Declined', 121))
    expect(withdrawn).toMatchObject({ status: 'Declined', isReadPending: true, news: { status: 'Declined' } })
    const created = current({ status: 'Not Started', source: 'created' })
    expect(compareFacts(created, event('In Progress', 111)).current.isReadPending).toBe(false)
  })

  test('with the same status takes over the interval, and clears nothing', () => {
    expect(compareFacts(current(), event('In Progress', 120)).current).toEqual(current({ from: 120, to: 120 }))
    expect(compareFacts(pendingFor('Approved'), event('In Progress', 120)).current.isReadPending).toBe(true)
    expect(compareFacts(pendingFor('Approved'), event('Approved', 120)).current.isReadPending).toBe(true)
  })
})

describe('an event that ends before the record', () => {
  test('with the same status is history', () => {
    expect(compareFacts(current(), event('In Progress', 99))).toEqual({ outcome: 'history', current: current() })
  })

  test('with another status changes nothing but leaves a read pending: news is never hidden', () => {
    const approved = current({ status: 'Approved', source: 'api' })
    expect(compareFacts(approved, event('Declined', 97))).toEqual({
      outcome: 'history',
      current: { ...approved, isReadPending: true, news: { status: 'Declined', until, isPlausible: true } },
    })
  })

  test('moves nothing when it says Not Started, wherever it lies', () => {
    for (const at of [99, 105, 120]) {
      const { outcome, current: doubted } = compareFacts(current(), event('Not Started', at))
      expect(outcome).toBe('unordered')
      expect(doubted).toMatchObject({ status: 'In Progress', isReadPending: true, news: { status: '' } })
    }
  })

  test('is plausible news of a record whose clock was doubtful', () => {
    const doubtful = current({ status: 'Approved', source: 'api', from: 1_000, to: 1_602 })
    expect(compareFacts(doubtful, event('In Review', 900)).current.news).toMatchObject({ isPlausible: true })
  })

  test('is history when it is late, and older than any clock can be wrong', () => {
    const approved = current({ status: 'Approved', source: 'api', from: 5_000, to: 5_000 })
    const late = (to: number) => compareFacts(approved, { ...event('Declined', to), late: true }).current
    expect(late(3_199)).toEqual(approved)
    expect(late(3_200)).toMatchObject({ isReadPending: true })
    expect(compareFacts(approved, event('Declined', 1)).current).toMatchObject({ isReadPending: true })
  })

  test('is implausible news only when Didit documents the move from it, and not the way back', () => {
    const newsAfter = (now: CurrentInterval, fact: Fact) => compareFacts(now, fact).current.news
    const approved = current({ status: 'Approved' })
    expect(newsAfter(approved, event('In Progress', 97))?.isPlausible).toBe(false)
    expect(newsAfter({ ...approved, source: 'api' }, event('In Progress', 97))?.isPlausible).toBe(false)
    // The clock of webhooks says that it is older: a replica that lags may agree with it, so that settles nothing.
    expect(newsAfter(approved, event('Declined', 97))).toMatchObject({ isPlausible: true, status: '' })
    // A resubmission begins the steps again.
    expect(newsAfter(current(), event('Resubmitted', 97))?.isPlausible).toBe(true)
  })
})

describe('an event that overlaps the record', () => {
  test('with the same status confirms it, up to the later end', () => {
    expect(compareFacts(current(), event('In Progress', 105, 130))).toEqual({
      outcome: 'confirmed',
      current: current({ to: 130 }),
    })
    expect(compareFacts(current(), event('In Progress', 90, 105)).current).toEqual(current())
  })

  test('with another status changes nothing and leaves a read pending', () => {
    for (const fact of [
      event('Approved', 105, 130),
      event('Approved', 90, 105),
      event('Approved', 110),
      event('Approved', 100),
    ]) {
      const news = { status: 'Approved', until, isPlausible: true }
      expect(compareFacts(current(), fact)).toEqual({
        outcome: 'unordered',
        current: current({ isReadPending: true, news }),
      })
    }
  })

  test('is implausible news when only the way back is documented', () => {
    const { current: doubted } = compareFacts(current({ status: 'Approved' }), event('In Progress', 105))
    expect(doubted).toMatchObject({ status: 'Approved', isReadPending: true, news: { isPlausible: false } })
  })
})

describe('a read while none is pending', () => {
  test('that starts after the record is applied with its own interval', () => {
    expect(compareFacts(current(), read('Approved', 111, 113))).toEqual({
      outcome: 'applied',
      current: current({ status: 'Approved', from: 111, to: 113 }),
    })
  })

  test('that moves by an unlisted transition leaves a second read pending', () => {
    const { current: moved } = compareFacts(current({ status: 'Approved' }), read('In Progress', 111))
    const news = { status: '', until, isPlausible: true }
    expect(moved).toMatchObject({ status: 'In Progress', isReadPending: true, news })
  })

  test('that undoes a fresh decision leaves a second read pending: a replica may lag', () => {
    const fresh = current({ status: 'Declined', updatedAt: arrivedAt - replicaLagMs + 1 })
    expect(compareFacts(fresh, read('Approved', 111)).current.isReadPending).toBe(true)
    const old = { ...fresh, updatedAt: arrivedAt - replicaLagMs }
    expect(compareFacts(old, read('Approved', 111)).current.isReadPending).toBe(false)
  })

  test('that goes forward from a fresh webhook is sure', () => {
    const fresh = current({ updatedAt: arrivedAt - 1 })
    expect(compareFacts(fresh, read('Approved', 111)).current).toMatchObject({
      status: 'Approved',
      isReadPending: false,
    })
  })

  test('with another status that cannot be ordered changes nothing and leaves a second read pending', () => {
    for (const fact of [read('Approved', 0, 99), read('Approved', 105, 130), read('Approved', 0, 999)]) {
      const news = { status: '', until, isPlausible: true }
      expect(compareFacts(current(), fact)).toEqual({
        outcome: 'unordered',
        current: current({ isReadPending: true, news }),
      })
    }
  })

  test('with the same status confirms the record, or is history', () => {
    expect(compareFacts(current(), read('In Progress', 105, 130)).current).toEqual(current({ to: 130 }))
    expect(compareFacts(current(), read('In Progress', 120, 122)).current).toEqual(current({ from: 120, to: 122 }))
    expect(compareFacts(current(), read('In Progress', 0, 99))).toEqual({ outcome: 'history', current: current() })
  })
})

describe('a read while one is pending', () => {
  const settled = { isReadPending: false, news: null }

  test('settles the record when it agrees with the news, wherever its interval lies', () => {
    for (const [from, to] of [
      [0, 99],
      [105, 107],
      [120, 122],
    ] as const) {
      expect(compareFacts(pendingFor('Approved'), read('Approved', from, to))).toEqual({
        outcome: 'applied',
        current: current({ status: 'Approved', from, to, ...settled }),
      })
    }
  })

  test('settles the record when it agrees with the record, and the news is that same status or implausible', () => {
    expect(compareFacts(pendingFor('In Progress'), read('In Progress', 105, 107)).current).toMatchObject(settled)
    expect(compareFacts(pendingFor('Approved', {}, false), read('In Progress', 105, 107)).current).toMatchObject(
      settled,
    )
  })

  test('does not settle against plausible news while a replica may lag', () => {
    for (const fact of [read('In Progress', 120, 122), read('Declined', 120, 122), read('Declined', 0, 99)]) {
      expect(compareFacts(pendingFor('Approved'), fact).current).toMatchObject({ isReadPending: true })
    }
    expect(compareFacts(pendingFor(null), read('In Progress', 120)).current.isReadPending).toBe(true)
  })

  test('settles the record whatever it says, once it began after the news', () => {
    for (const status of ['In Progress', 'Approved', 'Declined', 'Levitating'])
      for (const [from, to] of [
        [0, 99],
        [105, 107],
        [120, 122],
      ] as const) {
        const { current: now } = compareFacts(pendingFor('Approved'), read(status, from, to, arrivedAt + 1))
        expect(now).toMatchObject({ status, ...settled })
      }
  })

  test('finds news that could not be read', () => {
    expect(compareFacts(pendingFor(null), read('Approved', 105)).current).toMatchObject({
      status: 'Approved',
      ...settled,
    })
    const approved = pendingFor(null, { status: 'Approved' })
    expect(compareFacts(approved, read('In Progress', 120)).current.isReadPending).toBe(true)
  })
})

test('several news make one that only time settles', () => {
  const first = compareFacts(current(), event('Approved', 105)).current
  const second = compareFacts(first, { ...event('Declined', 105), at: arrivedAt + 500 }).current
  expect(second.news).toEqual({ status: '', until: until + 500, isPlausible: true })
})

describe('news that a read contradicts', () => {
  test.each([
    ['the status of the record', read('In Progress', 120, 122)],
    ['a third status that cannot be ordered', read('Declined', 0, 99)],
    ['a third status that is newer', read('Declined', 120, 122)],
  ])('by %s is settled by no later read that agrees with it, until a replica must know', (_, fact) => {
    const doubted = compareFacts(pendingFor('Approved'), fact).current
    expect(doubted.news).toEqual({ status: '', until, isPlausible: true })
    const lagging = compareFacts(doubted, read('Approved', 0, 99, until - 1)).current
    expect(lagging.isReadPending).toBe(true)
    expect(compareFacts(doubted, read('Approved', 0, 99, until)).current).toMatchObject({
      status: 'Approved',
      isReadPending: false,
    })
  })

  test('waits again after each of them', () => {
    const first = compareFacts(pendingFor('Approved'), read('In Progress', 120)).current
    const second = compareFacts(first, read('In Progress', 121, 121, arrivedAt + 2_000)).current
    expect(second.news?.until).toBe(until + 2_000)
  })

  test('waits again when the record hears its own status from an event', () => {
    const heard = { ...event('In Progress', 105), at: arrivedAt + 500 }
    expect(compareFacts(pendingFor('Approved'), heard).current.news).toEqual({
      status: '',
      until: until + 500,
      isPlausible: true,
    })
  })
})

test('never edits the record that it is given', () => {
  const before = Object.freeze(current())
  for (const fact of [
    event('In Progress', 100, 200),
    event('Approved', 105),
    event('Approved', 111),
    read('Approved', 1),
  ]) {
    compareFacts(before, fact)
  }
  expect(before).toEqual(current())
})

describe('intervals', () => {
  test('of an event run from created_at to timestamp, a missing one equal to the other', () => {
    expect(eventInterval({ created_at: 10, timestamp: 12 })).toEqual({ from: 10, to: 12 })
    expect(eventInterval({ created_at: 10 })).toEqual({ from: 10, to: 10 })
    expect(eventInterval({ timestamp: 12 })).toEqual({ from: 12, to: 12 })
    expect(eventInterval({ created_at: 0 })).toEqual({ from: 0, to: 0 })
    expect(eventInterval({})).toBeNull()
    // A clock that was set back between the two must not make an interval that nothing can be inside of.
    expect(eventInterval({ created_at: 12, timestamp: 10 })).toEqual({ from: 10, to: 12 })
  })

  test('of a read run from before it was sent to after its Date header', () => {
    expect(reading(100, 0)).toEqual({ from: 99, to: 101 })
    expect(reading(100, 1)).toEqual({ from: 98, to: 101 })
    expect(reading(100, 1000)).toEqual({ from: 98, to: 101 })
    expect(reading(100, 2500)).toEqual({ from: 96, to: 101 })
    // The clock was set back while the request ran.
    expect(reading(100, -5000)).toEqual({ from: 99, to: 101 })
  })

  test('of a creation let a webhook of the same second come after it', () => {
    const created = current({
      status: 'Not Started',
      source: 'created',
      ...creationInterval({ dateSeconds: 100, clock: 'vendor', startedAt: 100_000, elapsedMs: 300 }),
    })
    expect(compareFacts(created, event('In Progress', 100))).toMatchObject({
      outcome: 'applied',
      current: { status: 'In Progress', isReadPending: false },
    })
    // However slow the answer was: the first events may be older than it.
    const slow = current({
      status: 'Not Started',
      source: 'created',
      ...creationInterval({ dateSeconds: 100, clock: 'vendor', startedAt: 100_000, elapsedMs: 4_000 }),
    })
    expect(compareFacts(slow, event('In Progress', 96)).outcome).toBe('applied')
  })

  test('of a read whose clock is doubtful are wider by the tolerance on both sides', () => {
    const startedAt = 1_000_000
    const doubtful = { from: 1_000 - 1 - 300, to: 1_000 + 1 + 300 }
    expect(readInterval({ dateSeconds: 1_000, clock: 'local', startedAt, elapsedMs: 0 })).toEqual(doubtful)
    expect(readInterval({ dateSeconds: 1_300, clock: 'vendor', startedAt, elapsedMs: 0 })).toEqual({
      from: 1_299,
      to: 1_301,
    })
    for (const dateSeconds of [1_301, 699]) {
      const { from, to } = readInterval({ dateSeconds, clock: 'vendor', startedAt, elapsedMs: 0 })
      expect(to - from).toBe(602)
    }
  })

  test('contain the true moment of a read, whatever the delays', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e9, max: 2e9, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (sentAt, toVendor, toHeader, back) => {
          const moment = sentAt + toVendor
          const interval = reading(Math.floor(moment + toHeader), (toVendor + toHeader + back) * 1000)
          expect(interval.from).toBeLessThanOrEqual(moment)
          expect(interval.to).toBeGreaterThan(moment)
        },
      ),
    )
  })
})
