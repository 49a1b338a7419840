import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { memoryStorage } from '../storage/memory-storage.ts'
import type { ApplicationStorage, Expiry } from '../storage/storage.ts'
import { createRetention } from './retention.ts'

const dayMs = 86_400_000
const now = 1_793_000_000_000

function setUp(prune: (expiry: Expiry) => Promise<boolean>, retention = {}) {
  const config = readConfig({
    apiKey: 'key-of-a-test',
    webhookSecrets: ['secret-of-a-test'],
    environment: 'live',
    workflows: {
      default: { id: '11111111-2222-3333-4444-555555555555', maxAgeDays: 90, maxAttempts: 3 },
      transfer: { id: '11111111-2222-3333-4444-555555555556', maxAgeDays: 30 },
    },
    authenticate: () => null,
    storage: memoryStorage(),
    ticketSecret: 'a ticket secret of 32 characters',
    allowedOrigins: ['https://app.example.com'],
    retention,
    now: () => now,
  })
  return createRetention({ config, storage: { prune } as unknown as ApplicationStorage })
}

test('asks for what is due, and for nothing else', async () => {
  const asked: Expiry[] = []
  const prune = async (expiry: Expiry) => {
    asked.push(expiry)
    return false
  }
  await setUp(prune).prune()
  await setUp(prune, { eventDays: 2, sessionDays: 90, deleteAtDidit: true }).prune()
  const hourMs = 3_600_000
  const common = { environment: 'live', counted: ['default'], erasuresBefore: now - hourMs, limit: 200 }
  expect(asked).toEqual([
    { ...common, eventsBefore: now - 30 * dayMs - hourMs, sessionsBefore: null, deletesDueAt: null },
    { ...common, eventsBefore: now - 2 * dayMs - hourMs, sessionsBefore: now - 90 * dayMs, deletesDueAt: now },
  ])
})

test('goes on while there is more, but not for ever', async () => {
  let calls = 0
  let backlog = 7
  const retention = setUp(async () => {
    calls += 1
    backlog -= 1
    return backlog > 0
  })
  await retention.prune()
  expect(calls).toBe(7)
  backlog = Number.POSITIVE_INFINITY
  await retention.prune()
  expect(calls).toBe(57)
})

test('runs once at a time, goes on after a failure, and stops between two batches', async () => {
  let calls = 0
  let isDown = true
  const retention = setUp(async () => {
    calls += 1
    if (isDown) throw new Error('disk full')
    if (calls === 4) retention.close()
    return true
  })
  const outcomes = await Promise.allSettled([retention.prune(), retention.prune()])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(calls).toBe(1)
  isDown = false
  await retention.prune()
  expect(calls).toBe(4)
  await retention.prune()
  expect(calls).toBe(4)
})
