import { expect, test } from 'vitest'
import { followDesk, type Source } from './desk-feed.ts'

/** A stream under the test's hand. */
function createTestFeed() {
  const log: string[] = []
  const sources: { fire(type: string, data?: unknown): void; readyState: number; isClosed: boolean }[] = []
  const timers: { run: () => void; ms: number }[] = []
  const stop = followDesk({
    url: '/api/didit/staff/events',
    onChange: ({ sessionId, status }) => log.push(`${sessionId} ${status}`),
    onGap: () => log.push('gap'),
    onConnection: (isOpen) => log.push(isOpen ? 'open' : 'lost'),
    onRefused: () => log.push('refused'),
    open() {
      const listeners = new Map<string, (event: { data?: unknown }) => void>()
      const source = {
        readyState: 0,
        isClosed: false,
        addEventListener: (type: string, listener: (event: { data?: unknown }) => void) =>
          listeners.set(type, listener),
        close() {
          source.isClosed = true
        },
        fire: (type: string, data?: unknown) => listeners.get(type)?.({ data }),
      }
      sources.push(source)
      return source as unknown as Source
    },
    setTimer: (run, ms) => timers.push({ run, ms }),
    clearTimer: (timer) => log.push(`cleared ${String(timer)}`),
  })
  const newest = () => sources.at(-1) as (typeof sources)[number]
  return { log, sources, timers, stop, newest }
}

const change = JSON.stringify({
  sessionId: 'one',
  status: 'Approved',
  phase: 'approved',
  revision: 7,
  source: 'api',
  updatedAt: 1,
})

test('hands on each change, and takes one that it cannot read for a gap', () => {
  const { log, newest } = createTestFeed()
  newest().fire('open')
  newest().fire('changed', change)
  for (const broken of ['{', 'null', '{"sessionId":"one"}', undefined]) newest().fire('changed', broken)
  newest().fire('reload', '{}')
  expect(log).toEqual(['open', 'one Approved', 'gap', 'gap', 'gap', 'gap', 'gap'])
})

test('leaves a broken connection to the browser, and fills the gap once it is back', () => {
  const { log, newest, sources, timers } = createTestFeed()
  newest().fire('open')
  newest().fire('error')
  newest().fire('open')
  expect(log).toEqual(['open', 'lost', 'open', 'gap'])
  expect(sources).toHaveLength(1)
  expect(timers).toEqual([])
})

test('tries a refused connection again, ever more seldom, until it is let in', () => {
  const { log, newest, sources, timers } = createTestFeed()
  const refuse = () => {
    newest().readyState = 2
    newest().fire('error')
  }
  for (let tries = 0; tries < 6; tries += 1) {
    refuse()
    timers.at(-1)?.run()
  }
  expect(timers.map(({ ms }) => ms)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  expect(sources).toHaveLength(7)
  expect(log.slice(0, 2)).toEqual(['lost', 'refused'])
  newest().fire('open')
  refuse()
  expect(timers.at(-1)?.ms).toBe(2_000)
})

test('ends with the page', () => {
  const { newest, stop } = createTestFeed()
  stop()
  expect(newest().isClosed).toBe(true)
})
