import { isStartAnswer } from '@didit-verify/core/schemas'
import { afterEach, expect, expectTypeOf, test } from 'vitest'
import { createDiditServer, isDiditError, problemResponse } from '../src/index.ts'
import { runExample } from '../testing/readme-example.ts'
import {
  apiKey,
  createTestServer,
  origin,
  type TestServer,
  ticketSecret,
  webhookSecret,
  workflowId,
} from '../testing/test-server.ts'

const transferId = '11111111-2222-3333-4444-555555555558'

let testServer: TestServer
afterEach(() => testServer.close())

const asUser = (userId?: string) =>
  new Request(`${origin}/transfers`, { method: 'POST', headers: userId ? { 'x-test-user': userId } : {}, body: '{}' })

async function begin(user: string): Promise<string> {
  const answer: unknown = await (await testServer.call('POST', '/sessions', { user, body: {} })).json()
  if (!isStartAnswer(answer)) throw new Error(`No start answer: ${JSON.stringify(answer)}`)
  return answer.session.sessionId
}

async function finish(sessionId: string, status: 'Approved' | 'Declined' | 'In Review'): Promise<void> {
  testServer.pass(20)
  testServer.emulator.control.finish(sessionId, status)
  await testServer.settle()
}

test('lets a verified user through, and says who it is', async () => {
  testServer = await createTestServer()
  const sessionId = await begin('user-ada')
  await finish(sessionId, 'Approved')
  const request = asUser('user-ada')
  expect(await testServer.didit.requireVerified(request)).toEqual({
    user: { userId: 'user-ada' },
    ...(await testServer.didit.getStatus('user-ada')),
  })
  expect(await request.json()).toEqual({})
})

test('refuses users who are not signed in, not approved, or approved in another workflow', async () => {
  testServer = await createTestServer({
    server: { workflows: { default: { id: workflowId, maxAgeDays: 30 }, transfer: transferId } },
  })
  const { requireVerified } = testServer.didit
  const code = (request: Request, workflow?: string) =>
    requireVerified(request, { workflow }).then(
      () => 'through',
      (error: unknown) => (isDiditError(error) ? error.code : 'unknown'),
    )
  expect(await code(asUser())).toBe('unauthenticated')
  expect(await code(asUser('user-ada'))).toBe('identity-required')
  const sessionId = await begin('user-ada')
  for (const status of ['In Review', 'Declined'] as const) {
    await finish(sessionId, status)
    expect(await code(asUser('user-ada'))).toBe('identity-required')
  }
  await finish(sessionId, 'Approved')
  expect(await code(asUser('user-ada'))).toBe('through')
  expect(await code(asUser('user-bob'))).toBe('identity-required')
  expect(await code(asUser('user-ada'), 'transfer')).toBe('identity-required')
  expect(await code(asUser('user-ada'), 'nonesuch')).toBe('unknown-workflow')
  testServer.pass(31 * 86_400)
  expect(await code(asUser('user-ada'))).toBe('identity-required')
})

test('README example of a route', async () => {
  testServer = await createTestServer()
  const given = { didit: testServer.didit, isDiditError, problemResponse }
  const transfer = (await runExample('requireVerified(', given, 'transfer')) as (request: Request) => Promise<Response>
  const nobody = await transfer(asUser())
  expect([nobody.status, await nobody.json()]).toMatchObject([401, { code: 'unauthenticated' }])
  const unverified = await transfer(asUser('user-ada'))
  expect([unverified.status, await unverified.json()]).toMatchObject([403, { code: 'identity-required' }])
  await finish(await begin('user-ada'), 'Approved')
  expect(await (await transfer(asUser('user-ada'))).json()).toEqual({ from: 'user-ada' })
})

test('knows the user by the type that authenticate gave', async () => {
  testServer = await createTestServer()
  const didit = createDiditServer({
    apiKey,
    webhookSecrets: [webhookSecret],
    environment: 'live',
    workflows: { default: workflowId },
    authenticate: () => ({ userId: 'user-ada', plan: 'gold' }),
    storage: testServer.storage,
    ticketSecret,
    allowedOrigins: [origin],
    now: testServer.now,
  })
  await finish(await begin('user-ada'), 'Approved')
  const { user } = await didit.requireVerified(asUser())
  expectTypeOf(user).toEqualTypeOf<{ userId: string; plan: string }>()
  expect(user.plan).toBe('gold')
})
