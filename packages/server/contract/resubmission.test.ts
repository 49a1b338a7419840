import type { RedactedDecision, StartAnswer } from '@didit-verify/core/schemas'
import { afterEach, expect, test } from 'vitest'
import { createTestServer, delivery, type TestServer, workflowId } from '../testing/test-server.ts'

let testServer: TestServer
afterEach(() => testServer.close())

interface Run extends StartAnswer {
  readonly sessionId: string
  decision(): Promise<RedactedDecision>
  /** The steps that the person is asked for again. */
  asked(): Promise<string[]>
  /** The reviewer's action, as Didit reports it; `at` in seconds from now. */
  send(event: object, at?: number): Promise<void>
}

/** A Session whose webhooks are made by the test: the emulator's own are dropped. */
async function begin(): Promise<Run> {
  testServer = await createTestServer()
  testServer.emulator.control.faults({ drop: true })
  const answer = (await (await testServer.call('POST', '/sessions', { body: {} })).json()) as StartAnswer
  const { sessionId } = answer.session
  const run: Run = {
    ...answer,
    sessionId,
    async decision() {
      const { ticket } = (await (await testServer.call('POST', `/sessions/${sessionId}/ticket`)).json()) as StartAnswer
      return (await testServer.call('GET', `/sessions/${sessionId}/decision`, { ticket })).json()
    },
    async asked() {
      const { checks } = await run.decision()
      return checks.filter(({ status }) => status === 'Resub Requested').map(({ kind }) => kind)
    },
    async send(event, at = 0) {
      const seconds = Math.floor(testServer.now() / 1000) + at
      const envelope = {
        webhook_type: 'status.updated',
        event_id: crypto.randomUUID(),
        session_id: sessionId,
        workflow_id: workflowId,
        environment: 'live',
        created_at: seconds,
        timestamp: seconds,
        ...event,
      }
      expect((await testServer.didit.fetch(delivery(envelope))).status).toBe(200)
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
  return run
}

const resubmitted = (...nodes: unknown[]) => ({
  status: 'Resubmitted',
  resubmit_info: { nodes_to_resubmit: nodes, reasons: { feature_ocr_1: 'Looks like a forgery to me.' } },
})

/** To a Session in review, each step in order. */
async function review(run: Run): Promise<void> {
  for (const status of ['In Progress', 'In Review'] as const) {
    testServer.pass(10)
    testServer.emulator.control.finish(run.sessionId, status)
    await run.send({ status })
  }
  testServer.pass(10)
}

test('shows which steps are asked for again, and nothing of what the reviewer wrote', async () => {
  const run = await begin()
  await review(run)
  testServer.emulator.control.finish(run.sessionId, 'Resubmitted')
  await run.send(resubmitted({ node_id: 'feature_ocr_1', feature: 'OCR' }, 'POA', { feature: 'AML', node_id: 'x' }))
  const decision = await run.decision()
  expect(decision).toMatchObject({ status: 'Resubmitted', decidedAt: null, canRetry: false })
  expect(decision.checks).toEqual([
    { kind: 'document', status: 'Resub Requested', reasons: [] },
    { kind: 'address', status: 'Resub Requested', reasons: [] },
  ])
  const record = await testServer.storage.application('default').getSession(run.sessionId)
  expect(JSON.stringify([decision, record, testServer.logged])).not.toMatch(/forgery|AML/)
})

test('goes on naming them after a read, which does not', async () => {
  const run = await begin()
  await review(run)
  testServer.emulator.control.finish(run.sessionId, 'Resubmitted')
  await run.send(resubmitted('OCR'))
  testServer.pass(10)
  const { ticket } = (await (await testServer.call('POST', `/sessions/${run.sessionId}/ticket`)).json()) as StartAnswer
  const read = await testServer.call('POST', `/sessions/${run.sessionId}/refresh`, { ticket })
  expect(await read.json()).toMatchObject({ status: 'Resubmitted', settled: true })
  const { checks } = await run.decision()
  // The other checks come from the read, and the step that is asked for has one line.
  expect(checks.filter(({ kind }) => kind === 'document')).toHaveLength(1)
  expect(checks.length).toBeGreaterThan(1)
  expect(await run.asked()).toEqual(['document'])
})

test('names them even if Didit does not document the transition, so that it has to be read', async () => {
  const run = await begin()
  testServer.pass(10)
  testServer.emulator.control.finish(run.sessionId, 'Resubmitted')
  await run.send(resubmitted('LIVENESS'))
  testServer.pass(10)
  await testServer.didit.tick()
  expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ phase: 'action', settled: true })
  expect(await run.asked()).toEqual(['liveness'])
})

test('names them though the event came in one second with another, and only the read told which was last', async () => {
  const run = await begin()
  await review(run)
  await run.send({ status: 'Declined' })
  testServer.emulator.control.finish(run.sessionId, 'Resubmitted')
  await run.send(resubmitted('OCR'))
  testServer.pass(10)
  await testServer.didit.tick()
  expect(await testServer.didit.getStatus('user-ada')).toMatchObject({ phase: 'action', settled: true })
  expect(await run.asked()).toEqual(['document'])
})

test('forgets them when the Session has moved on, and names those of the next time', async () => {
  const run = await begin()
  await review(run)
  await run.send(resubmitted('OCR'))
  expect(await run.asked()).toEqual(['document'])
  await review(run)
  expect(await run.asked()).toEqual([])
  await run.send(resubmitted('POA'))
  expect(await run.asked()).toEqual(['address'])
  // An event that is older changes nothing.
  await run.send(resubmitted('NFC'), -5)
  expect(await run.asked()).toEqual(['address'])
  testServer.pass(10)
  await run.send({ status: 'Approved' })
  expect((await run.decision()).checks).not.toContainEqual(expect.objectContaining({ status: 'Resub Requested' }))
})

test('asks Didit for them where the event named none', async () => {
  const run = await begin()
  await review(run)
  const { emulator } = testServer
  let reads = 0
  await testServer.restart({
    didit: {
      baseUrl: emulator.url,
      fetch: async (input, init) => {
        const response = await emulator.fetch(new Request(input as string, init))
        reads += 1
        const decision = (await response.json()) as { liveness_checks: { status: string }[] }
        for (const check of decision.liveness_checks) check.status = 'Resub Requested'
        return Response.json(decision, { headers: response.headers })
      },
    },
  })
  emulator.control.finish(run.sessionId, 'Resubmitted')
  await run.send({ status: 'Resubmitted', resubmit_info: null })
  testServer.pass(10)
  expect(await run.asked()).toEqual(['liveness'])
  expect(await run.asked()).toEqual(['liveness'])
  expect(reads).toBe(1)
})

test('tells a stream that only the steps have changed', async () => {
  const run = await begin()
  await review(run)
  await run.send({ status: 'Resubmitted' })
  const revision = async () =>
    (await testServer.storage.application('default').getSession(run.sessionId))?.revision ?? 0
  const before = await revision()
  await run.send(resubmitted('OCR'))
  expect(await revision()).toBe(before + 1)
  expect(await run.asked()).toEqual(['document'])
})
