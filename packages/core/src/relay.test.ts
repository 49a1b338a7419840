import { expect, test } from 'vitest'
import { createFakeClock, flush } from '../testing/fake-clock.ts'
import { sessionId } from '../testing/fake-companion.ts'
import { type Connection, openRelay } from './relay.ts'

/** A relay whose code comes, or does not, as the test says. */
function setUp() {
  const clock = createFakeClock()
  const connections: Connection[] = []
  const errors: unknown[] = []
  const wake = new Set<() => void>()
  const seen = { loads: 0, isReachable: false, opened: 0, closed: 0 }
  const close = openRelay(
    {
      http: { sessionId, keep: () => {}, call: async () => Promise.reject(), open: async () => Promise.reject() },
      timers: clock.timers,
      now: clock.now,
      random: () => 0.5,
      onWake: (listener) => {
        wake.add(listener)
        return () => void wake.delete(listener)
      },
      revision: () => 1,
      onSnapshot: () => {},
      onConnection: (connection) => connections.push(connection),
      onError: (error) => errors.push(error?.code ?? null),
      onStop: () => {},
    },
    async () => {
      seen.loads += 1
      if (!seen.isReachable) throw new TypeError('Failed to fetch dynamically imported module')
      const createRelaySource = () => {
        seen.opened += 1
        return () => {
          seen.closed += 1
        }
      }
      return { createRelaySource }
    },
  )
  return { clock, connections, errors, wake, seen, close }
}

test('code that cannot be loaded is a lost connection, tried again ever more rarely', async () => {
  const { clock, connections, errors, seen, close } = setUp()
  await clock.advance(10 * 60_000)
  expect(connections[0]).toBe('connecting')
  expect(connections.slice(1).every((connection) => connection === 'lost')).toBe(true)
  expect(errors[0]).toBe('relay-lost')
  expect(seen.loads).toBeGreaterThan(20)
  expect(seen.loads).toBeLessThan(40)
  seen.isReachable = true
  await clock.advance(30_000)
  expect([seen.opened, clock.pending()]).toEqual([1, 0])
  close()
  expect(seen.closed).toBe(1)
})

test('is tried again at once when the network comes back, and once only', async () => {
  const { wake, seen, clock } = setUp()
  await flush()
  seen.isReachable = true
  for (const listener of [...wake, ...wake]) listener()
  await flush()
  expect(seen).toMatchObject({ loads: 2, opened: 1 })
  expect([wake.size, clock.pending()]).toEqual([0, 0])
})

test('who leaves before the code has come opens nothing', async () => {
  const { clock, seen, wake, close } = setUp()
  seen.isReachable = true
  close()
  await clock.advance(60_000)
  expect([seen.loads, seen.opened, wake.size, clock.pending()]).toEqual([1, 0, 0, 0])
})
