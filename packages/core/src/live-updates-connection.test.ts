import { expect, test } from 'vitest'
import { createFakeClock, flush } from '../testing/fake-clock.ts'
import { createStream, otherId, problem, type SeenCall, sessionId, snapshotOf } from '../testing/fake-companion.ts'
import { setUp, watch } from '../testing/set-up.ts'
import { DiditError, RequestError } from './error.ts'
import { openLiveUpdates } from './live-updates.ts'
import type { TicketedHttp } from './ticketed-http.ts'

const isStream = ({ name }: SeenCall) => name.endsWith('/events')

/** Creates a store with a subscriber and an open stream. */
async function following() {
  const parts = setUp()
  parts.companion.current = snapshotOf()
  await parts.store.load()
  const connection = watch(parts.store, 'connection')
  await flush()
  return { ...parts, connections: connection.seen, unsubscribe: connection.unsubscribe }
}

test('opens a stream with a ticket in its header, and shows what is pushed', async () => {
  const { store, companion, connections } = await following()
  const call = companion.calls.find(isStream)
  expect(call?.headers.get('authorization')).toBe('Bearer ticket-1')
  expect(call?.headers.get('accept')).toBe('text/event-stream')
  expect(companion.names().join()).not.toContain('ticket-1')
  expect(connections).toEqual(['connecting', 'live'])
  companion.stream.snapshot(snapshotOf({ status: 'In Progress', revision: 2 }))
  await flush()
  expect(store.getSnapshot()).toMatchObject({ status: 'In Progress', revision: 2 })
})

test('puts a frame together from any pieces, even within a character', async () => {
  const { store, companion } = await following()
  const frame = `event: snapshot\r\nid: 2\r\ndata: ${JSON.stringify(snapshotOf({ status: 'Geprüft ✓', revision: 2 }))}\r\n\r\n`
  for (const byte of new TextEncoder().encode(frame)) companion.stream.bytes(Uint8Array.of(byte))
  await flush()
  expect(store.getSnapshot()?.status).toBe('Geprüft ✓')
})

test('a frame that is cut in the middle counts for nothing, and the rest comes after reconnecting', async () => {
  const { store, companion, clock } = await following()
  const newer = snapshotOf({ status: 'In Review', revision: 2 })
  companion.stream.text(`event: snapshot\nid: 2\ndata: ${JSON.stringify(newer)}`)
  companion.stream.end()
  await flush()
  expect(store.getSnapshot()?.revision).toBe(1)
  companion.current = newer
  await clock.advance(2_000)
  expect(companion.calls.filter(isStream)[1]?.headers.get('last-event-id')).toBe('1')
  expect(store.getSnapshot()?.status).toBe('In Review')
})

test('an older revision, and a Snapshot of another Session, change nothing', async () => {
  const { store, companion, clock } = await following()
  companion.stream.snapshot(snapshotOf({ status: 'Approved', revision: 5, settled: false }))
  companion.stream.snapshot(snapshotOf({ status: 'In Progress', revision: 4 }))
  companion.stream.snapshot(snapshotOf({ sessionId: otherId, status: 'Declined', revision: 9 }))
  await flush()
  expect(store.getSnapshot()).toMatchObject({ sessionId, status: 'Approved', revision: 5 })
  companion.stream.end()
  await clock.advance(2_000)
  expect(companion.calls.filter(isStream)[1]?.headers.get('last-event-id')).not.toBe('9')
})

test('a malformed frame is reported once and does not end the stream', async () => {
  const { store, companion } = await following()
  const { seen } = watch(store, 'error')
  companion.stream.text('event: snapshot\nid: 7\ndata: {"half\n\n')
  companion.stream.text('event: snapshot\nid: 8\ndata: {"sessionId":1}\n\n')
  companion.stream.text('event: of-tomorrow\ndata: whatever\n\n')
  await flush()
  expect(seen.map((error) => error?.code)).toEqual(['answer-invalid'])
  companion.stream.snapshot(snapshotOf({ status: 'In Progress', revision: 2 }))
  await flush()
  expect(store.getState()).toMatchObject({ connection: 'live', session: { revision: 2 } })
})

