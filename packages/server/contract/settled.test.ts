import type { KnownSessionStatus, Snapshot, StartAnswer } from '@didit-verify/core/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../../scripts/property-runs.ts'
import { createTestServer, type TestServer } from '../testing/test-server.ts'

const statuses = ['In Progress', 'Awaiting User', 'In Review', 'Approved', 'Declined', 'Resubmitted'] as const
const schemes = [
  ['x-signature'],
  ['x-signature-v2'],
  ['x-signature-simple'],
  ['x-signature', 'x-signature-v2'],
] as const

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('move' as const), status: fc.constantFrom(...statuses) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('deliver' as const),
        which: fc.nat({ max: 1_000 }),
        scheme: fc.constantFrom(...schemes),
      }),
    },
    // Within a second, over it, and beyond the tolerance.
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(0.2, 0.7, 1, 3, 400) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('refresh', 'tick', 'fail', 'heal', 'restart') }) },
  ),
  { maxLength: 25 },
)

/** One Session, whose every move is known, and how far the server can have heard of it. */
async function follow(testServer: TestServer) {
  const history: KnownSessionStatus[] = ['Not Started']
  let heard = 0
  let isFailing = false
  const { emulator } = testServer
  const didit = {
    baseUrl: emulator.url,
    fetch: async (input: unknown, init: RequestInit | undefined) => {
      if (isFailing) return Response.json({ detail: 'No.' }, { status: 400 })
      const answer = await emulator.fetch(new Request(input as string, init))
      heard = history.length - 1
      return answer
    },
  }
  const options = { didit, limits: { refreshesPerMinute: 10_000 } }
  await testServer.restart(options)
  emulator.control.faults({ drop: true })
  const started = (await (await testServer.call('POST', '/sessions', { body: {} })).json()) as StartAnswer
  const path = `/sessions/${started.session.sessionId}`
  const call = async (method: string, suffix = '') => {
    const { ticket } = (await (await testServer.call('POST', `${path}/ticket`)).json()) as StartAnswer
    return testServer.call(method, `${path}${suffix}`, { ticket })
  }

  return {
    history,
    newest: () => history[heard],
    read: async () => (await (await call('GET')).json()) as Snapshot,
    refresh: () => call('POST', '/refresh'),
    restart: () => testServer.restart(options),
    fail(on: boolean) {
      isFailing = on
    },
    move(status: KnownSessionStatus) {
      if (status === history.at(-1)) return
      history.push(status)
      emulator.control.finish(started.session.sessionId, status)
    },
    async deliver(which: number, scheme: readonly string[]) {
      const sent = emulator.control.deliveries()
      const index = sent.length === 0 ? -1 : which % sent.length
      const delivery = sent[index]
      if (delivery === undefined) return
      const headers = Object.entries(delivery.headers).filter(([name]) => scheme.includes(name.toLowerCase()))
      const answer = await testServer.didit.fetch(
        new Request(delivery.url, { method: 'POST', headers, body: delivery.body }),
      )
      expect(answer.status).toBe(200)
      // The first status has no event.
      if ((await answer.json()).received === 'stored') heard = Math.max(heard, index + 1)
    },
  }
}

test('reports settled and verified only by the newest status that it knows from Didit', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const testServer = await createTestServer()
      try {
        const session = await follow(testServer)
        let revision = 0
        for (const step of run) {
          if (step.kind === 'move') session.move(step.status)
          else if (step.kind === 'deliver') await session.deliver(step.which, step.scheme)
          else if (step.kind === 'pass') testServer.pass(step.seconds)
          else if (step.kind === 'refresh') await session.refresh()
          else if (step.kind === 'tick') await testServer.didit.tick()
          else if (step.kind === 'restart') await session.restart()
          else session.fail(step.kind === 'fail')
          // Reads that this step has set off.
          for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
          const snapshot = await session.read()
          expect(snapshot.revision).toBeGreaterThanOrEqual(revision)
          revision = snapshot.revision
          if (snapshot.settled) expect(snapshot.status).toBe(session.newest())
          const { verified } = await testServer.didit.getStatus('user-ada')
          expect(verified).toBe(snapshot.settled && snapshot.status === 'Approved')
        }
        // Whatever was lost: once Didit answers, one read says all.
        session.fail(false)
        for (let round = 0; round < 2; round += 1) {
          testServer.pass(700)
          await testServer.settle()
          await session.refresh()
        }
        expect(await session.read()).toMatchObject({ status: session.history.at(-1), settled: true })
      } finally {
        await testServer.close()
      }
    }),
    propertyRuns({ usual: 50, most: 1_000 }),
  )
}, 60_000)
