import { expect, test } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { createBudgets } from './budgets.ts'

const longWait = { timeoutMs: 300_000, hasWaited: false, signal: undefined }
const answer = (headers: Record<string, string>, status = 200) => ({ status, headers: new Headers(headers) })

function setUp(options: Parameters<typeof createBudgets>[0] = {}) {
  const clock = createFakeClock()
  return { clock, budgets: createBudgets(options, { ...clock, random: () => 0 }) }
}

/** How many of that kind go out at once. */
async function count(...[name, options]: [Parameters<ReturnType<typeof createBudgets>['take']>[0], object?]) {
  const { clock, budgets } = setUp(options)
  let granted = 0
  for (let number = 0; number < 700; number += 1) {
    budgets.take(name, { ...longWait, timeoutMs: 0 }).then(
      () => {
        granted += 1
      },
      () => {},
    )
  }
  await clock.advance(0)
  return granted
}

test('knows what Didit admits in a minute, and takes other numbers', async () => {
  const usual = await Promise.all((['create', 'get', 'write', 'pdf'] as const).map((name) => count(name)))
  expect(usual).toEqual([600, 600, 300, 50])
  expect(await count('write', { write: 7 })).toBe(7)
  expect(await count('pdf', { pdf: 9, get: 5 })).toBe(5)
})

test('keeps creations and other writes apart, and counts a report as a read, too', async () => {
  const { budgets } = setUp({ create: 1, write: 1, get: 1, pdf: 1 })
  const now = { ...longWait, timeoutMs: 0 }
  const isFree = (name: 'create' | 'get' | 'write' | 'pdf') =>
    budgets.take(name, now).then(
      () => true,
      () => false,
    )
  expect([await isFree('create'), await isFree('write')]).toEqual([true, true])
  expect([await isFree('pdf'), await isFree('get')]).toEqual([true, false])
})

test('lets a report wait for both, and a read only for its own', async () => {
  const { clock, budgets } = setUp({ get: 2, pdf: 1 })
  const first = await budgets.take('pdf', longWait)
  const second = budgets.take('pdf', longWait)
  const read = await budgets.take('get', longWait)
  first.settle(answer({}))
  read.settle(answer({}))
  await clock.advance(60_100)
  expect((await second).waitedMs).toBe(60_100)
})

test('gives the turn of a report back when none of a read comes', async () => {
  const { clock, budgets } = setUp({ get: 1, pdf: 1 })
  const read = await budgets.take('get', longWait)
  await expect(
    Promise.all([budgets.take('pdf', { ...longWait, timeoutMs: 10 }), clock.advance(10)]),
  ).rejects.toMatchObject({
    code: 'didit-rate-limited',
  })
  read.giveBack()
  await expect(budgets.take('pdf', { ...longWait, timeoutMs: 0 })).resolves.toMatchObject({ waitedMs: 0 })
})

test.each([
  ['50', 'get'],
  ['600', 'pdf'],
] as const)('takes a refused report whose limit is %s for a matter of one of the two', async (limit, other) => {
  const { clock, budgets } = setUp({ get: 600, pdf: 50 })
  const report = await budgets.take('pdf', longWait)
  report.settle(answer({ 'retry-after': '42', 'x-ratelimit-limit': limit }, 429))
  const read = budgets.take('get', longWait)
  const next = budgets.take('pdf', longWait)
  await clock.advance(50_000)
  expect([(await read).waitedMs, (await next).waitedMs]).toEqual(other === 'get' ? [0, 42_000] : [42_000, 42_000])
})

test('lets other writes go on when one phone number or Session was limited, but no creation after a spent quota', async () => {
  const { clock, budgets } = setUp()
  const [write, creation] = [await budgets.take('write', longWait), await budgets.take('create', longWait)]
  write.settle(answer({ 'retry-after': '30' }, 429))
  creation.settle(answer({ 'retry-after': '30' }, 429))
  const later = [budgets.take('write', longWait), budgets.take('create', longWait)]
  await clock.advance(30_000)
  expect((await Promise.all(later)).map((turn) => turn.waitedMs)).toEqual([0, 30_000])
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses the number %d', (limit) => {
  expect(() => setUp({ write: limit })).toThrow(/budget write/)
})
