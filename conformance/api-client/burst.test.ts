import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createEmulator } from '@didit-verify/emulator'
import { createDiditApi } from '@didit-verify/server'
import { describe, expect, test } from 'vitest'
import { createVirtualTime } from './virtual-time.ts'

/**
 * Sends many calls at once through one client to the emulator, which has Didit's documented rate limits. Both share a
 * virtual clock, so that minutes of waiting take seconds.
 */

const kyc = '11111111-2222-3333-4444-555555555555'
const apiKey = 'burst-key'
const start = Date.UTC(2026, 10, 24, 12, 0, 0)
const minute = 60_000

interface Sent {
  readonly at: number
  readonly endpoint: string
  readonly status: number
  readonly retryAfterSeconds: number | null
}

function createTestEmulator() {
  const time = createVirtualTime(start)
  const emulator = createEmulator({ apiKey, now: time.now })
  const sent: Sent[] = []
  const fetch = time.hold(async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    const endpoint = `${request.method} ${new URL(request.url).pathname}`
    const at = time.now()
    const answer = await emulator.fetch(request)
    const retryAfter = answer.headers.get('retry-after')
    sent.push({
      at,
      endpoint,
      status: answer.status,
      retryAfterSeconds: retryAfter === null ? null : Number(retryAfter),
    })
    return answer
  })
  const api = createDiditApi({
    apiKey,
    baseUrl: emulator.url,
    fetch,
    now: time.now,
    sleep: time.sleep,
    // This timeout alone runs on real time: on a busy machine, hundreds of answers at once can take long.
    timeoutMs: 10 * minute,
    // The burst is meant to wait, for less than ten minutes in any case.
    longestWaitMs: 10 * minute,
  })
  return { time, emulator, api, sent }
}

/** Returns the largest number of requests sent within any minute. */
function mostInAMinute(sent: readonly Sent[]): number {
  const times = sent.map(({ at }) => at).sort((a, b) => a - b)
  let most = 0
  for (let from = 0, to = 0; to < times.length; to += 1) {
    while ((times[to] ?? 0) - (times[from] ?? 0) >= minute) from += 1
    most = Math.max(most, to - from + 1)
  }
  return most
}

const times = <Result>(count: number, call: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)))

test('2000 lists and 1000 creates at once: none is refused, none is lost, and the rate limit is fully used', async () => {
  const { time, emulator, api, sent } = createTestEmulator()
  const [pages, created] = await time.run(() =>
    Promise.all([
      times(2000, async () => api.sessions.list({ limit: 1 })),
      times(1000, (index) => api.sessions.create({ workflow_id: kyc, vendor_data: `user-${index}` })),
    ]),
  )

  expect(sent.filter(({ status }) => status === 429)).toEqual([])
  expect(pages).toHaveLength(2000)
  expect(pages.every(({ results }) => Array.isArray(results))).toBe(true)
  expect(new Set(created.map(({ session_id }) => session_id)).size).toBe(1000)
  expect(emulator.control.sessions()).toHaveLength(1000)
  // Each call sent one request.
  expect(sent).toHaveLength(3000)

  const lists = sent.filter(({ endpoint }) => endpoint === 'GET /v3/sessions/')
  const creates = sent.filter(({ endpoint }) => endpoint === 'POST /v3/session/')
  expect(mostInAMinute(lists)).toBeLessThanOrEqual(600)
  expect(mostInAMinute(creates)).toBeLessThanOrEqual(600)
  // At 600 a minute, the last of the 2000 go out at the start of the fourth minute. More time would be wasted time.
  expect(time.now() - start).toBeLessThan(3.5 * minute)
}, 60_000)

test('answers calls in the order in which they were made', async () => {
  const { time, api } = createTestEmulator()
  const done: number[] = []
  await time.run(() =>
    times(1500, async (index) => {
      await api.sessions.list({ limit: 1, offset: index })
      done.push(index)
    }),
  )
  const minuteOf = (index: number) => Math.floor(index / 600)
  // Calls of one minute may overtake each other, but no call slips into a later minute.
  expect(done.map(minuteOf)).toEqual(done.map((_, place) => minuteOf(place)))
}, 60_000)

