import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createClock, systemTimers } from './clock.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

const settle = async () => {}
const create = () => createClock({ now: () => Date.now(), timers: systemTimers })

test('runs due callbacks while real time passes', async () => {
  const clock = create()
  const ran: number[] = []
  clock.after(500, () => ran.push(clock.now()))
  await vi.advanceTimersByTimeAsync(499)
  expect(ran).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(ran).toEqual([1_000_500])
})

test('runs callbacks during a jump in order, each at its due time, including those they schedule', async () => {
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

test('counts skipped time for pending callbacks', async () => {
  const clock = create()
  const ran: string[] = []
  clock.after(60_000, () => ran.push('due'))
  await clock.advance(45, settle)
  await vi.advanceTimersByTimeAsync(14_999)
  expect(ran).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(ran).toEqual(['due'])
})

test('does not run a cancelled callback, and runs none twice', async () => {
  const clock = create()
  const ran: string[] = []
  clock.after(1_000, () => ran.push('cancelled'))()
  clock.after(1_000, () => ran.push('once'))
  await clock.advance(2, settle)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(ran).toEqual(['once'])
})

test('makes two simultaneous jumps one after the other', async () => {
  const clock = create()
  await Promise.all([clock.advance(10, settle), clock.advance(20, settle)])
  expect(clock.now()).toBe(1_030_000)
})

test('resolves all waits when it is reset', async () => {
  const clock = create()
  const waited = clock.wait(60_000)
  clock.after(1_000, () => expect.unreachable())
  await clock.advance(0.5, settle)
  clock.reset()
  await waited
  expect(clock.now()).toBe(Date.now())
  await vi.advanceTimersByTimeAsync(5_000)
})

test('stops the current jump and the waiting jumps when it is reset', async () => {
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

test('waits for a date beyond the limit of timers', async () => {
  const clock = create()
  const ran: string[] = []
  clock.after(90 * 86_400_000, () => ran.push('due'))
  await vi.advanceTimersByTimeAsync(90 * 86_400_000 - 1)
  expect(ran).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(ran).toEqual(['due'])
})
