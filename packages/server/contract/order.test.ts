import type { StartAnswer } from '@didit-verify/core/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../../scripts/property-runs.ts'
import { createTestServer, delivery, workflowId } from '../testing/test-server.ts'

/** Runs of one Session as Didit may live through them, a few seconds at least between two statuses. */
const histories = [
  ['In Progress', 'Approved'],
  ['In Progress', 'In Review', 'Declined', 'Approved'],
  ['In Progress', 'In Review', 'Resubmitted', 'In Progress', 'Declined'],
  ['In Progress', 'Abandoned', 'Resubmitted', 'In Progress', 'Approved', 'Kyc Expired'],
  ['Expired'],
] as const

const cases = fc.constantFrom(...histories).chain((history) =>
  fc.record({
    history: fc.constant(history),
    gaps: fc.array(fc.integer({ min: 0, max: 90 }), { minLength: history.length, maxLength: history.length }),
    // Which events arrive, in which order, each as often as it is named.
    arrivals: fc.array(fc.nat({ max: history.length - 1 }), { maxLength: 10 }),
    pauses: fc.array(fc.nat({ max: 30 }), { minLength: 10, maxLength: 10 }),
  }),
)

test('ends, after any loss, repetition and disorder of the webhooks and one read, with what Didit says', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ history, gaps, arrivals, pauses }) => {
      const testServer = await createTestServer()
      try {
        testServer.emulator.control.faults({ drop: true })
        const started = await testServer.call('POST', '/sessions', { body: {} })
        const { session, ticket } = (await started.json()) as StartAnswer
        const events = history.map((status, index) => {
          testServer.pass(gaps[index] ?? 0)
          testServer.emulator.control.finish(session.sessionId, status)
          const seconds = Math.floor(testServer.now() / 1000)
          const rest = { environment: 'live', session_id: session.sessionId, workflow_id: workflowId }
          return {
            event_id: `event-${index}`,
            webhook_type: 'status.updated',
            timestamp: seconds,
            created_at: seconds,
            status,
            ...rest,
          }
        })
        const read = async () => (await testServer.call('GET', `/sessions/${session.sessionId}`, { ticket })).json()
        let { revision } = session
        for (const [turn, index] of arrivals.entries()) {
          testServer.pass(pauses[turn] ?? 0)
          expect((await testServer.didit.fetch(delivery(events[index] ?? {}))).status).toBe(200)
          const snapshot = await read()
          expect(snapshot.revision).toBeGreaterThanOrEqual(revision)
          revision = snapshot.revision
          // Whatever is called settled has been said by Didit at some time, never made up.
          expect(['Not Started', ...history]).toContain(snapshot.status)
        }
        // One read finds what was lost, and where that was much, one more makes sure.
        for (let round = 0; round < 2; round += 1) {
          testServer.pass(6)
          await testServer.settle()
          await testServer.call('POST', `/sessions/${session.sessionId}/refresh`, { ticket })
        }
        expect(await read()).toMatchObject({ status: history.at(-1), settled: true })
      } finally {
        await testServer.close()
      }
    }),
    propertyRuns({ usual: 50, most: 1_000 }),
  )
}, 60_000)