describe('another client with the same key uses up the budget', () => {
  /** Sends requests as a client that ignores the rate-limit headers. */
  const useBudget = async (emulator: ReturnType<typeof createTestEmulator>['emulator'], count: number) => {
    for (let index = 0; index < count; index += 1) {
      await emulator.fetch(new Request(`${emulator.url}/v3/sessions/?limit=1`, { headers: { 'x-api-key': apiKey } }))
    }
  }

  test('all of it: the client waits as long as the answer says, and goes on', async () => {
    const { time, emulator, api, sent } = createTestEmulator()
    await useBudget(emulator, 600)
    const pages = await time.run(() => times(50, async () => api.sessions.list({ limit: 1 })))
    expect(pages).toHaveLength(50)

    const refused = sent.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    const [first] = refused
    const waitsUntil = (first?.at ?? 0) + (first?.retryAfterSeconds ?? 0) * 1000
    expect(waitsUntil).toBeGreaterThan(start)
    // Requests already on the way may be refused too. After that, no request goes out too early.
    expect(sent.filter(({ at }) => at > (first?.at ?? 0) && at < waitsUntil)).toEqual([])
    expect(sent.filter(({ status }) => status === 200)).toHaveLength(50)
    expect(time.now() - waitsUntil).toBeLessThan(5_000)
  }, 60_000)

  test('most of it: the client uses the remaining budget, and is not refused', async () => {
    const { time, emulator, api, sent } = createTestEmulator()
    await useBudget(emulator, 580)
    // The first answer tells the remaining budget.
    await time.run(async () => api.sessions.list({ limit: 1 }))
    const pages = await time.run(() => times(100, async () => api.sessions.list({ limit: 1 })))
    expect(pages).toHaveLength(100)
    expect(sent.filter(({ status }) => status === 429)).toEqual([])
    expect(sent.filter(({ at }) => at < start + minute)).toHaveLength(20)
  }, 60_000)

  test('a call that would wait longer than `longestWaitMs` fails at once, with the time to retry', async () => {
    const { time, emulator, sent } = createTestEmulator()
    await useBudget(emulator, 600)
    const impatientApi = createDiditApi({
      apiKey,
      baseUrl: emulator.url,
      fetch: time.hold(async (input, init) => emulator.fetch(new Request(input as string, init))),
      now: time.now,
      sleep: time.sleep,
      longestWaitMs: 2_000,
    })
    await expect(time.run(async () => impatientApi.sessions.list({ limit: 1 }))).rejects.toMatchObject({
      code: 'didit-rate-limited',
      retryAfterSeconds: expect.any(Number),
    })
    expect(time.now() - start).toBeLessThanOrEqual(2_000)
    expect(sent).toEqual([])
  })
})

describe('memory', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')

  async function heapBytes(): Promise<number> {
    for (let round = 0; round < 4; round += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      collect()
    }
    return process.memoryUsage().heapUsed
  }

  test('stays flat over bursts: 2000 waiting calls need little memory, and none after their answers', async () => {
    const time = createVirtualTime(start)
    const api = createDiditApi({
      apiKey,
      baseUrl: 'http://localhost:9',
      fetch: time.hold(async () => Response.json({ count: 0, next: null, previous: null, results: [] })),
      now: time.now,
      sleep: time.sleep,
      timeoutMs: 10 * minute,
      longestWaitMs: 10 * minute,
    })
    const burst = () => time.run(() => times(2000, async () => void (await api.sessions.list({ limit: 1 }))))
    // Warm up: compiled code and filled pools are not leaks.
    for (let round = 0; round < 2; round += 1) await burst()

    const before = await heapBytes()
    let whileWaiting = 0
    await time.run(async () => {
      const waiting = times(2000, async () => void (await api.sessions.list({ limit: 1 })))
      whileWaiting = (await heapBytes()) - before
      await waiting
    })
    // Bytes for a promise, a closure and an entry in the queue.
    expect(whileWaiting / 2000).toBeLessThan(8_000)

    for (let round = 0; round < 4; round += 1) await burst()
    const after = await heapBytes()
    expect(after - before).toBeLessThan(1_000_000)
  }, 60_000)
})
