import type { Snapshot, TicketAnswer } from '@didit-verify/core/schemas'
import { expect, test } from 'vitest'
import { createStreamReader } from '../../testing/stream-reader.ts'
import { createRelay } from './relay.ts'

const sessionId = '11111111-2222-4333-8444-555555555555'
const start = 1_793_000_000_000

function snapshot(revision: number, changes: Partial<Snapshot> = {}): Snapshot {
  const rest = { sessionId, workflow: 'default', status: 'In Progress', phase: 'active', settled: true } as const
  return { ...rest, revision, updatedAt: start, source: 'webhook', canRetry: true, ...changes }
}

/** A relay on a hand-driven clock, and readers that take a chunk only when told to. */
function setUp() {
  const clock = { at: start }
  const issued: number[] = []
  const tickets = {
    async issue(_: string, chainStartedAt = clock.at): Promise<TicketAnswer> {
      issued.push(clock.at)
      return { ticket: 'fresh', ticketExpiresAt: Math.min(clock.at + 900_000, chainStartedAt + 7_200_000) }
    },
    verify: () => Promise.reject(new Error('not needed here')),
  }
  const relay = createRelay({ tickets, now: () => clock.at, random: () => 0.5 })
  const open = (lastRevision: number | null = null, claims: object = {}) => {
    const { reader, openSink, take } = createStreamReader()
    const stream = relay.open({ sessionId, chainStartedAt: start, expiresAt: start + 900_000, ...claims }, lastRevision)
    return { reader, stream, openSink, take }
  }
  const sweepAfter = async (ms: number) => {
    clock.at += ms
    relay.sweep()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { clock, issued, relay, open, sweepAfter }
}

test('begins with the Session as it stands', () => {
  const { open } = setUp()
  const { stream, openSink, take } = open()
  stream.start(snapshot(7), openSink)
  take()
  expect(take()).toBe(`event: snapshot\nid: 7\ndata: ${JSON.stringify(snapshot(7))}\n\n`)
  expect(take()).toBe('')
})

test('misses nothing that is published while the Session is being read', () => {
  const { relay, open } = setUp()
  const { stream, openSink, take } = open()
  relay.publish(snapshot(9))
  stream.start(snapshot(8), openSink)
  take()
  expect(take()).toContain('id: 9\n')
  expect(take()).toBe('')
})

test('leaves out what the reader has seen, and sends an older one after a restored database', () => {
  const { open } = setUp()
  const same = open(8)
  same.stream.start(snapshot(8), same.openSink)
  same.take()
  expect(same.take()).toBe('')
  const restored = open(99)
  restored.stream.start(snapshot(8), restored.openSink)
  restored.take()
  expect(restored.take()).toContain('id: 8\n')
})

test('keeps only the newest frame for a reader that is behind', () => {
  const { relay, open } = setUp()
  const { stream, openSink, reader, take } = open()
  stream.start(snapshot(1), openSink)
  reader.listener.ready()
  for (let revision = 2; revision <= 500; revision += 1) relay.publish(snapshot(revision))
  relay.publish(snapshot(3))
  expect(take()).toContain('id: 1\n')
  expect(take()).toMatch(/^event: snapshot\nid: 500\n/)
  expect(take()).toBe('')
})

test('sends heartbeats when idle, and cuts only readers that take nothing', async () => {
  const { relay, open, sweepAfter } = setUp()
  const slow = open()
  slow.stream.start(snapshot(1), slow.openSink)
  slow.reader.listener.ready()
  const good = open()
  good.stream.start(snapshot(1), good.openSink)
  good.take()
  good.take()
  await sweepAfter(5_000)
  expect(good.take()).toBe('')
  await sweepAfter(800)
  expect(good.take()).toBe(': hb\n\n')
  await sweepAfter(24_199)
  expect(slow.reader.isCut).toBe(false)
  await sweepAfter(1)
  expect(slow.reader.isCut).toBe(true)
  expect(good.reader.isCut).toBe(false)
  expect(relay.size).toBe(1)
})

test('renews a ticket before it runs out, once, and ends with the chain', async () => {
  const { issued, open, sweepAfter } = setUp()
  const { stream, openSink, take } = open(null, { chainStartedAt: start - 6_600_000 })
  stream.start(snapshot(1), openSink)
  take()
  take()
  await sweepAfter(540_000)
  take()
  expect(issued).toHaveLength(1)
  await sweepAfter(30_000)
  expect(issued).toHaveLength(1)
})

test('renews nothing once the verdict stands: the stream ends with its ticket', async () => {
  const { issued, open, sweepAfter } = setUp()
  const { reader, stream, openSink, take } = open(null, { expiresAt: start + 60_000 })
  stream.start(snapshot(1, { status: 'Approved', phase: 'approved' }), openSink)
  take()
  take()
  await sweepAfter(60_000)
  expect(issued).toEqual([])
  expect(reader.text).toMatch(/^event: bye\nretry: \d+\ndata: \{"reason":"ticket"\}\n\n$/)
  expect(reader.isEnded).toBe(true)
})

test('ends after ten minutes with a bye frame, after the newest Snapshot', async () => {
  const { relay, open, sweepAfter } = setUp()
  const { stream, openSink, reader, take } = open(null, { expiresAt: start + 3_600_000 })
  stream.start(snapshot(1), openSink)
  take()
  take()
  await sweepAfter(599_000)
  take()
  relay.publish(snapshot(2))
  relay.publish(snapshot(3))
  await sweepAfter(1_000)
  take()
  expect(reader.text).toContain('id: 3\n')
  expect(reader.isEnded).toBe(false)
  take()
  expect(reader.text).toContain('"reason":"age"')
  expect(reader.isEnded).toBe(true)
  expect(relay.size).toBe(0)
})

test('waits at closing for slow readers, but not longer than it is told', async () => {
  const { relay, open } = setUp()
  const quick = open()
  quick.stream.start(snapshot(1), quick.openSink)
  quick.take()
  quick.take()
  const stuck = open()
  stuck.stream.start(snapshot(1), stuck.openSink)
  stuck.reader.listener.ready()
  const closed = relay.close(20)
  expect(quick.reader.text).toContain('"reason":"shutdown"')
  await closed
  expect(stuck.reader.isCut).toBe(true)
  expect(relay.size).toBe(0)
})

test('forgets a stream that was announced but never began', () => {
  const { relay, open } = setUp()
  const { stream } = open()
  expect(relay.size).toBe(1)
  stream.discard()
  expect(relay.size).toBe(0)
})

test('ends a stream at once that begins after closing', async () => {
  const { relay, open } = setUp()
  const late = open()
  // Announced, but its Session is still being read.
  const closed = relay.close(20)
  late.stream.start(snapshot(1), late.openSink)
  late.take()
  late.take()
  await closed
  expect(late.reader.text).toContain('"reason":"shutdown"')
  const after = open()
  after.stream.start(snapshot(2), after.openSink)
  after.take()
  after.take()
  expect(after.reader.text).toContain('"reason":"shutdown"')
  expect(relay.size).toBe(0)
})

test('ends the streams of an erased Session, and shows none of them anything of it any more', () => {
  const { relay, open } = setUp()
  const waiting = open()
  waiting.stream.start(snapshot(1), waiting.openSink)
  waiting.take()
  // This reader is busy, and the next one's request is still being answered from what was read before.
  relay.publish(snapshot(2))
  const late = open()
  relay.dismiss(sessionId)
  late.stream.start(snapshot(2), late.openSink)
  relay.publish(snapshot(3))
  const drain = ({ take, reader }: typeof late) => [take(), take(), take(), reader.text].join('')
  expect(drain(waiting)).toContain('"reason":"erased"')
  const text = drain(late)
  expect(text).toContain('"reason":"erased"')
  expect(text).not.toContain('event: snapshot')
  expect([waiting.reader.isEnded, late.reader.isEnded, relay.size]).toEqual([true, true, 0])
})
