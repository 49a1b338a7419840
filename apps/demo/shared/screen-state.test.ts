import { isDecided, phaseOf } from '@didit-verify/core'
import { sessionStatuses } from '@didit-verify/core/schemas'
import { expect, test } from 'vitest'
import { scenes } from './illustrations.ts'
import { type Situation, situationOf, situations } from './screen-state.ts'

const session = (status: string, more: { settled?: boolean; canRetry?: boolean } = {}) => ({
  status,
  phase: phaseOf(status),
  settled: true,
  canRetry: true,
  ...more,
})

test.each<[string, Situation]>([
  ['Not Started', 'unfinished'],
  ['In Progress', 'unfinished'],
  ['Awaiting User', 'unfinished'],
  ['In Review', 'review'],
  ['Approved', 'approved'],
  ['Declined', 'declined'],
  ['Resubmitted', 'resubmit'],
  ['Abandoned', 'abandoned'],
  ['Expired', 'expired'],
  ['Kyc Expired', 'lapsed'],
  ['Something New', 'unfinished'],
])('%s is shown as %s', (status, situation) => {
  expect(situationOf({ session: session(status) })).toBe(situation)
})

test('shows no verdict that is not settled, whatever else is known', () => {
  for (const status of sessionStatuses.filter(isDecided)) {
    for (const isSubmitted of [true, false]) {
      expect(situationOf({ session: session(status, { settled: false }), isSubmitted })).toBe('unsure')
    }
  }
})

test('offers no other try where the host allows none', () => {
  const at = (status: string) => situationOf({ session: session(status, { canRetry: false }) })
  expect(situations[at('Declined')].next).toBe('contact')
  expect(situations[at('Expired')].next).toBe('contact')
  expect(at('Resubmitted')).toBe('resubmit')
})

test('waits for a result from the moment the person has submitted', () => {
  expect(situationOf({ session: null, isSubmitted: true })).toBe('checking')
  expect(situationOf({ session: session('In Progress'), isSubmitted: true })).toBe('checking')
  expect(situationOf({ session: session('In Review'), isSubmitted: true })).toBe('review')
})

test.each<[string, Situation]>([
  ['network', 'down'],
  ['didit-unavailable', 'down'],
  ['rate-limited', 'limited'],
  ['didit-rate-limited', 'limited'],
  ['attempts-exhausted', 'exhausted'],
  ['didit-credentials', 'refused'],
  ['unauthenticated', 'signedOut'],
  ['a code of tomorrow', 'refused'],
])('a trouble called %s is shown as %s', (trouble, situation) => {
  expect(situationOf({ session: null, trouble })).toBe(situation)
})

test('every situation has a scene of its own drawing', () => {
  for (const { scene } of Object.values(situations)) expect(scenes[scene].length).toBeGreaterThan(0)
})
