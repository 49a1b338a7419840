import { expect, test } from 'vitest'
import type { SessionRecord } from '../storage/storage.ts'
import { applyEvent } from './apply.ts'
import { selectCurrent } from './select-current.ts'

const now = 1_793_000_000_000
const day = 86_400_000

let count = 0
function record(status: string, changes: Partial<SessionRecord> = {}): SessionRecord {
  count += 1
  const sessionId = `11111111-2222-4333-8444-${String(count).padStart(12, '0')}`
  const fact = { kind: 'event', at: 0, status, from: now / 1000, to: now / 1000, late: false } as const
  return { ...applyEvent(null, { ...fact, sessionId, workflowId: null, environment: 'live' }, now), ...changes }
}

const choose = (records: SessionRecord[], maxAgeDays?: number) => selectCurrent(records, { maxAgeDays, now })

test('prefers a valid approval, then a review, then what can be gone on with, then the newest', () => {
  const [declined, open, review, approved] = ['Declined', 'In Progress', 'In Review', 'Approved'].map((it) =>
    record(it),
  ) as [SessionRecord, SessionRecord, SessionRecord, SessionRecord]
  expect(choose([declined, open, review, approved])).toBe(approved)
  expect(choose([declined, open, review])).toBe(review)
  expect(choose([declined, open])).toBe(open)
  expect(choose([declined, record('Expired')])).toBe(declined)
  expect(choose([])).toBeNull()
})

test('does not take an old approval for one', () => {
  const old = record('Approved', { decidedAt: now - 30 * day })
  const open = record('Resubmitted')
  expect(choose([old, open], 30)).toBe(open)
  expect(choose([old, open], 31)).toBe(old)
})

test('takes an approval that is still to be confirmed for a wait, not for an approval', () => {
  const doubtful = record('Approved', { isReadPending: true })
  const approved = record('Approved')
  expect(choose([doubtful, approved])).toBe(approved)
  expect(choose([record('In Progress'), doubtful])).toBe(doubtful)
})

test('goes on in a Session whose status it does not know', () => {
  const unknown = record('Waiting For Moonlight')
  expect(choose([record('Declined'), unknown])).toBe(unknown)
})