test('a pushed ticket takes the place of the old one', async () => {
  const { companion, store } = await following()
  companion.stream.text('event: ticket\ndata: {"ticket":"pushed","ticketExpiresAt":1793000900000}\n\n')
  await flush()
  await store.refresh()
  expect(companion.calls.at(-1)?.headers.get('authorization')).toBe('Bearer pushed')
})

test('after a bye it comes back when the server said', async () => {
  const { companion, clock, connections } = await following()
  companion.stream.text('event: bye\nretry: 7000\ndata: {"reason":"age"}\n\n')
  await clock.advance(6_999)
  expect(companion.count('GET /sessions/:id/events')).toBe(1)
  await clock.advance(1)
  expect(companion.count('GET /sessions/:id/events')).toBe(2)
  // Nothing has changed since revision 1, so no event arrives. The state is `live` all the same.
  expect(connections).toEqual(['connecting', 'live', 'connecting', 'live'])
})

test('a bye that asks for an absurd pause neither loops nor waits for ever', async () => {
  const { companion, clock } = await following()
  companion.stream.text('event: bye\nretry: 99999999999\ndata: {"reason":"age"}\n\n')
  await clock.advance(299_000)
  expect(companion.count('GET /sessions/:id/events')).toBe(1)
  await clock.advance(2_000)
  expect(companion.count('GET /sessions/:id/events')).toBe(2)
})

test('a bye that asks for no pause at all makes no storm', async () => {
  const { companion, clock } = await following()
  companion.answer = (call) =>
    isStream(call)
      ? new Response('event: bye\nretry: 0\ndata: {"reason":"age"}\n\n', {
          headers: { 'content-type': 'text/event-stream' },
        })
      : undefined
  companion.stream.end()
  await clock.advance(10_000)
  expect(companion.count('GET /sessions/:id/events')).toBeLessThan(25)
})

test('a server that restarts in the middle is lost for a while, then live again', async () => {
  const { store, companion, clock, connections } = await following()
  companion.answer = () => Promise.reject(new TypeError('fetch failed'))
  companion.stream.fail()
  await clock.advance(10_000)
  expect(connections).toEqual(['connecting', 'live', 'connecting', 'lost'])
  expect(store.getState().error).toMatchObject({ code: 'relay-lost', cause: { code: 'network' } })
  companion.current = snapshotOf({ status: 'In Review', revision: 2 })
  companion.answer = () => undefined
  await clock.advance(30_000)
  expect(store.getState()).toMatchObject({ connection: 'live', error: null, session: { status: 'In Review' } })
})

test('a lost connection does not hide why the hosted page failed', async () => {
  const { store, companion, clock } = await following()
  await store.start()
  store.report({ failed: new DiditError('frame-timeout', 'Nothing came.') })
  companion.answer = () => Promise.reject(new TypeError('fetch failed'))
  companion.stream.fail()
  await clock.advance(10_000)
  expect(store.getState()).toMatchObject({ connection: 'lost', error: { code: 'frame-timeout' } })
  companion.answer = () => undefined
  await clock.advance(30_000)
  expect(store.getState()).toMatchObject({ connection: 'live', flow: 'failed', error: { code: 'frame-timeout' } })
})

test('a server that is back is live at once, even when nothing has changed meanwhile', async () => {
  const { companion, clock, connections } = await following()
  companion.answer = () => Promise.reject(new TypeError('fetch failed'))
  companion.stream.fail()
  await clock.advance(10_000)
  companion.answer = () => undefined
  await clock.advance(clock.next())
  expect(companion.calls.at(-1)?.headers.get('last-event-id')).toBe('1')
  expect(connections.slice(-2)).toEqual(['lost', 'live'])
})

test('waits longer after each failure, never more than half a minute', async () => {
  const { companion, clock } = await following()
  companion.answer = () => problem(503, 'shutting-down')
  companion.stream.end()
  await clock.advance(10 * 60_000)
  const tries = companion.count('GET /sessions/:id/events')
  expect(tries).toBeGreaterThan(20)
  expect(tries).toBeLessThan(40)
})

