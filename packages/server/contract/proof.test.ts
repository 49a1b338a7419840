import { isProofAnswer, isStartAnswer, type Problem, type StartAnswer } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test } from 'vitest'
import { type VerifyProofOptions, verifyProof } from '../src/index.ts'
import { runExample } from '../testing/readme-example.ts'
import { createTestServer, type TestServer, ticketSecret, workflowId } from '../testing/test-server.ts'

const transferId = '11111111-2222-3333-4444-555555555558'

let testServer: TestServer
afterEach(() => testServer.close())

async function approve({ user = 'user-ada', workflow = 'default' } = {}): Promise<StartAnswer> {
  const response = await testServer.call('POST', '/sessions', { user, body: { workflow } })
  const answer: unknown = await response.json()
  if (!isStartAnswer(answer)) throw new Error(`No start answer: ${JSON.stringify(answer)}`)
  await finish(answer.session.sessionId, 'Approved')
  return answer
}

async function finish(sessionId: string, status: 'Approved' | 'Declined' | 'In Review'): Promise<void> {
  testServer.pass(20)
  testServer.emulator.control.finish(sessionId, status)
  await testServer.settle()
}

async function ask(sessionId: string, options: Parameters<TestServer['call']>[2] = {}) {
  const response = await testServer.call('POST', `/sessions/${sessionId}/proof`, options)
  const answer = (await response.json()) as Partial<Problem> & { proof?: string }
  return { httpStatus: response.status, ...answer, isProof: isProofAnswer(answer), proof: answer.proof ?? '' }
}

const check = (proof: string, options: { userId: string; workflow?: string; maxAgeDays?: number }) =>
  verifyProof(proof, { secret: ticketSecret, workflow: 'default', now: testServer.now, ...options })

test('hands the owner of an approval a proof that another backend can check', async () => {
  testServer = await createTestServer()
  const { session } = await approve()
  const { proof, isProof, httpStatus } = await ask(session.sessionId)
  expect({ isProof, httpStatus }).toEqual({ isProof: true, httpStatus: 200 })
  const { decidedAt } = await testServer.didit.getStatus('user-ada')
  expect(await check(proof, { userId: 'user-ada' })).toMatchObject({ sessionId: session.sessionId, decidedAt })
})

test('README example of a check', async () => {
  testServer = await createTestServer()
  const { session } = await approve()
  const form = new FormData()
  form.set('identity', (await ask(session.sessionId)).proof)
  const given = {
    verifyProof: (token: unknown, options: VerifyProofOptions) =>
      verifyProof(token, { ...options, now: testServer.now }),
    process: { env: { DIDIT_TICKET_SECRET: ticketSecret } },
    user: { id: 'user-ada' },
    request: { formData: async () => form },
  }
  expect(await runExample('verifyProof(form', given, 'sessionId')).toBe(session.sessionId)
  const foreign = runExample('verifyProof(form', { ...given, user: { id: 'user-bob' } }, 'sessionId')
  await expect(foreign).rejects.toMatchObject({ code: 'proof-invalid' })
})

describe('refuses', () => {
  test("user A's proof in user B's form", async () => {
    testServer = await createTestServer()
    const { session } = await approve({ user: 'user-a' })
    const { proof } = await ask(session.sessionId, { user: 'user-a' })
    await expect(check(proof, { userId: 'user-b' })).rejects.toMatchObject({ code: 'proof-invalid' })
  })

  test("a proof of user A's Session under user B's cookie", async () => {
    testServer = await createTestServer()
    const { session, ticket } = await approve({ user: 'user-a' })
    const unknown = await ask('11111111-2222-4333-8444-555555555555', { user: 'user-b' })
    // The very answer for a Session that nobody has, and A's ticket does not help.
    for (const stolen of [{}, { ticket }]) {
      const refusal = await ask(session.sessionId, { user: 'user-b', ...stolen })
      expect(refusal).toEqual(unknown)
      expect(refusal).toMatchObject({ httpStatus: 404, code: 'session-not-found' })
    }
    expect(await ask(session.sessionId, { user: null, ticket })).toMatchObject({ code: 'unauthenticated' })
  })

  test("user A's ticket for user B's Session", async () => {
    testServer = await createTestServer()
    const mine = await approve({ user: 'user-a' })
    const other = await approve({ user: 'user-b' })
    for (const suffix of ['', '/decision', '/events']) {
      const path = `/sessions/${other.session.sessionId}${suffix}`
      const response = await testServer.call('GET', path, { user: 'user-a', ticket: mine.ticket })
      expect(await response.json()).toMatchObject({ status: 401, code: 'ticket-invalid' })
    }
  })

  test('an approval of another workflow', async () => {
    testServer = await createTestServer({ server: { workflows: { default: workflowId, transfer: transferId } } })
    const { session } = await approve({ workflow: 'default' })
    const { proof } = await ask(session.sessionId)
    await expect(check(proof, { userId: 'user-ada', workflow: 'transfer' })).rejects.toMatchObject({
      code: 'proof-invalid',
    })
    expect(await testServer.didit.getStatus('user-ada', { workflow: 'transfer' })).toMatchObject({ verified: false })
  })

  test('an approval older than the maxAgeDays of its workflow', async () => {
    testServer = await createTestServer({ server: { workflows: { default: { id: workflowId, maxAgeDays: 30 } } } })
    const { session } = await approve()
    testServer.pass(29 * 86_400)
    const { proof } = await ask(session.sessionId)
    await expect(check(proof, { userId: 'user-ada', maxAgeDays: 28 })).rejects.toMatchObject({ code: 'proof-invalid' })
    await expect(check(proof, { userId: 'user-ada', maxAgeDays: 30 })).resolves.toBeDefined()
    testServer.pass(86_400)
    expect(await ask(session.sessionId)).toMatchObject({ httpStatus: 409, code: 'not-approved', isProof: false })
  })

  test('a proof of what is not approved, not settled, or no longer offered', async () => {
    testServer = await createTestServer()
    const { session } = await approve()
    const code = async () => (await ask(session.sessionId)).code
    expect(await code()).toBeUndefined()
    await testServer.restart({ workflows: { other: transferId } })
    expect(await code()).toBe('not-approved')
    await testServer.restart()
    await finish(session.sessionId, 'Declined')
    expect(await code()).toBe('not-approved')
    // Two statuses in one second: nobody knows which came last until Didit has been asked, and Didit is silent.
    testServer.emulator.control.faults({ api: { status: 500 } })
    testServer.pass(20)
    testServer.emulator.control.finish(session.sessionId, 'In Review')
    testServer.emulator.control.finish(session.sessionId, 'Approved')
    await testServer.emulator.control.idle()
    const record = await testServer.storage.application('default').getSession(session.sessionId)
    expect(record?.isReadPending).toBe(true)
    expect(await code()).toBe('not-approved')
  })

  test('a proof to another website', async () => {
    testServer = await createTestServer()
    const { session } = await approve()
    const headers = { origin: 'https://evil.example' }
    expect(await ask(session.sessionId, { headers })).toMatchObject({ httpStatus: 403, code: 'forbidden-origin' })
  })
})
