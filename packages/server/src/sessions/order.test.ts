import { isListedTransition, type SessionStatus, sessionStatuses } from '@didit-verify/core/schemas'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../../scripts/property-runs.ts'
import {
  type CurrentInterval,
  compareFacts,
  creationInterval,
  eventInterval,
  type Fact,
  readInterval,
} from './order.ts'

const current = (overrides: Partial<CurrentInterval> = {}): CurrentInterval => ({
  status: 'In Progress',
  from: 100,
  to: 110,
  isReadPending: false,
  ...overrides,
})
const event = (status: SessionStatus, from: number, to = from): Fact => ({ kind: 'event', status, from, to })
const read = (status: SessionStatus, from: number, to = from): Fact => ({ kind: 'read', status, from, to })

describe('a fact that starts after the record', () => {
  test('is applied with its own interval', () => {
    expect(compareFacts(current(), event('Approved', 111, 120))).toEqual({
      outcome: 'applied',
      current: { status: 'Approved', from: 111, to: 120, isReadPending: false },
    })
  })

  test('leaves a read pending when Didit documents no such move', () => {
    const { current: moved } = compareFacts(current({ status: 'Not Started' }), event('Approved', 111))
    expect(moved).toMatchObject({ status: 'Approved', isReadPending: true })
  })

  test('leaves a read pending when a status is not known, but not for hearing it twice', () => {
    const { current: first } = compareFacts(current(), event('Levitating', 111))
    expect(first).toMatchObject({ status: 'Levitating', isReadPending: true })
    expect(compareFacts({ ...first, isReadPending: false }, event('Levitating', 120)).current.isReadPending).toBe(false)
    expect(compareFacts({ ...first, isReadPending: false }, event('Approved', 120)).current.isReadPending).toBe(true)
  })

  test('clears a pending read only when it is a read', () => {
    const owing = current({ isReadPending: true })
    expect(compareFacts(owing, event('Approved', 111)).current.isReadPending).toBe(true)
    expect(compareFacts(owing, read('Approved', 111)).current.isReadPending).toBe(false)
    expect(compareFacts(owing, read('Kyc Expired', 111)).current).toMatchObject({
      status: 'Kyc Expired',
      isReadPending: false,
    })
  })
})

describe('a fact that ends before the record', () => {
  test.each([event('Not Started', 90, 99), event('In Progress', 99), read('Approved', 0, 99)])(
    'is history and changes nothing: %j',
    (fact) => {
      const before = current({ isReadPending: true })
      expect(compareFacts(before, fact)).toEqual({ outcome: 'history', current: before })
    },
  )
})

describe('a fact that overlaps the record', () => {
  test('with the same status confirms it, up to the later end', () => {
    expect(compareFacts(current(), event('In Progress', 105, 130))).toEqual({
      outcome: 'confirmed',
      current: current({ to: 130 }),
    })
    expect(compareFacts(current(), event('In Progress', 90, 105)).current).toEqual(current())
    expect(compareFacts(current({ isReadPending: true }), event('In Progress', 105)).current.isReadPending).toBe(true)
    expect(compareFacts(current({ isReadPending: true }), read('In Progress', 105, 108)).current.isReadPending).toBe(
      false,
    )
  })

  test('with another status changes nothing and leaves a read pending', () => {
    for (const fact of [event('Approved', 105, 130), event('Approved', 90, 105), read('Approved', 0, 999)]) {
      expect(compareFacts(current(), fact)).toEqual({ outcome: 'unordered', current: current({ isReadPending: true }) })
    }
  })

  test('by one second alone cannot be ordered', () => {
    expect(compareFacts(current(), event('Approved', 110)).outcome).toBe('unordered')
    expect(compareFacts(current(), event('Approved', 111)).outcome).toBe('applied')
    expect(compareFacts(current(), event('Approved', 100)).outcome).toBe('unordered')
    expect(compareFacts(current(), event('Approved', 99)).outcome).toBe('history')
    expect(compareFacts(current({ from: 100, to: 100 }), event('Approved', 100)).outcome).toBe('unordered')
  })
})

