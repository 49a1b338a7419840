import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { apiKey, json, sessionId } from '../../testing/scripted-fetch.ts'
import { createDiditApi } from './didit-api.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
async function heapNow(): Promise<number> {
  // Objects of calls that have just ended are released a little later.
  for (let round = 0; round < 2; round += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
  return process.memoryUsage().heapUsed
}

const workflow_id = 'c2a1d6de-51f3-4f0e-8a3c-9c1e4ab7d9f0'

/** Counts as Didit does, in windows of a minute that begin with the first request. */
function createVendor(clock: ReturnType<typeof createFakeClock>, answerMs = 120) {
  const windows = new Map<string, { endsAt: number; used: number }>()
  const seen = { list: 0, create: 0, refused: 0 }
  function count(bucket: string, limit: number) {
    const known = windows.get(bucket)
    const window = known && known.endsAt > clock.now() ? known : { endsAt: clock.now() + 60_000, used: 0 }
    windows.set(bucket, window)
    window.used += 1
    const seconds = Math.max(1, Math.ceil((window.endsAt - clock.now()) / 1000))
    const headers = {
      date: new Date(clock.now()).toUTCString(),
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - window.used)),
      'x-ratelimit-reset': String(Math.ceil(window.endsAt / 1000)),
    }
    return { isOver: window.used > limit, headers, seconds }
  }
  const fetch = (async (input, init) => {
    const isCreate = init?.method === 'POST'
    await clock.sleep(answerMs, init?.signal ?? undefined)
    const { isOver, headers, seconds } = count(isCreate ? 'create' : 'get', 600)
    await clock.sleep(answerMs, init?.signal ?? undefined)
    if (isOver) {
      seen.refused += 1
      return json({ detail: 'Slow down.' }, { status: 429, headers: { ...headers, 'retry-after': String(seconds) } })
    }
    seen[isCreate ? 'create' : 'list'] += 1
    return isCreate
      ? json({ session_id: sessionId, status: 'Not Started' }, { status: 201, headers })
      : json({ count: 0, next: null, previous: null, results: [], at: String(input).length }, { headers })
  }) as typeof globalThis.fetch
  return { fetch, seen, count }
}

function setUp() {
  const clock = createFakeClock()
  const vendor = createVendor(clock)
  // The timeout of a call is a real timer. A call that hangs fails the test by the timeout of the test.
  const api = createDiditApi({
    apiKey,
    fetch: vendor.fetch,
    now: clock.now,
    sleep: clock.sleep,
    timeoutMs: 2 ** 31 - 1,
  })
  return { clock, vendor, api }
}

describe('a burst', () => {
  test('of 2,000 lists and 1,000 creations meets no limit, and none is lost', { timeout: 60_000 }, async () => {
    const { clock, vendor, api } = setUp()
    let done = 0
    const count = () => {
      done += 1
    }
    const lists = Array.from({ length: 2000 }, (_, offset) => api.sessions.list({ offset }).then(count))
    const creations = Array.from({ length: 1000 }, (_, n) =>
      api.sessions.create({ workflow_id, vendor_data: `customer-${n}` }).then(count),
    )
    await clock.advance(64_000)
    expect(done).toBe(600 + 600 + 600 + 400)
    await clock.advance(125_000)
    await Promise.all([...lists, ...creations])
    expect(vendor.seen).toEqual({ list: 2000, create: 1000, refused: 0 })
    expect(clock.sleeping()).toBe(0)
  })

  test('goes on when Retry-After has passed, where somebody else used the budget up', async () => {
    const { clock, vendor, api } = setUp()
    for (let taken = 0; taken < 590; taken += 1) vendor.count('get', 600)
    const calls = Array.from({ length: 100 }, () => api.sessions.list())
    const pages = Promise.all(calls)
    await clock.advance(30_000)
    // Sent before a single answer could say so: those beyond what was left were turned away, and wait.
    expect(vendor.seen).toEqual({ list: 10, create: 0, refused: 90 })
    await clock.advance(32_000)
    expect(await pages).toHaveLength(100)
    expect(vendor.seen).toEqual({ list: 100, create: 0, refused: 90 })
  })

  test('of what has seen an answer sends no more than that leaves', async () => {
    const { clock, vendor, api } = setUp()
    for (let taken = 0; taken < 589; taken += 1) vendor.count('get', 600)
    const first = api.sessions.retrieveDecision(sessionId).catch(() => {})
    await clock.advance(1_000)
    await first
    const pages = Promise.all(Array.from({ length: 100 }, () => api.sessions.list()))
    await clock.advance(62_000)
    expect(await pages).toHaveLength(100)
    expect(vendor.seen).toEqual({ list: 101, create: 0, refused: 0 })
  })

  test('that waits costs little, and nothing once it is dropped', { timeout: 60_000 }, async () => {
    const { clock, api } = setUp()
    const spend = Array.from({ length: 600 }, () => api.sessions.retrieveDecision(sessionId).catch(() => {}))
    await clock.advance(1_000)
    await Promise.all(spend)

    const waiting = 2_500
    /** Lets calls wait and drops them. What each costs while it waits, and what is in use afterwards, in bytes. */
    async function round() {
      const before = await heapNow()
      const controller = new AbortController()
      const outcomes = Array.from({ length: waiting }, () =>
        api.sessions.retrieveDecision(sessionId, { signal: controller.signal }).then(
          () => 'answered',
          (error) => error.code,
        ),
      )
      await clock.advance(10)
      const each = ((await heapNow()) - before) / waiting
      controller.abort()
      expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['aborted']))
      return each
    }
    expect(await round()).toBeLessThan(8_000)
    const after = await heapNow()
    for (let number = 0; number < 2; number += 1) await round()
    expect((await heapNow()) - after).toBeLessThan(1_000_000) // 5,000 calls: less than 200 bytes each
    expect(clock.sleeping()).toBe(0)
  })
})
