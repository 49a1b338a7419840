import { expect, test } from 'vitest'
import { createFloodBudget } from './flood-budget.ts'

const MiB = 1_048_576

function setUp() {
  const clock = { at: 1_793_000_000_000 }
  return { clock, budget: createFloodBudget({ now: () => clock.at }) }
}

test('lets an address have so much checked in vain, then ever so little', () => {
  const { clock, budget } = setUp()
  expect(budget.isSpent('192.0.2.1')).toBe(false)
  budget.charge('192.0.2.1', MiB)
  expect(budget.isSpent('192.0.2.1')).toBe(false)
  budget.charge('192.0.2.1', MiB)
  expect(budget.isSpent('192.0.2.1')).toBe(true)
  expect(budget.isSpent('192.0.2.2')).toBe(false)
  clock.at += 1_000
  expect(budget.isSpent('192.0.2.1')).toBe(false)
  budget.charge('192.0.2.1', 64 * 1_024)
  expect(budget.isSpent('192.0.2.1')).toBe(true)
  clock.at += 60_000
  budget.charge('192.0.2.1', MiB)
  expect(budget.isSpent('192.0.2.1')).toBe(false)
})

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:aaaa:bbbb:cccc:dddd', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['', '', true],
])('%s and %s share a budget: %s', (one, other, share) => {
  const { budget } = setUp()
  budget.charge(one, 3 * MiB)
  expect(budget.isSpent(other)).toBe(share)
})

test('remembers a thousand addresses; the others share a budget until there is room again', () => {
  const { clock, budget } = setUp()
  for (let index = 0; index < 1_000; index += 1) budget.charge(`10.0.${index >> 8}.${index & 255}`, 3 * MiB)
  expect(budget.isSpent('192.0.2.1')).toBe(false)
  budget.charge('192.0.2.1', 3 * MiB)
  expect(budget.isSpent('192.0.2.2')).toBe(true)
  clock.at += 60_000
  expect(budget.isSpent('192.0.2.2')).toBe(false)
})
