import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createClock, systemTimers } from './clock.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

const settle = async () => {}
const create = () => createClock({ now: () => Date.now(), timers: systemTimers })

test('runs what is due while time passes by itself', async () => {
  const clock = create()
  const ran: number[] = []
  clock.after(500, () => ran.push(clock.now()))
  await vi.advanceTimersByTimeAsync(499)
  expect(ran).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(ran).toEqual([1_000_500])
})

test('runs in order what a jump passes, each at its own moment, and what that plans in turn', async () => {
  const clock = create()
  const ran: string[] = []
  const note = (name: string) => () => ran.push(`${name} at ${(clock.now() - 1_000_000) / 1000}`)
  clock.after(240_000, note('second'))
  clock.after(60_000, () => {
    note('first')()
    clock.after(30_000, note('planned by first'))
  })
  clock.after(600_000, note('too late'))
  await clock.advance(300, settle)
  expect(ran).toEqual(['first at 60', 'planned by first at 90', 'second at 240'])
  expect(clock.seconds()).toBe(1300)
})

test('lets time that was skipped count for what is still waiting', async () => {
  const clock = create()
  const ran: string[] = []
  clock.after(60_000, () => ran.push('due'))
  await clock.advance(45, settle)
  await vi.advanceTimersByTimeAsync(14_999)
  expect(ran).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(ran).toEqual(['due'])
})

test('does not run what was called off, nor anything twice', async () => {
  const clock = create()
  const ran: string[] = []
  clock.after(1_000, () => ran.push('called off'))()
  clock.after(1_000, () => ran.push('once'))
  await clock.advance(2, settle)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(ran).toEqual(['once'])
})

test('takes one jump after another when two come at once', async () => {
  const clock = create()
  await Promise.all([clock.advance(10, settle), clock.advance(20, settle)])
  expect(clock.now()).toBe(1_030_000)
})

test('lets go of whoever waits when it is reset', async () => {
  const clock = create()
  const waited = clock.wait(60_000)
  clock.after(1_000, () => expect.unreachable())
  await clock.advance(0.5, settle)
  clock.reset()
  await waited
  expect(clock.now()).toBe(Date.now())
  await vi.advanceTimersByTimeAsync(5_000)
})

test('takes no jump to its end that a reset comes into, nor one that still waited for its turn', async () => {
  const clock = create()
  clock.after(1_000, () => {})
  let goOn = () => {}
  const jump = clock.advance(60, () => new Promise<void>((resolve) => (goOn = resolve)))
  const second = clock.advance(60, settle)
  await vi.advanceTimersByTimeAsync(0)
  clock.reset()
  goOn()
  await Promise.all([jump, second])
  expect(clock.now()).toBe(Date.now())
})

test('waits for a date years ahead, which no timer holds', async () => {
  const clock = create()
  const ran: string[] = []
  clock.after(90 * 86_400_000, () => ran.push('due'))
  await vi.advanceTimersByTimeAsync(90 * 86_400_000 - 1)
  expect(ran).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(ran).toEqual(['due'])
})
