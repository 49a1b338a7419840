import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { createBudget, type Turn } from './budget.ts'

const longWait = { timeoutMs: 300_000, hasWaited: false, signal: undefined }

function setUp(perMinute: number) {
  const clock = createFakeClock()
  const budget = createBudget({ name: 'get', perMinute, ...clock, random: () => 0 })
  const granted: number[] = []
  const turns: Turn[] = []
  const refused: Record<string, unknown>[] = []
  /** Takes a turn, and notes its number when it comes. */
  const take = (number: number, input: Partial<Parameters<typeof budget.take>[0]> = {}) =>
    budget.take({ ...longWait, ...input }).then(
      (turn) => {
        granted.push(number)
        turns.push(turn)
        return turn
      },
      (error) => {
        refused.push(error)
      },
    )
  return { clock, budget, take, granted, turns, refused }
}

const answer = (headers: Record<string, string>, status = 200) => ({ status, headers: new Headers(headers) })
const seconds = (ms: number) => String(Math.floor(ms / 1000))

describe('a budget', () => {
  test('lets calls go in the order they came, a minute after the answers that made room', async () => {
    const { clock, take, granted, turns } = setUp(2)
    for (const number of [1, 2, 3, 4, 5]) take(number)
    await clock.advance(0)
    expect(granted).toEqual([1, 2])
    await clock.advance(120_000)
    expect(granted).toEqual([1, 2]) // nothing was answered yet, so Didit may count them at any time
    turns[0]?.settle(null)
    await clock.advance(20_000)
    turns[1]?.settle(answer({}))
    await clock.advance(40_000)
    expect(granted).toEqual([1, 2])
    await clock.advance(1_000)
    expect(granted).toEqual([1, 2, 3])
    await clock.advance(20_000)
    expect(granted).toEqual([1, 2, 3, 4])
    expect(turns.map((turn) => Math.floor(turn.waitedMs / 1000))).toEqual([0, 0, 180, 200])
  })

  test('never shows Didit more than it admits in any minute, whatever the network does', async () => {
    const perMinute = 7
    const { clock, budget } = setUp(perMinute)
    let seed = 42
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return seed / 2 ** 31
    }
    const arrivals: number[] = []
    const calls = Array.from({ length: 60 }, async () => {
      await clock.sleep(random() * 100_000, undefined)
      const turn = await budget.take({ ...longWait, timeoutMs: 2_000_000 })
      await clock.sleep(random() * 9_000, undefined)
      arrivals.push(clock.now())
      await clock.sleep(random() * 9_000, undefined)
      turn.settle(random() < 0.2 ? null : answer({}))
    })
    await clock.advance(2_000_000)
    await Promise.all(calls)
    expect(arrivals).toHaveLength(60)
    arrivals.sort((a, b) => a - b)
    for (let at = perMinute; at < arrivals.length; at += 1) {
      expect((arrivals[at] as number) - (arrivals[at - perMinute] as number)).toBeGreaterThan(60_000)
    }
    // Nor does it waste what there is.
    expect(Math.max(...arrivals)).toBeLessThan(Date.parse('2026-11-24T12:00:00Z') + (60 / perMinute + 2) * 80_000)
  })

  test('has no timer but while somebody waits', async () => {
    const { clock, take, turns } = setUp(1)
    take(1)
    await clock.advance(0)
    turns[0]?.settle(answer({}))
    expect(clock.sleeping()).toBe(0)
    take(2)
    expect(clock.sleeping()).toBe(1)
    await clock.advance(61_000)
    expect(clock.sleeping()).toBe(0)
  })

  test('gives a turn back that was not used', async () => {
    const { clock, take, granted, turns } = setUp(1)
    take(1)
    take(2)
    await clock.advance(0)
    turns[0]?.giveBack()
    await clock.advance(0)
    expect(granted).toEqual([1, 2])
  })

  test('lets those go first who have waited before', async () => {
    const { clock, take, granted, turns } = setUp(1)
    take(1)
    take(2)
    take(3, { hasWaited: true })
    await clock.advance(0)
    for (const turn of [0, 1]) {
      turns[turn]?.settle(null)
      await clock.advance(60_100)
    }
    expect(granted).toEqual([1, 3, 2])
  })

  test('is not misled by a clock that is set back, nor by one that stands still', async () => {
    let at = 1_000_000
    const budget = createBudget({
      name: 'get',
      perMinute: 1,
      now: () => at,
      sleep: async () => {},
      random: Math.random,
    })
    const first = await budget.take(longWait)
    first.settle(null)
    at -= 500_000
    const second = await budget.take(longWait)
    expect(second.waitedMs).toBe(60_100)
  })
})

