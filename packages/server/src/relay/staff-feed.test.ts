import { expect, test } from 'vitest'
import { createStreamReader } from '../../testing/stream-reader.ts'
import type { StaffChange } from './sse.ts'
import { createStaffFeed } from './staff-feed.ts'

const start = 1_793_000_000_000
const changeOf = (sessionId: string, revision = 1): StaffChange => ({
  sessionId,
  status: 'In Review',
  phase: 'review',
  revision,
  source: 'webhook',
  updatedAt: start,
})
const frameOf = (change: StaffChange) => `event: changed\ndata: ${JSON.stringify(change)}\n\n`
const reload = 'id: open\nevent: reload\ndata: {}\n\n'

/** A feed on a hand-driven clock, and readers that take a chunk only when told to. */
function setUp() {
  const clock = { at: start }
  const feed = createStaffFeed({ now: () => clock.at, random: () => 0.5 })
  const open = ({ resumes = false } = {}) => {
    const { reader, openSink, take } = createStreamReader()
    feed.open(openSink, { resumes })
    const takeAll = () => [take(), take(), take(), take()].join('')
    return { reader, take, takeAll }
  }
  const sweepAfter = (ms: number) => {
    clock.at += ms
    feed.sweep()
  }
  return { feed, open, sweepAfter }
}

test('tells all desks of every change, at once', () => {
  const { feed, open } = setUp()
  const readers = [open(), open()]
  for (const { takeAll } of readers) expect(takeAll()).toBe('id: open\n\n')
  feed.publish(changeOf('a'))
  for (const { reader, takeAll } of readers) {
    expect(reader.text).toBe(frameOf(changeOf('a')))
    takeAll()
  }
  feed.publish(changeOf('a', 2))
  for (const { reader } of readers) expect(reader.text).toBe(frameOf(changeOf('a', 2)))
})

test('keeps one frame for each Session while a reader is busy, in the order of the newest changes', () => {
  const { feed, open } = setUp()
  const { takeAll, reader } = open()
  takeAll()
  feed.publish(changeOf('busy'))
  for (const [sessionId, revision] of [
    ['a', 1],
    ['b', 1],
    ['a', 2],
  ] as const)
    feed.publish(changeOf(sessionId, revision))
  expect(reader.text).toBe(frameOf(changeOf('busy')))
  expect(takeAll()).toBe([changeOf('busy'), changeOf('b'), changeOf('a', 2)].map(frameOf).join(''))
})

test('has a reader that is far behind read again, once, and goes on from there', () => {
  const { feed, open } = setUp()
  const slow = open()
  const quick = open()
  slow.takeAll()
  quick.takeAll()
  let seen = 0
  for (let index = 0; index < 5_000; index += 1) {
    feed.publish(changeOf(`session-${index}`))
    seen += quick.takeAll().split('event: changed').length - 1
  }
  expect(seen).toBe(5_000)
  expect(slow.takeAll()).toBe(frameOf(changeOf('session-0')) + reload)
  feed.publish(changeOf('next'))
  expect(slow.takeAll()).toBe(frameOf(changeOf('next')))
})

test('has who comes back read again, and everybody when a Session is gone', () => {
  const { feed, open } = setUp()
  const back = open({ resumes: true })
  expect(back.takeAll()).toBe(reload)
  feed.publish(changeOf('a'))
  feed.publish(changeOf('b'))
  feed.reload()
  expect(back.takeAll()).toBe(frameOf(changeOf('a')) + reload)
})

test('sends heartbeats when idle, and cuts only readers that take nothing', () => {
  const { feed, open, sweepAfter } = setUp()
  const slow = open()
  slow.reader.listener.ready()
  const good = open()
  good.takeAll()
  sweepAfter(5_000)
  expect(good.take()).toBe('')
  sweepAfter(800)
  expect(good.take()).toBe(': hb\n\n')
  sweepAfter(24_199)
  expect(slow.reader.isCut).toBe(false)
  sweepAfter(1)
  expect([slow.reader.isCut, good.reader.isCut, feed.size]).toEqual([true, false, 1])
})

test('ends after ten minutes with a bye frame, after the waiting frames', () => {
  const { feed, open, sweepAfter } = setUp()
  const { reader, take, takeAll } = open()
  takeAll()
  sweepAfter(599_000)
  take()
  feed.publish(changeOf('a'))
  feed.publish(changeOf('b'))
  sweepAfter(1_000)
  expect(reader.isEnded).toBe(false)
  expect(takeAll()).toMatch(
    /event: changed[\s\S]*event: changed[\s\S]*event: bye\nretry: \d+\ndata: \{"reason":"age"\}\n\n$/,
  )
  expect([reader.isEnded, feed.size]).toEqual([true, 0])
})

test('waits at closing for slow readers, but not longer than it is told, and turns late ones away', async () => {
  const { feed, open } = setUp()
  const quick = open()
  quick.takeAll()
  const stuck = open()
  stuck.reader.listener.ready()
  const closed = feed.close(20)
  expect(quick.reader.text).toContain('"reason":"shutdown"')
  await closed
  expect([stuck.reader.isCut, feed.size]).toEqual([true, 0])
  expect(open().takeAll()).toContain('"reason":"shutdown"')
})

test('forgets who has left', () => {
  const { feed, open } = setUp()
  const { reader } = open()
  reader.listener.gone()
  reader.listener.gone()
  feed.publish(changeOf('a'))
  expect([feed.size, reader.text]).toEqual([0, ''])
})
