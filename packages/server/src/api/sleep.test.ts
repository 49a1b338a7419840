import { expect, test } from 'vitest'
import { createDiditApi } from './didit-api.ts'
import { sleep } from './sleep.ts'

test('a sleep ends with its time, and at once with its signal', async () => {
  const { signal } = new AbortController()
  await sleep(1, signal)
  await sleep(1, undefined)
  await expect(sleep(60_000, AbortSignal.abort(new Error('left')))).rejects.toThrow('left')
  const controller = new AbortController()
  const asleep = sleep(60_000, controller.signal)
  controller.abort(new Error('gone'))
  await expect(asleep).rejects.toThrow('gone')
})

test('an outage of Didit does not make Node warn of a leak, however many calls share a signal', async () => {
  const warnings: Error[] = []
  const hear = (warning: Error) => void warnings.push(warning)
  process.on('warning', hear)
  const controller = new AbortController()
  let tries = 0
  const api = createDiditApi({
    apiKey: 'key-0001',
    fetch: async () => {
      tries += 1
      throw new TypeError('fetch failed')
    },
  })
  const id = '11111111-2222-4333-8444-555555555555'
  const calls = Array.from({ length: 50 }, () =>
    api.sessions.retrieveDecision(id, { signal: controller.signal }).catch((error: { code: string }) => error.code),
  )
  await expect.poll(() => tries, { interval: 5 }).toBeGreaterThanOrEqual(calls.length)
  // After this turn of the event loop all of them wait for their next try.
  await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['aborted']))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', hear)
  expect(warnings).toEqual([])
})