describe('a call that waits', () => {
  test('is dropped at once when it is aborted, and the next one moves up', async () => {
    const { clock, take, granted, turns, refused } = setUp(1)
    const controller = new AbortController()
    take(1)
    take(2, { signal: controller.signal })
    take(3)
    await clock.advance(0)
    controller.abort(new Error('gone'))
    await clock.advance(0)
    expect(refused).toEqual([controller.signal.reason])
    turns[0]?.settle(null)
    await clock.advance(60_100)
    expect(granted).toEqual([1, 3])
    take(4, { signal: controller.signal })
    await clock.advance(0)
    expect(refused).toHaveLength(2)
  })

  test('leaves nothing behind, however many share one signal', async () => {
    const warnings: unknown[] = []
    const warn = (warning: unknown) => warnings.push(warning)
    process.on('warning', warn)
    const { clock, take, granted, refused } = setUp(1)
    const controller = new AbortController()
    take(0)
    for (let number = 1; number <= 20_000; number += 1) {
      take(number, { signal: controller.signal, timeoutMs: 2 ** 31 - 1 })
    }
    expect(clock.sleeping()).toBe(1)
    controller.abort()
    await clock.advance(0)
    process.off('warning', warn)
    expect([granted, refused.length, clock.sleeping(), warnings]).toEqual([[0], 20_000, 0, []])
  })

  test('costs no more than another when it has waited before, however many come and go', async () => {
    const { clock, budget } = setUp(1)
    await budget.take(longWait)
    const callers = Array.from({ length: 20_000 }, () => new AbortController())
    const input = { timeoutMs: 365 * 86_400_000, hasWaited: true }
    const calls = callers.map(({ signal }) => budget.take({ ...input, signal }))
    expect(clock.sleeping()).toBe(1)
    for (const caller of callers) caller.abort('left')
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(callers.length)
    expect(clock.sleeping()).toBe(0)
  })

  test('fails when its timeout has ended', async () => {
    const { clock, take, refused, granted } = setUp(1)
    take(1)
    take(2, { timeoutMs: 5_000 })
    take(3, { timeoutMs: 70_000 })
    await clock.advance(5_000)
    expect(refused).toMatchObject([{ name: 'RequestError', code: 'didit-rate-limited', status: 0 }])
    expect(String(refused[0]?.message)).toContain('1 a minute (get)')
    await clock.advance(65_000)
    expect([granted, refused.length, clock.sleeping()]).toEqual([[1], 2, 0])
  })

  test('is told at once when no turn can come in time', async () => {
    const { clock, take, turns, refused } = setUp(2)
    take(1)
    take(2)
    await clock.advance(0)
    for (const turn of turns) turn.settle(null)
    await clock.advance(10_000)
    take(3, { timeoutMs: 50_000 })
    await clock.advance(0)
    expect(refused).toMatchObject([{ code: 'didit-rate-limited', retryAfterSeconds: 51 }])
    for (const number of [3, 4, 5, 6, 7]) take(number, { timeoutMs: 112_000 })
    await clock.advance(0)
    expect(refused).toHaveLength(2) // the fifth would be in the third minute from now
  })
})

