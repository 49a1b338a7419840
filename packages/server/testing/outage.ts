import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import { createTestServer } from './test-server.ts'

/** An hour in which every webhook is lost, in virtual time: how long verdicts are wrong, and what it costs in calls. */

/** The result of an outage. */
export interface Outage {
  /** Sessions whose stored status is not Didit's at the end. */
  readonly wrong: number
  /** From the end of the outage. */
  readonly minutesUntilRight: number
  /** Calls to Didit, those that create Sessions left out. */
  readonly calls: number
  readonly mostCallsInAMinute: number
}

const ends: readonly KnownSessionStatus[] = ['Approved', 'Declined', 'In Review', 'Abandoned', 'Expired', 'Resubmitted']
const roundSeconds = 30
const longestMinutes = 240

/** Runs the outage: Sessions start and end at random moments of the hour, and no page is open. */
export async function runOutage({
  sessions,
  seed,
}: {
  readonly sessions: number
  readonly seed: number
}): Promise<Outage> {
  const random = createRandom(seed)
  const calls: { readonly at: number }[] = []
  const testServer = await createTestServer({
    emulator: { seed },
    server: {
      limits: { createsPerMinutePerAddress: 1_000_000 },
      random,
      didit: {
        baseUrl: 'https://didit.test',
        fetch: async (input: unknown, init?: RequestInit) => {
          const { pathname, search } = new URL(String(input))
          if (pathname !== '/v3/session/') calls.push({ at: testServer.now() })
          return testServer.emulator.fetch(new Request(new URL(pathname + search, testServer.emulator.url), init))
        },
      },
    },
  })
  const { control } = testServer.emulator
  const application = testServer.storage.application('default')
  const round = async () => {
    await testServer.didit.tick()
    await new Promise((resolve) => setImmediate(resolve))
    testServer.pass(roundSeconds)
  }
  const countWrong = async () => {
    let wrong = 0
    for (const { session_id, status } of control.sessions()) {
      const record = await application.getSession(session_id)
      if (record?.status !== status || record.isReadPending) wrong += 1
    }
    return wrong
  }
  try {
    control.faults({ drop: true })
    const rounds = 3600 / roundSeconds
    const plans = Array.from({ length: sessions }, (_, index) => {
      const startsIn = Math.floor(random() * rounds)
      const endsIn = startsIn + Math.floor(random() * (rounds - startsIn))
      return { user: `user-${index}`, startsIn, endsIn, end: ends[Math.floor(random() * ends.length)] ?? 'Approved' }
    })
    const ids = new Map<string, string>()
    for (let at = 0; at < rounds; at += 1) {
      for (const { user } of plans.filter(({ startsIn }) => startsIn === at)) {
        const answer = await testServer.call('POST', '/sessions', { user, body: {} })
        const { session } = (await answer.json()) as { session: { sessionId: string } }
        ids.set(user, session.sessionId)
      }
      for (const { user, end } of plans.filter(({ endsIn }) => endsIn === at)) {
        control.finish(ids.get(user) ?? '', 'In Progress')
        control.finish(ids.get(user) ?? '', end)
      }
      await round()
    }
    control.faults({})
    let minutes = 0
    for (; (await countWrong()) > 0 && minutes < longestMinutes; minutes += roundSeconds / 60) await round()
    const wrong = await countWrong()
    return { wrong, minutesUntilRight: minutes, calls: calls.length, mostCallsInAMinute: mostInAMinute(calls) }
  } finally {
    await testServer.close()
  }
}

/** Returns the greatest number of calls in any 60 seconds. The calls are in the order of their times. */
export function mostInAMinute(calls: readonly { readonly at: number }[]): number {
  let most = 0
  let first = 0
  calls.forEach(({ at }, index) => {
    while ((calls[first]?.at ?? at) <= at - 60_000) first += 1
    most = Math.max(most, index - first + 1)
  })
  return most
}

/** A small generator, so that a seed repeats the run. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
