import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createEmulator } from '@didit-verify/emulator'
import { createDiditApi } from '@didit-verify/server'
import { describe, expect, test } from 'vitest'
import { createVirtualTime } from './virtual-time.ts'

/**
 * Many calls at once through one client, against the emulator with Didit's documented limits. Both go by one virtual
 * clock, so that minutes of waiting take seconds.
 */

const kyc = '11111111-2222-3333-4444-555555555555'
const apiKey = 'burst-key'
const start = Date.UTC(2026, 10, 24, 12, 0, 0)
const minute = 60_000

interface Sent {
  readonly at: number
  readonly what: string
  readonly status: number
  readonly retryAfterSeconds: number | null
}

function setStage() {
  const time = createVirtualTime(start)
  const emulator = createEmulator({ apiKey, now: time.now })
  const sent: Sent[] = []
  const fetch = time.hold(async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    const what = `${request.method} ${new URL(request.url).pathname}`
    const at = time.now()
    const answer = await emulator.fetch(request)
    const retryAfter = answer.headers.get('retry-after')
    sent.push({ at, what, status: answer.status, retryAfterSeconds: retryAfter === null ? null : Number(retryAfter) })
    return answer
  })
  const api = createDiditApi({
    apiKey,
    baseUrl: emulator.url,
    fetch,
    now: time.now,
    sleep: time.sleep,
    // The one thing that goes by real time: hundreds of answers at once can take a busy machine long.
    timeoutMs: 10 * minute,
    // The burst is meant to wait: ten minutes are more than it can take.
    longestWaitMs: 10 * minute,
  })
  return { time, emulator, api, sent }
}

/** The most of them that went out within any minute. */
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

test('2000 lists and 1000 creates at once: none is refused, none is lost, and the limits are made use of', async () => {
  const { time, emulator, api, sent } = setStage()
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
  // Each call is one request, and none was made twice.
  expect(sent).toHaveLength(3000)

  const lists = sent.filter(({ what }) => what === 'GET /v3/sessions/')
  const creates = sent.filter(({ what }) => what === 'POST /v3/session/')
  expect(mostInAMinute(lists)).toBeLessThanOrEqual(600)
  expect(mostInAMinute(creates)).toBeLessThanOrEqual(600)
  // 2000 at 600 a minute are full in the fourth minute; waiting out a fifth would be a waste.
  expect(time.now() - start).toBeLessThan(3.5 * minute)
}, 60_000)

test('calls are answered in the order they were made', async () => {
  const { time, api } = setStage()
  const done: number[] = []
  await time.run(() =>
    times(1500, async (index) => {
      await api.sessions.list({ limit: 1, offset: index })
      done.push(index)
    }),
  )
  const minuteOf = (index: number) => Math.floor(index / 600)
  // Within a minute they overtake each other on the way; nobody is put off to a later one.
  expect(done.map(minuteOf)).toEqual(done.map((_, place) => minuteOf(place)))
}, 60_000)

describe('another client of the same key eats the budget', () => {
  /** Somebody else, who looks at no header. */
  const eat = async (emulator: ReturnType<typeof setStage>['emulator'], count: number) => {
    for (let index = 0; index < count; index += 1) {
      await emulator.fetch(new Request(`${emulator.url}/v3/sessions/?limit=1`, { headers: { 'x-api-key': apiKey } }))
    }
  }

  test('all of it: the client hears when, waits that long, and goes on', async () => {
    const { time, emulator, api, sent } = setStage()
    await eat(emulator, 600)
    const pages = await time.run(() => times(50, async () => api.sessions.list({ limit: 1 })))
    expect(pages).toHaveLength(50)

    const refused = sent.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    const [first] = refused
    const waitsUntil = (first?.at ?? 0) + (first?.retryAfterSeconds ?? 0) * 1000
    expect(waitsUntil).toBeGreaterThan(start)
    // What was on its way already may be refused too; after that nothing goes out too soon.
    expect(sent.filter(({ at }) => at > (first?.at ?? 0) && at < waitsUntil)).toEqual([])
    expect(sent.filter(({ status }) => status === 200)).toHaveLength(50)
    expect(time.now() - waitsUntil).toBeLessThan(5_000)
  }, 60_000)

  test('most of it: the client sees what is left, uses that, and is not refused', async () => {
    const { time, emulator, api, sent } = setStage()
    await eat(emulator, 580)
    // The first answer tells what is left.
    await time.run(async () => api.sessions.list({ limit: 1 }))
    const pages = await time.run(() => times(100, async () => api.sessions.list({ limit: 1 })))
    expect(pages).toHaveLength(100)
    expect(sent.filter(({ status }) => status === 429)).toEqual([])
    expect(sent.filter(({ at }) => at < start + minute)).toHaveLength(20)
  }, 60_000)

  test('whoever waits no longer than so long is told at once, and when to come again', async () => {
    const { time, emulator, sent } = setStage()
    await eat(emulator, 600)
    const hasty = createDiditApi({
      apiKey,
      baseUrl: emulator.url,
      fetch: time.hold(async (input, init) => emulator.fetch(new Request(input as string, init))),
      now: time.now,
      sleep: time.sleep,
      longestWaitMs: 2_000,
    })
    await expect(time.run(async () => hasty.sessions.list({ limit: 1 }))).rejects.toMatchObject({
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

  test('stays flat over bursts: 2000 waiting calls cost little, and nothing once they are answered', async () => {
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
    // Compiled code and filled pools are nobody's leak.
    for (let round = 0; round < 2; round += 1) await burst()

    const before = await heapBytes()
    let whileWaiting = 0
    await time.run(async () => {
      const waiting = times(2000, async () => void (await api.sessions.list({ limit: 1 })))
      whileWaiting = (await heapBytes()) - before
      await waiting
    })
    // A promise, a closure, its place in the queue.
    expect(whileWaiting / 2000).toBeLessThan(8_000)

    for (let round = 0; round < 4; round += 1) await burst()
    const after = await heapBytes()
    expect(after - before).toBeLessThan(1_000_000)
  }, 60_000)
})