test('never edits the current that it is given', () => {
  const before = Object.freeze(current())
  for (const fact of [
    event('In Progress', 100, 200),
    event('Approved', 105),
    event('Approved', 111),
    event('Approved', 1),
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
    expect(readInterval(100, 0)).toEqual({ from: 99, to: 101 })
    expect(readInterval(100, 1)).toEqual({ from: 98, to: 101 })
    expect(readInterval(100, 1000)).toEqual({ from: 98, to: 101 })
    expect(readInterval(100, 2500)).toEqual({ from: 96, to: 101 })
    // The clock was set back while the request ran.
    expect(readInterval(100, -5000)).toEqual({ from: 99, to: 101 })
  })

  test('of a creation let a webhook of the same second come after it', () => {
    const created: CurrentInterval = { status: 'Not Started', ...creationInterval(100, 300), isReadPending: false }
    expect(compareFacts(created, event('In Progress', 100))).toMatchObject({
      outcome: 'applied',
      current: { status: 'In Progress', isReadPending: false },
    })
    // However slow the answer was: the first events may be older than it.
    const slow: CurrentInterval = { status: 'Not Started', ...creationInterval(100, 4000), isReadPending: false }
    expect(compareFacts(slow, event('In Progress', 96)).outcome).toBe('applied')
  })

  test('of a creation that arrives after the first webhook leave that one current', () => {
    const known = current({ from: 100, to: 100 })
    const creation: Fact = { kind: 'read', status: 'Not Started', ...creationInterval(100, 300) }
    expect(compareFacts(known, creation)).toEqual({ outcome: 'history', current: known })
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
          const interval = readInterval(Math.floor(moment + toHeader), (toVendor + toHeader + back) * 1000)
          expect(interval.from).toBeLessThanOrEqual(moment)
          expect(interval.to).toBeGreaterThan(moment)
        },
      ),
    )
  })
})

/** A vendor: one Session that walks from status to status, each step at a true moment in seconds and fractions. */
const walk = fc
  .array(
    fc.record({
      // Most steps are close together, within a second or on the edge of one: there the order is hard to see.
      pause: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1.5, noNaN: true }), fc.integer({ min: 1, max: 40 })),
      status: fc.constantFrom<SessionStatus>(...sessionStatuses, 'Levitating'),
      // How far the two times of the event lie about its moment: rounding, queues, a missing field.
      early: fc.integer({ min: 0, max: 3 }),
      late: fc.integer({ min: 0, max: 3 }),
      isLost: fc.boolean(),
      copies: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((steps) => {
    let moment = 1_000
    return steps.map((step) => {
      moment += step.pause
      return { ...step, moment }
    })
  })

const statusAt = (steps: readonly { moment: number; status: SessionStatus }[], moment: number): SessionStatus =>
  steps.findLast((step) => step.moment <= moment)?.status ?? 'Not Started'

const created: CurrentInterval = { status: 'Not Started', from: 998, to: 998, isReadPending: false }

/** One fact on its way, with the true moment that only the model knows. */
interface Delivery {
  readonly fact: Fact
  readonly moment: number
}

const deliveries = walk.chain((steps) => {
  const sent: Delivery[] = steps
    .filter((step) => !step.isLost)
    .flatMap((step) => {
      const second = Math.floor(step.moment)
      const fact = event(step.status, second - step.early, second + step.late)
      return Array.from({ length: step.copies }, () => ({ fact, moment: step.moment }))
    })
  const last = steps.at(-1)?.moment ?? 0
  // Reads in the midst of it all, answered late and delivered in any order too.
  const reads = fc.array(
    fc.record({
      moment: fc.double({ min: 1_000, max: last + 5, noNaN: true }),
      elapsedMs: fc.integer({ min: 0, max: 4_000 }),
    }),
    { maxLength: 4 },
  )
  return reads.chain((taken) => {
    const answered: Delivery[] = taken.map(({ moment, elapsedMs }) => ({
      moment,
      fact: { kind: 'read', status: statusAt(steps, moment), ...readInterval(Math.floor(moment), elapsedMs) },
    }))
    const all = [...sent, ...answered]
    return fc
      .shuffledSubarray(all, { minLength: all.length, maxLength: all.length })
      .map((delivered) => ({ steps, delivered, last }))
  })
})

