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
  return { clock, take }
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
