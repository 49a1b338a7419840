import { describe, expect, test } from 'vitest'
import { makeRecord } from '../../testing/records.ts'
import { decideStart, type StartFacts } from './decide-start.ts'

const now = Date.UTC(2026, 9, 26)
const url = 'https://verify.didit.me/session/fictional'
const record = (status: string, changes: object = {}) =>
  makeRecord('1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31', { status, url, decidedAt: now - 1_000, ...changes })
const decide = (facts: Partial<StartFacts>) =>
  decideStart({ current: null, attempts: 0, returnTo: undefined, isGone: false, now, ...facts })

describe('there is nothing to do', () => {
  test.each(['Approved', 'In Review'])('for a Session that is %s', (status) => {
    const current = record(status)
    expect(decide({ current, attempts: 9, maxAttempts: 1 })).toEqual({ kind: 'nothing-to-do', record: current })
  })

  test('while the read that confirms an approval is pending', () => {
    expect(decide({ current: record('Approved', { isReadPending: true }) }).kind).toBe('nothing-to-do')
  })
})

describe('a Session is resumed', () => {
  test.each(['Not Started', 'In Progress', 'Awaiting User', 'Resubmitted', 'Levitating'])('when it is %s', (status) => {
    const current = record(status)
    expect(decide({ current })).toEqual({ kind: 'resume', record: current, url })
  })

  test('also with no attempt left, and wherever the person wants to return to', () => {
    const facts = { current: record('In Progress'), attempts: 1, maxAttempts: 1 }
    expect(decide({ ...facts, returnTo: 'https://app.example.com/done' }).kind).toBe('resume')
  })

  test('when another page of the same site is the way back', () => {
    const current = record('In Progress', { returnTo: 'https://app.example.com/a' })
    expect(decide({ current, returnTo: 'https://app.example.com/b' }).kind).toBe('resume')
  })
})

describe('Didit is asked for a Session', () => {
  test('when there is no Session', () => expect(decide({})).toEqual({ kind: 'create' }))

  test.each(['Declined', 'Abandoned', 'Expired', 'Kyc Expired'])('after one that is %s', (status) => {
    expect(decide({ current: record(status), attempts: 1, maxAttempts: 2 })).toEqual({ kind: 'create' })
  })

  test('after an approval that is too old', () => {
    const current = record('Approved', { decidedAt: now - 86_400_000 })
    expect(decide({ current, maxAgeDays: 1 }).kind).toBe('create')
    expect(decide({ current, maxAgeDays: 2 }).kind).toBe('nothing-to-do')
  })

  test('when the open one is gone there, has no address, or has to learn another site', () => {
    expect(decide({ current: record('In Progress'), isGone: true }).kind).toBe('create')
    expect(decide({ current: record('In Progress', { url: null }) }).kind).toBe('create')
    expect(decide({ current: record('In Progress'), returnTo: 'https://app.example.com' }).kind).toBe('create')
  })
})

test('a start is refused when all attempts are used and no Session is open', () => {
  const refused = { kind: 'exhausted', maxAttempts: 2 }
  expect(decide({ attempts: 2, maxAttempts: 2 })).toEqual(refused)
  expect(decide({ current: record('Declined'), attempts: 2, maxAttempts: 2 })).toEqual(refused)
  expect(decide({ current: record('In Progress'), attempts: 2, maxAttempts: 2, isGone: true })).toEqual(refused)
  expect(decide({ current: record('Declined'), attempts: 1, maxAttempts: 2 }).kind).toBe('create')
})