test('a server that says when to come back is not asked before', async () => {
  const { companion, clock } = await following()
  companion.answer = () => problem(503, 'storage-unavailable', { 'retry-after': '20' })
  companion.stream.end()
  await clock.advance(1_500)
  const tries = companion.count('GET /sessions/:id/events')
  await clock.advance(19_000)
  expect(companion.count('GET /sessions/:id/events')).toBe(tries)
  await clock.advance(3_000)
  expect(companion.count('GET /sessions/:id/events')).toBe(tries + 1)
})

test('a connection without a heartbeat for 45 seconds is taken for dead', async () => {
  const { companion, clock } = await following()
  await clock.advance(30_000)
  companion.stream.text(': hb\n\n')
  await clock.advance(44_000)
  expect(companion.stream.isCancelled).toBe(false)
  const dead = companion.stream
  await clock.advance(3_000)
  expect(dead.isCancelled).toBe(true)
  expect(companion.count('GET /sessions/:id/events')).toBe(2)
})

test('an expired ticket is renewed once and the stream goes on', async () => {
  const { store, companion } = setUp()
  await store.start()
  companion.answer = (call) =>
    isStream(call) && call.headers.get('authorization') === 'Bearer ticket-1'
      ? problem(401, 'ticket-expired')
      : undefined
  store.subscribe(() => {})
  await flush()
  expect(companion.count('POST /sessions/:id/ticket')).toBe(1)
  expect(store.getState()).toMatchObject({ connection: 'live', error: null })
})

test('a person who is not signed in any more ends the stream for good', async () => {
  const { store, companion, clock } = await following()
  companion.answer = ({ name }) =>
    name.endsWith('/ticket') ? problem(401, 'unauthenticated') : problem(401, 'ticket-expired')
  companion.stream.end()
  await clock.advance(2_000)
  expect(store.getState()).toMatchObject({ connection: 'off', error: { code: 'unauthenticated' } })
  const before = companion.calls.length
  await clock.advance(600_000)
  expect(companion.calls.length).toBe(before)
  expect(clock.pending()).toBe(0)
  companion.answer = () => undefined
  await store.load()
  await flush()
  expect(store.getState()).toMatchObject({ connection: 'live', error: null })
})

test('fresh tickets that are refused as well do not make a loop', async () => {
  const { store, companion, clock } = await following()
  companion.answer = (call) => (isStream(call) ? problem(401, 'ticket-invalid') : undefined)
  companion.stream.end()
  await clock.advance(60_000)
  expect(companion.count('POST /sessions/:id/ticket')).toBe(2)
  expect(store.getState()).toMatchObject({ connection: 'off', error: { code: 'ticket-invalid' } })
})

/** A proxy that holds streams back: it answers, but delivers no byte. */
const heldBack = (call: SeenCall) =>
  isStream(call) ? new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } }) : undefined

test('where streams are held back it asks again and again instead, cheaply', async () => {
  const { store, companion, clock } = setUp()
  companion.current = snapshotOf()
  await store.load()
  companion.answer = heldBack
  store.subscribe(() => {})
  await clock.advance(25_000)
  expect(store.getState().connection).toBe('polling')
  const poll = companion.calls.filter(({ name }) => name === 'GET /sessions/:id').at(-1)
  expect(poll?.headers.get('if-none-match')).toBe('"1"')
  companion.current = snapshotOf({ status: 'In Review', revision: 2 })
  await clock.advance(5_000)
  expect(store.getSnapshot()?.status).toBe('In Review')
})

test('tries to stream again later, and returns to it once that works', async () => {
  const { store, companion, clock } = setUp()
  companion.current = snapshotOf()
  await store.load()
  companion.answer = heldBack
  const { seen } = watch(store, 'connection')
  await clock.advance(25_000)
  companion.answer = () => undefined
  await clock.advance(70_000)
  expect(seen).toEqual(['connecting', 'polling', 'live'])
})

