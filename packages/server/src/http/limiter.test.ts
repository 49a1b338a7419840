import { expect, test } from 'vitest'
import { createLimiter } from './limiter.ts'

function setUp(perMinute: number) {
  const clock = { at: 1_793_000_000_000 }
  const limiter = createLimiter({ perMinute, now: () => clock.at })
  const take = (key = 'a') => {
    try {
      limiter.take(key)
      return 'taken'
    } catch (error) {
      return (error as { retryAfterSeconds: number }).retryAfterSeconds
    }
  }
  return { clock, take, limiter }
}

test('allows so many a minute for each key, and says how long to wait', () => {
  const { clock, take } = setUp(3)
  expect([take(), take(), take(), take()]).toEqual(['taken', 'taken', 'taken', 20])
  expect(take('b')).toBe('taken')
  clock.at += 19_000
  expect(take()).toBe(1)
  clock.at += 1_000
  expect([take(), take()]).toEqual(['taken', 20])
  clock.at += 60_000
  expect([take(), take(), take(), take()]).toEqual(['taken', 'taken', 'taken', 20])
})

test('does not punish further for asking too often', () => {
  const { clock, take } = setUp(1)
  take()
  for (let call = 0; call < 100; call += 1) take()
  clock.at += 60_000
  expect(take()).toBe('taken')
})

test('returns false instead of an error for callers that have another way', () => {
  const { clock, limiter } = setUp(2)
  expect([limiter.tryTake('a'), limiter.tryTake('a'), limiter.tryTake('a')]).toEqual([true, true, false])
  clock.at += 30_000
  expect(limiter.tryTake('a')).toBe(true)
  expect(() => limiter.take('a')).toThrow()
})

test('looks without taking', () => {
  const { limiter, take } = setUp(1)
  for (let call = 0; call < 3; call += 1) limiter.check('a')
  expect(take()).toBe('taken')
  expect(() => limiter.check('a')).toThrow(expect.objectContaining({ code: 'rate-limited', retryAfterSeconds: 60 }))
})

test('forgets keys that it has not seen for a minute, however many there were', () => {
  const { clock, take } = setUp(1)
  const refused = (prefix: string) =>
    Array.from({ length: 30_000 }, (_, index) => `${prefix}-${index}`).filter((key) => take(key) !== 'taken')
  expect(refused('first')).toEqual([])
  expect(take('first-0')).toBe(60)
  clock.at += 60_000
  expect(refused('second')).toEqual([])
  expect(take('first-0')).toBe('taken')
})
