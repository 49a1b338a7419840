import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sessionId, snapshotOf } from '../testing/fake-companion.ts'
import { type Connection, openLiveUpdates } from './live-updates.ts'
import type { Snapshot } from './wire.ts'

/** Creates live updates whose connection code loads, or fails to load, as the test says. */
function setUp() {
  const clock = createFakeClock()
  const connections: Connection[] = []
  const errors: unknown[] = []
  const seen = { loads: 0, isReachable: false, opened: 0, closed: 0, expected: [] as boolean[] }
  const server = { current: undefined as Snapshot | undefined, asked: [] as string[], shown: [] as Snapshot[] }
  const liveUpdates = openLiveUpdates(
    {
      http: {
        sessionId,
        keep: () => {},
        call: async ({ headers }, isAnswer) => {
          server.asked.push(new Headers(headers).get('if-none-match') ?? '')
          if (!isAnswer(server.current)) throw new TypeError('Failed to fetch')
          return server.current
        },
        open: async () => Promise.reject(),
      },
      timers: clock.timers,
      now: clock.now,
      random: () => 0.5,
      refresh: async () => {},
      revision: () => 1,
      onSnapshot: (snapshot) => server.shown.push(snapshot),
      onConnection: (connection) => connections.push(connection),
      onError: (error) => errors.push(error?.code ?? null),
      onStop: () => {},
    },
    async () => {
      seen.loads += 1
      if (!seen.isReachable) throw new TypeError('Failed to fetch dynamically imported module')
      const createLiveUpdatesConnection = () => {
        seen.opened += 1
        return {
          expectDecision: (isExpected: boolean) => void seen.expected.push(isExpected),
          close: () => {
            seen.closed += 1
          },
        }
      }
      return { createLiveUpdatesConnection }
    },
  )
  return { clock, connections, errors, seen, server, liveUpdates }
}

test('code that cannot be loaded is a lost connection, tried again ever more rarely', async () => {
  const { clock, connections, errors, seen, liveUpdates } = setUp()
  await clock.advance(10 * 60_000)
  expect(connections[0]).toBe('connecting')
  expect(connections.slice(1).every((connection) => connection === 'lost')).toBe(true)
  expect(errors[0]).toBe('relay-lost')
  expect(seen.loads).toBeGreaterThan(20)
  expect(seen.loads).toBeLessThan(40)
  seen.isReachable = true
  await clock.advance(30_000)
  expect([seen.opened, clock.pending()]).toEqual([1, 0])
  liveUpdates.close()
  expect(seen.closed).toBe(1)
})

test('what has changed is seen even where that code never comes', async () => {
  const { clock, connections, seen, server, liveUpdates } = setUp()
  await clock.advance(60_000)
  expect(server.shown).toEqual([])
  server.current = snapshotOf({ status: 'Approved', revision: 2 })
  await clock.advance(30_000)
  expect(server.shown[0]).toMatchObject({ status: 'Approved', revision: 2 })
  expect(new Set(server.asked)).toEqual(new Set(['"1"']))
  // Nothing is pushed, so the person may refresh by hand.
  expect([connections.at(-1), seen.opened]).toEqual(['lost', 0])
  liveUpdates.close()
  const { length } = server.asked
  await clock.advance(60_000)
  expect(server.asked).toHaveLength(length)
})

test('an expected verdict is expected still when the code has come', async () => {
  const { clock, seen, liveUpdates } = setUp()
  liveUpdates.expectDecision(true)
  seen.isReachable = true
  await clock.advance(5_000)
  liveUpdates.expectDecision(false)
  expect(seen.expected).toEqual([true, false])
})

test('who leaves before the code has come opens nothing', async () => {
  const { clock, seen, liveUpdates } = setUp()
  seen.isReachable = true
  liveUpdates.close()
  await clock.advance(60_000)
  expect([seen.loads, seen.opened, clock.pending()]).toEqual([1, 0, 0])
})
