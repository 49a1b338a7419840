import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../../scripts/property-runs.ts'
import {
  isDecided,
  isKnownStatus,
  isListedTransition,
  isUnfinished,
  needsNewSession,
  normalizeStatus,
  phaseOf,
  phases,
  sessionStatuses,
  transitions,
} from './status.ts'

test('every status has the phase that the design gives it', () => {
  expect(Object.fromEntries(sessionStatuses.map((status) => [status, phaseOf(status)]))).toEqual({
    'Not Started': 'active',
    'In Progress': 'active',
    'Awaiting User': 'active',
    'In Review': 'review',
    Approved: 'approved',
    Declined: 'declined',
    Resubmitted: 'action',
    Abandoned: 'action',
    Expired: 'expired',
    'Kyc Expired': 'expired',
  })
})

test('no Session is the phase none', () => {
  expect([phaseOf(null), phaseOf(undefined)]).toEqual(['none', 'none'])
})

test('each status asks for at most one way on', () => {
  const groups = (status: string) => ({
    decided: isDecided(status),
    resume: isUnfinished(status),
    anew: needsNewSession(status),
  })
  expect(Object.fromEntries(sessionStatuses.map((status) => [status, groups(status)]))).toMatchObject({
    Approved: { decided: true, resume: false, anew: false },
    Declined: { decided: true, resume: false, anew: true },
    'In Review': { decided: false, resume: false, anew: false },
    Resubmitted: { decided: false, resume: true, anew: false },
    Abandoned: { decided: false, resume: false, anew: true },
    'Kyc Expired': { decided: false, resume: false, anew: true },
  })
  for (const status of sessionStatuses) expect(isUnfinished(status) && needsNewSession(status)).toBe(false)
})

test('a status that is not known is kept, counts as active and leads nowhere by itself', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !isKnownStatus(normalizeStatus(text))),
      (status) => {
        expect(normalizeStatus(status)).toBe(status)
        expect(phaseOf(status)).toBe('active')
        expect(isDecided(status) || isUnfinished(status) || needsNewSession(status)).toBe(false)
      },
    ),
    propertyRuns(),
  )
})

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('%s is not a status', (name) => {
  expect(isKnownStatus(name)).toBe(false)
  expect(phaseOf(name)).toBe('active')
})

test.each([
  ['KYC Expired', 'Kyc Expired'],
  ['IN_PROGRESS', 'In Progress'],
  [' not started ', 'Not Started'],
  ['approved', 'Approved'],
  ['Pending', 'Pending'],
])('%j is %j under its official spelling', (given, official) => {
  expect(normalizeStatus(given)).toBe(official)
})

test('the table lists only known moves, and none onto itself', () => {
  for (const [from, targets] of Object.entries(transitions)) {
    expect(isKnownStatus(from)).toBe(true)
    expect(new Set(targets).size).toBe(targets.length)
    for (const to of targets) expect([isKnownStatus(to), from === to]).toEqual([true, false])
  }
  expect(phases).toHaveLength(7)
})

test('a move is listed in one direction only where the table says so', () => {
  expect(isListedTransition('Not Started', 'In Progress')).toBe(true)
  expect(isListedTransition('Not Started', 'Approved')).toBe(false)
  expect(isListedTransition('Expired', 'Approved')).toBe(false)
  expect(isListedTransition('Declined', 'Approved')).toBe(true)
  expect(isListedTransition('constructor', 'name')).toBe(false)
})
