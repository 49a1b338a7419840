import { createDiditClient, isDiditError, type Snapshot } from '@didit-verify/core'
import { afterEach, expect, test } from 'vitest'
import { verifyProof } from '../src/index.ts'
import { createTestServer, origin, type TestServer, ticketSecret, workflowId } from '../testing/test-server.ts'

let testServer: TestServer
const undo: (() => void)[] = []
afterEach(async () => {
  for (const step of undo.splice(0)) step()
  await testServer.close()
})

/** The browser client of a signed-in user, straight into the server's `fetch`. */
function client(user = 'user-ada') {
  const created = createDiditClient({
    endpoint: `${origin}/api/didit`,
    headers: { 'x-test-user': user },
    fetch: async (input, init) => {
      const request = new Request(input, init)
      if (request.method !== 'GET') request.headers.set('origin', origin)
      return testServer.didit.fetch(request)
    },
  })
  undo.push(() => created.close())
  return created
}

async function finish(sessionId: string, status: 'Approved' | 'Declined' | 'In Review'): Promise<void> {
  testServer.pass(20)
  testServer.emulator.control.finish(sessionId, status)
  await testServer.settle()
}

test('follows a Session from the first click to the verdict', async () => {
  testServer = await createTestServer()
  const store = client().session()
  expect(await store.load()).toBeNull()
  const seen: (Snapshot | null)[] = []
  undo.push(store.subscribe(() => seen.push(store.getSnapshot())))

  const started = await store.start({ language: 'en' })
  if (started.kind !== 'open') throw new Error('nothing to open')
  expect(started.url).toContain('/session/')
  const verdict = store.waitForDecision()
  await finish(started.session.sessionId, 'Approved')
  expect(await verdict).toMatchObject({ status: 'Approved', settled: true, source: 'webhook' })
  const statuses = [...new Set(seen.map((snapshot) => snapshot?.status))]
  expect(statuses.filter((status) => status !== undefined)).toEqual(['Not Started', 'Approved'])
  expect(await store.getDecision()).toMatchObject({ status: 'Approved', checks: expect.any(Array) })
  expect(await store.start()).toMatchObject({ kind: 'already', session: { status: 'Approved' } })
})

test('makes one Session of two tabs', async () => {
  testServer = await createTestServer()
  const [one, two] = await Promise.all([client().session().start(), client().session().start()])
  expect(one.session.sessionId).toBe(two.session.sessionId)
  expect(testServer.emulator.control.sessions()).toHaveLength(1)
})

test('finds the Session again after a reload, and hears of a review that ends', async () => {
  testServer = await createTestServer()
  const { session } = await client().session().start()
  await finish(session.sessionId, 'In Review')
  const store = client().session()
  expect(await store.load()).toMatchObject({ sessionId: session.sessionId, phase: 'review' })
  const verdict = store.waitForDecision()
  await finish(session.sessionId, 'Approved')
  expect(await verdict).toMatchObject({ status: 'Approved', settled: true })
})

test('brings the verdict by refresh where every webhook is lost', async () => {
  testServer = await createTestServer()
  testServer.emulator.control.faults({ drop: true })
  const store = client().session()
  const { session } = await store.start()
  await finish(session.sessionId, 'Declined')
  expect(store.getSnapshot()).toMatchObject({ status: 'Not Started' })
  // The webhook in between is missing, too: a second read, some seconds later, makes sure that no replica lags.
  expect(await store.refresh()).toMatchObject({ status: 'Declined', settled: false, source: 'api' })
  testServer.pass(6)
  expect(await store.refresh()).toMatchObject({ status: 'Declined', settled: true, source: 'api' })
  expect(await store.getDecision()).toMatchObject({ status: 'Declined', decidedAt: expect.any(Number) })
})

test('hears the verdict from the server that took over in the middle', async () => {
  testServer = await createTestServer()
  const store = client().session()
  const { session } = await store.start()
  undo.push(store.subscribe(() => {}))
  await testServer.restart()
  await finish(session.sessionId, 'Approved')
  expect(await store.refresh()).toMatchObject({ status: 'Approved', settled: true })
})

test('gives every refusal its code', async () => {
  testServer = await createTestServer({ server: { workflows: { default: { id: workflowId, maxAttempts: 1 } } } })
  const code = async (work: Promise<unknown>) => {
    const error: unknown = await work.catch((caught: unknown) => caught)
    return isDiditError(error) ? error.code : error
  }
  expect(await code(client().session({ workflow: 'none-such' }).start())).toBe('unknown-workflow')
  const { session } = await client().session().start()
  await finish(session.sessionId, 'Declined')
  expect(await code(client().session().start())).toBe('attempts-exhausted')
  expect(await code(client('user-bob').session({ sessionId: session.sessionId }).load())).toBe('session-not-found')
  testServer.emulator.control.faults({ api: { status: 503, retryAfterSeconds: 30 } })
  expect(await code(client('user-cy').session().start())).toBe('didit-unavailable')
})

test('gets a proof that another backend accepts, and none before the approval', async () => {
  testServer = await createTestServer()
  const store = client().session()
  const started = await store.start()
  await expect(store.getProof()).rejects.toMatchObject({ code: 'not-approved', status: 409 })
  await finish(started.session.sessionId, 'Approved')
  const { proof, expiresAt } = await store.getProof()
  expect(expiresAt).toBeGreaterThan(testServer.now())
  const options = { secret: ticketSecret, workflow: 'default', now: testServer.now }
  expect(await verifyProof(proof, { ...options, userId: 'user-ada' })).toMatchObject({
    sessionId: started.session.sessionId,
  })
  await expect(verifyProof(proof, { ...options, userId: 'user-bob' })).rejects.toMatchObject({ code: 'proof-invalid' })
})