describe('what Didit says', () => {
  test('holds all back until Retry-After has passed, and they then go on', async () => {
    const { clock, take, granted, turns } = setUp(10)
    take(1)
    await clock.advance(0)
    turns[0]?.settle(answer({ 'retry-after': '42' }, 429))
    for (const number of [2, 3]) take(number)
    await clock.advance(41_999)
    expect(granted).toEqual([1])
    await clock.advance(1)
    expect(granted).toEqual([1, 2, 3])
  })

  test.each([
    ['a moment in seconds', '1764000000'],
    ['beyond all numbers', '9'.repeat(400)],
    ['the end of time', 'Fri, 31 Dec 9999 23:59:59 GMT'],
  ])('holds no call back for longer than two windows when Retry-After is %s', async (_, nonsense) => {
    const { clock, take, granted, turns } = setUp(10)
    take(1)
    await clock.advance(0)
    turns[0]?.settle(answer({ 'retry-after': nonsense }, 429))
    take(2)
    await clock.advance(119_999)
    expect(granted).toEqual([1])
    await clock.advance(1)
    expect(granted).toEqual([1, 2])
  })

  test('counts what was turned away for a place only where it was not the limit of all', async () => {
    for (const [headers, granted] of [
      [{ 'retry-after': '0' }, 2],
      [{}, 1],
    ] as const) {
      const { clock, take, granted: numbers, turns } = setUp(1)
      take(1)
      await clock.advance(0)
      turns[0]?.settle(answer(headers, 429))
      take(2)
      await clock.advance(0)
      expect(numbers).toHaveLength(granted)
    }
  })

  test('spreads the end of it, and reads a date, too', async () => {
    const clock = createFakeClock()
    const budget = createBudget({ name: 'get', perMinute: 10, ...clock, random: () => 0.5 })
    const turn = await budget.take(longWait)
    turn.settle(answer({ 'retry-after': new Date(clock.now() + 7_000).toUTCString() }, 429))
    const next = budget.take(longWait)
    await clock.advance(8_000)
    expect((await next).waitedMs).toBe(7_250)
  })

  test('of the rest keeps it from taking what others have used up', async () => {
    const { clock, take, granted, turns } = setUp(600)
    take(1)
    await clock.advance(0)
    const reset = seconds(clock.now() + 30_000)
    turns[0]?.settle(answer({ 'x-ratelimit-remaining': '2', 'x-ratelimit-reset': reset }))
    for (const number of [2, 3, 4, 5]) take(number)
    await clock.advance(0)
    expect(granted).toEqual([1, 2, 3])
    // Those two were in what was left, and an answer that was overtaken says nothing new.
    turns[1]?.settle(answer({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }))
    turns[2]?.settle(answer({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': reset }))
    await clock.advance(29_999)
    expect(granted).toEqual([1, 2, 3])
    await clock.advance(1_001)
    expect(granted).toEqual([1, 2, 3, 4, 5])
  })

  test('is told by its own clock, where the answer has a date', async () => {
    const { clock, take, granted, turns } = setUp(600)
    take(1)
    await clock.advance(0)
    const theirs = clock.now() - 3_600_000
    turns[0]?.settle(
      answer({
        date: new Date(theirs).toUTCString(),
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': seconds(theirs + 20_000),
      }),
    )
    take(2)
    await clock.advance(20_000)
    expect(granted).toEqual([1])
    await clock.advance(1_000)
    expect(granted).toEqual([1, 2])
  })

  test.each([
    [{ 'x-ratelimit-remaining': '0' }, 200],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' }, 200],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4000000000000' }, 200],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }, 200],
    [{ 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': '1795521630' }, 200],
    [{ 'retry-after': '30' }, 503],
    [{ 'retry-after': 'later' }, 429],
  ])('counts for nothing where it makes no sense or is about something else: %j', async (headers, status) => {
    const { clock, take, granted, turns } = setUp(600)
    take(1)
    await clock.advance(0)
    turns[0]?.settle(answer(headers as Record<string, string>, status))
    take(2)
    await clock.advance(0)
    expect(granted).toEqual([1, 2])
  })
})
