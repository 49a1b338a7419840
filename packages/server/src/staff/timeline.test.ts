import { expect, test } from 'vitest'
import { makeEvent, makeRecord } from '../../testing/records.ts'
import { timelineOf } from './timeline.ts'

const sessionId = 'aaaaaaaa-2222-4333-8444-555555555555'
const heard = makeEvent({ key: 'e1', sessionId, status: 'In Review', from: 100, receivedAt: 103_000 })
const entry = {
  id: 'e1',
  type: 'status.updated',
  status: 'In Review',
  source: 'webhook',
  occurredAt: 100_000,
  receivedAt: 103_000,
  late: false,
  test: false,
}

test('tells what was heard, with the moment it speaks of and the one it came at', () => {
  const record = makeRecord(sessionId, { source: 'webhook' })
  expect(timelineOf([heard], record, 'live')).toEqual([entry])
  expect(timelineOf([{ ...heard, late: true, test: true }], null, 'live')).toEqual([
    { ...entry, late: true, test: true },
  ])
})

test('puts the answer that the present status comes from where it arrived', () => {
  const created = makeRecord(sessionId, { source: 'created', createdAt: 99_000, updatedAt: 200_000, from: 98 })
  expect(timelineOf([heard], created, 'live')).toEqual([
    {
      ...entry,
      id: 'created-1',
      type: 'created',
      status: 'Not Started',
      source: 'created',
      occurredAt: 98_000,
      receivedAt: 99_000,
    },
    entry,
  ])
  const read = makeRecord(sessionId, { source: 'api', status: 'Declined', from: 150, updatedAt: 152_000, revision: 7 })
  expect(timelineOf([heard], read, 'live')).toEqual([
    entry,
    {
      ...entry,
      id: 'api-7',
      type: 'read',
      status: 'Declined',
      source: 'api',
      occurredAt: 150_000,
      receivedAt: 152_000,
    },
  ])
})

test('leaves out what may not change anything, and what is of another environment', () => {
  const events = [
    { ...heard, quarantined: 'simple' },
    { ...heard, environment: 'sandbox' },
    { ...heard, environment: 'live' },
  ]
  expect(timelineOf(events, null, 'live')).toEqual([entry])
})