/** Reads once a second, as the server does while a read is owed; the first is always made. */
function settle(from: CurrentInterval, status: SessionStatus, startAt: number) {
  let current = from
  for (let reads = 1; ; reads++) {
    const moment = startAt + reads - 1
    const fact: Fact = { kind: 'read', status, ...readInterval(Math.floor(moment), 700) }
    current = compareFacts(current, fact).current
    if (!current.isReadPending && current.status === status) return { current, reads }
    if (reads > 60) throw new Error('It does not settle.')
  }
}

describe('in any order, with repetition, delay and loss', () => {
  const runs = propertyRuns({ usual: 500 })

  test('reads until settled end in the state of the model, within seconds', () => {
    fc.assert(
      fc.property(deliveries, ({ steps, delivered, last }) => {
        const arrived = delivered.reduce((now, { fact }) => compareFacts(now, fact).current, created)
        const truth = statusAt(steps, Number.POSITIVE_INFINITY)
        const { current, reads } = settle(arrived, truth, last + 0.5)
        expect(current).toMatchObject({ status: truth, isReadPending: false })
        // The widest interval here ends 3 s after the last moment, and a read starts 2 s before its own second.
        expect(reads).toBeLessThanOrEqual(8)
      }),
      runs,
    )
  })

  test('an event clears no pending read, and leaves one pending for each move that is not listed', () => {
    fc.assert(
      fc.property(deliveries, ({ delivered }) => {
        let now = created
        for (const { fact } of delivered) {
          const { current: next, outcome } = compareFacts(now, fact)
          if (fact.kind === 'event' && now.isReadPending) expect(next.isReadPending).toBe(true)
          if (outcome === 'unordered') expect(next).toEqual({ ...now, isReadPending: true })
          if (outcome === 'applied' && fact.kind === 'event' && fact.status !== now.status) {
            expect(next.isReadPending).toBe(now.isReadPending || !isListedTransition(now.status, fact.status))
          }
          now = next
        }
      }),
      runs,
    )
  })

  test('the record never goes back to a fact that is older than what it holds', () => {
    fc.assert(
      fc.property(deliveries, ({ delivered }) => {
        let now = created
        let newest = 0
        for (const { fact, moment } of delivered) {
          const { current: next, outcome } = compareFacts(now, fact)
          if (outcome === 'applied') expect(moment).toBeGreaterThan(newest)
          if (outcome === 'history') expect(moment).toBeLessThan(newest)
          if (outcome === 'applied' || outcome === 'confirmed') newest = Math.max(newest, moment)
          expect(next.from).toBeGreaterThanOrEqual(now.from)
          expect(next.to).toBeGreaterThanOrEqual(now.to)
          now = next
        }
      }),
      runs,
    )
  })

  test('history changes nothing at all', () => {
    fc.assert(
      fc.property(deliveries, ({ delivered }) => {
        let now = created
        for (const { fact } of delivered) {
          const { current: next, outcome } = compareFacts(now, fact)
          if (outcome === 'history') expect(next).toBe(now)
          else expect(fact.to).toBeGreaterThanOrEqual(now.from)
          now = next
        }
      }),
      runs,
    )
  })

  test('the same fact again changes nothing more', () => {
    fc.assert(
      fc.property(deliveries, ({ delivered }) => {
        let now = created
        for (const { fact } of delivered) {
          const once = compareFacts(now, fact).current
          expect(compareFacts(once, fact).current).toEqual(once)
          now = once
        }
      }),
      runs,
    )
  })
})
