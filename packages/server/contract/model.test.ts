import { expect, test } from 'vitest'
import { compareFacts } from '../src/sessions/order.ts'
import { soakModel } from '../testing/model-soak.ts'

/** The short form of `npm run soak -- model`. */

test.each(['memory', 'sqlite'] as const)(
  'no history makes a wrong verdict on %s',
  async (storage) => {
    const { histories, wrong, reports } = await soakModel({ from: 1, histories: 300, storage })
    expect(reports.join('\n\n')).toBe('')
    expect({ histories, wrong }).toEqual({ histories: 300, wrong: 0 })
  },
  60_000,
)

test.each<[string, typeof compareFacts]>([
  [
    'events that end before the record change nothing',
    (current, fact) =>
      fact.kind === 'event' && fact.to < current.from ? { current, outcome: 'history' } : compareFacts(current, fact),
  ],
  [
    'a read clears a pending read as soon as it can be ordered',
    (current, fact) => {
      const compared = compareFacts(current, fact)
      const isOrdered = fact.kind === 'read' && compared.outcome === 'applied'
      return isOrdered ? { ...compared, current: { ...compared.current, isReadPending: false, news: null } } : compared
    },
  ],
])(
  'the model finds the planted fault: %s',
  async (_, compare) => {
    const { wrong, reports } = await soakModel({ from: 1, histories: 600, storage: 'memory', compare, mostReports: 1 })
    expect(wrong).toBeGreaterThan(0)
    expect(reports[0]).toMatch(/settled at|at the end/)
  },
  60_000,
)
