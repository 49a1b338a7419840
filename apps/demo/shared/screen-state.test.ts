import { isDecided, phaseOf } from '@didit-verify/core'
import { sessionStatuses } from '@didit-verify/core/schemas'
import { expect, test } from 'vitest'
import { illustrations } from './illustrations.ts'
import { getScreenState, type ScreenState, screenStates } from './screen-state.ts'

const session = (status: string, more: { settled?: boolean; canRetry?: boolean } = {}) => ({
  status,
  phase: phaseOf(status),
  settled: true,
  canRetry: true,
  ...more,
})

test.each<[string, ScreenState]>([
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
])('%s is shown as %s', (status, screenState) => {
  expect(getScreenState({ session: session(status) })).toBe(screenState)
})

test('shows no verdict that is not settled, whatever else is known', () => {
  for (const status of sessionStatuses.filter(isDecided)) {
    for (const isSubmitted of [true, false]) {
      expect(getScreenState({ session: session(status, { settled: false }), isSubmitted })).toBe('unsure')
    }
  }
})

test('offers no other try where the host allows none', () => {
  const at = (status: string) => getScreenState({ session: session(status, { canRetry: false }) })
  expect(screenStates[at('Declined')].next).toBe('contact')
  expect(screenStates[at('Expired')].next).toBe('contact')
  expect(at('Resubmitted')).toBe('resubmit')
})

test('waits for a result from the moment the person has submitted', () => {
  expect(getScreenState({ session: null, isSubmitted: true })).toBe('checking')
  expect(getScreenState({ session: session('In Progress'), isSubmitted: true })).toBe('checking')
  expect(getScreenState({ session: session('In Review'), isSubmitted: true })).toBe('review')
})

test.each<[string, ScreenState]>([
  ['network', 'down'],
  ['didit-unavailable', 'down'],
  ['rate-limited', 'limited'],
  ['didit-rate-limited', 'limited'],
  ['attempts-exhausted', 'exhausted'],
  ['didit-credentials', 'refused'],
  ['unauthenticated', 'signedOut'],
  ['a code of tomorrow', 'refused'],
])('a trouble called %s is shown as %s', (trouble, screenState) => {
  expect(getScreenState({ session: null, trouble })).toBe(screenState)
})

test('every screen state has an illustration of its own', () => {
  for (const { scene } of Object.values(screenStates)) expect(illustrations[scene].length).toBeGreaterThan(0)
})
