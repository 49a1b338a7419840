import { afterEach, describe, expect, test } from 'vitest'
import { createTestServer, readFrames, type TestServer, workflowId } from '../testing/test-server.ts'
import { createTestStaff } from '../testing/test-staff.ts'

let testServer: TestServer
const streams: Response[] = []
afterEach(async () => {
  await Promise.allSettled(streams.splice(0).map((stream) => stream.body?.cancel()))
  await testServer.close()
})

async function begin(user = 'user-ada', workflow = 'default') {
  const answer = await testServer.call('POST', '/sessions', { user, body: { workflow } })
  return (await answer.json()) as { session: { sessionId: string }; ticket: string }
}

async function open({ session, ticket }: Awaited<ReturnType<typeof begin>>): Promise<Response> {
  const response = await testServer.call('GET', `/sessions/${session.sessionId}/events`, { ticket })
  streams.push(response)
  return response
}

async function expectCrowded(response: Response): Promise<void> {
  expect(response.status).toBe(503)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(20)
  expect(await response.json()).toMatchObject({ code: 'rate-limited', status: 503 })
}

describe('streams', () => {
  test('of one Session are eight: a further one ends the oldest with a bye', async () => {
    testServer = await createTestServer()
    const mine = await begin()
    const first = readFrames(await open(mine))
    expect(await first.next()).toMatchObject({ event: 'snapshot' })
    const second = readFrames(await open(mine))
    for (let index = 2; index < 8; index += 1) expect((await open(mine)).status).toBe(200)
    const ninth = readFrames(await open(mine))
    expect(await ninth.next()).toMatchObject({ event: 'snapshot' })
    expect(await first.next()).toMatchObject({ event: 'bye', data: { reason: 'replaced' } })
    expect(await first.next()).toBeNull()
    // The second is alive: only the oldest had to go.
    expect(await second.next()).toMatchObject({ event: 'snapshot' })
    testServer.emulator.control.finish(mine.session.sessionId, 'Approved')
    await testServer.settle()
    expect(await second.next()).toMatchObject({ event: 'snapshot', data: { status: 'Approved' } })
  })

  test('of one ticket stay few, however many it opens', async () => {
    testServer = await createTestServer()
    const mine = await begin()
    const answers = []
    for (let index = 0; index < 300; index += 1) answers.push(await open(mine))
    expect(answers.filter(({ status }) => status === 200).length).toBe(300)
    // Unread until now: what waits for such a reader is its first frame and its last.
    for (const answer of answers.slice(0, 292)) {
      const frames = readFrames(answer)
      expect(await frames.next()).toMatchObject({ event: 'snapshot' })
      expect(await frames.next()).toMatchObject({ event: 'bye', data: { reason: 'replaced' } })
      expect(await frames.next()).toBeNull()
    }
    testServer.emulator.control.finish(mine.session.sessionId, 'Approved')
    await testServer.settle()
    for (const answer of answers.slice(292)) {
      expect(await readFrames(answer).next()).toMatchObject({ event: 'snapshot', data: { status: 'Approved' } })
    }
  })

  test('that open at once are eight as well', async () => {
    testServer = await createTestServer()
    const mine = await begin()
    const answers = await Promise.all(Array.from({ length: 40 }, () => open(mine)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const frames = answers.map(readFrames)
    expect(await Promise.all(frames.map((it) => it.next()))).toHaveLength(40)
    const second = frames.map((it) => it.next())
    testServer.emulator.control.finish(mine.session.sessionId, 'Approved')
    await testServer.settle()
    const events = (await Promise.all(second)).map((frame) => frame?.event)
    expect(events.filter((event) => event === 'bye')).toHaveLength(32)
    expect(events.filter((event) => event === 'snapshot')).toHaveLength(8)
  })

  test('of one user are limited over all Sessions, and free again when they end', async () => {
    const other = '11111111-2222-3333-4444-555555555558'
    testServer = await createTestServer({
      server: { workflows: { default: workflowId, a: other }, limits: { streamsPerUser: 3 } },
    })
    const [one, two, bobs] = [await begin(), await begin('user-ada', 'a'), await begin('user-bob')]
    const held = [await open(one), await open(one), await open(two)]
    expect(held.map(({ status }) => status)).toEqual([200, 200, 200])
    await expectCrowded(await open(two))
    expect((await open(bobs)).status).toBe(200)
    await held[0]?.body?.cancel()
    expect((await open(two)).status).toBe(200)
  })

  test('of all are limited, those of staff included', async () => {
    const staff = await createTestStaff({ server: { limits: { streams: 3, streamsPerUser: 2 } } })
    testServer = staff.testServer
    const watch = async (name: string) => {
      const response = await staff.ask('GET', '/events', { staff: name })
      streams.push(response)
      return response
    }
    expect((await watch('rae')).status).toBe(200)
    const second = await watch('rae')
    expect(second.status).toBe(200)
    await expectCrowded(await watch('rae'))
    const mine = await begin()
    expect((await open(mine)).status).toBe(200)
    await expectCrowded(await open(mine))
    await expectCrowded(await watch('sam'))
    await second.body?.cancel()
    expect((await watch('sam')).status).toBe(200)
    await expectCrowded(await open(await begin('user-bob')))
  })

  test('of a Session that is gone take no place', async () => {
    testServer = await createTestServer({ server: { limits: { streams: 1 } } })
    const mine = await begin()
    await testServer.didit.erase('user-ada')
    for (let index = 0; index < 3; index += 1) expect((await open(mine)).status).toBe(404)
    expect((await open(await begin('user-bob'))).status).toBe(200)
  })
})