test('streams that end at once without a frame are given up as well', async () => {
  const { store, companion, clock } = setUp()
  companion.current = snapshotOf()
  await store.load()
  companion.answer = (call) =>
    isStream(call) ? new Response('<html>', { headers: { 'content-type': 'text/html' } }) : undefined
  store.subscribe(() => {})
  await clock.advance(3_000)
  expect(store.getState().connection).toBe('polling')
})

test('polling, too, reports when the server does not answer', async () => {
  const { store, companion, clock } = setUp()
  companion.current = snapshotOf()
  await store.load()
  companion.answer = heldBack
  store.subscribe(() => {})
  await clock.advance(25_000)
  companion.answer = () => problem(500, 'internal')
  await clock.advance(20_000)
  expect(store.getState()).toMatchObject({ connection: 'lost', error: { code: 'relay-lost' } })
})

test('a line without end does not fill the memory', async () => {
  const { companion, clock } = await following()
  const endless = companion.stream
  endless.text('x'.repeat(800_000))
  endless.text('x'.repeat(800_000))
  endless.text('x')
  await clock.advance(2_000)
  expect(endless.isCancelled).toBe(true)
  expect(companion.count('GET /sessions/:id/events')).toBe(2)
})

test('closing the client ends stream, timers and requests, and nothing runs on', async () => {
  const { client, store, companion, clock, connections } = await following()
  companion.answer = () => new Promise<Response>(() => {})
  const loading = store.load()
  const before = connections.length
  client.close()
  await expect(loading).rejects.toMatchObject({ code: 'aborted' })
  await flush()
  expect(companion.stream.isCancelled).toBe(true)
  expect(clock.pending()).toBe(0)
  const calls = companion.calls.length
  await clock.advance(600_000)
  await expect(store.start()).rejects.toMatchObject({ code: 'aborted' })
  store.subscribe(() => {})
  await flush()
  expect([companion.calls.length, connections.length]).toEqual([calls, before])
})

/** Creates live updates that the test wakes. */
function asleep(open: TicketedHttp['open']) {
  const clock = createFakeClock()
  const wake: (() => void)[] = []
  const { close } = openLiveUpdates(
    {
      http: { sessionId, keep: () => {}, call: () => Promise.reject(new Error('Not asked for here.')), open },
      timers: clock.timers,
      now: clock.now,
      random: () => 0.5,
      onWake: (listener) => {
        wake.push(listener)
        return () => void wake.pop()
      },
      refresh: async () => {},
      revision: () => 1,
      onSnapshot: () => {},
      onConnection: () => {},
      onError: () => {},
      onStop: () => {},
    },
    () => import('./live-updates-connection.ts'),
  )
  return {
    clock,
    listeners: wake,
    close,
    wake: async () => {
      for (const listener of wake) listener()
      await flush()
    },
  }
}

test.each([
  ['at once when the network comes back', undefined, 2],
  ['not before the server said, even then', 9, 1],
])('tries again %s', async (_, retryAfterSeconds, tries) => {
  let opened = 0
  const { clock, listeners, close, wake } = asleep(() => {
    opened += 1
    return Promise.reject(new RequestError('storage-unavailable', 'Later.', { status: 503, retryAfterSeconds }))
  })
  await flush()
  await wake()
  expect(opened).toBe(tries)
  close()
  await flush()
  expect([clock.pending(), listeners.length]).toEqual([0, 0])
})

test('a page that wakes up does not wait for a stream that died while it slept', async () => {
  const streams: ReturnType<typeof createStream>[] = []
  const { clock, close, wake } = asleep(async () => {
    const stream = createStream()
    streams.push(stream)
    return stream.response
  })
  await flush()
  streams[0]?.text(': hb\n\n')
  await wake()
  expect(streams).toHaveLength(1)
  clock.sleep(3_600_000)
  await wake()
  expect(streams[0]?.isCancelled).toBe(true)
  await clock.advance(1_000)
  expect(streams).toHaveLength(2)
  close()
})
