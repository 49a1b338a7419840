import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { toNodeHandler } from '../../src/node.ts'
import { delivery, readFrames } from '../../testing/test-server.ts'
import { createTestStaff, type TestStaff } from '../../testing/test-staff.ts'

let staff: TestStaff
let server: Server | undefined
afterEach(async () => {
  await staff.testServer.close()
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

interface Frame {
  readonly event: string
  readonly id?: string
  readonly data: { readonly sessionId?: string; readonly status?: string; readonly reason?: string }
}

/** A desk that reads all the time, as a browser does. */
async function listen(headers: Record<string, string> = {}) {
  const frames = readFrames(await staff.ask('GET', '/events', { headers }))
  const heard: Frame[] = []
  const ended = (async () => {
    for (let frame = await frames.next(); frame !== null; frame = await frames.next()) heard.push(frame as Frame)
  })()
  return {
    /** Gives the first frame of this kind that has not been given yet. */
    async next(matches: (frame: Frame) => boolean = () => true): Promise<Frame> {
      const find = () => heard.findIndex(matches)
      await vi.waitFor(() => expect(find()).toBeGreaterThanOrEqual(0))
      return heard.splice(0, find() + 1).at(-1) as Frame
    },
    ended,
    cancel: frames.cancel,
  }
}

test('tells of every change of every Session, whosever it is, from its start on', async () => {
  staff = await createTestStaff()
  const frames = await listen()
  const { session } = await staff.place('In Review')
  expect(await frames.next()).toEqual({
    event: 'changed',
    data: {
      sessionId: session.sessionId,
      status: 'Not Started',
      phase: 'active',
      revision: session.revision,
      source: 'created',
      updatedAt: session.updatedAt,
    },
  })
  const reviewed = await frames.next(({ data }) => data.status === 'In Review')
  expect(reviewed).toMatchObject({ event: 'changed', data: { sessionId: session.sessionId, phase: 'review' } })

  const at = Math.floor(staff.testServer.now() / 1000)
  const nobodys = { webhook_type: 'status.updated', session_id: 'aaaaaaaa-2222-4333-8444-555555555555', timestamp: at }
  const send = (changes: object) =>
    staff.testServer.didit.fetch(delivery({ ...nobodys, status: 'Approved', ...changes }))
  await send({ event_id: 'of-the-other', session_id: 'bbbbbbbb-2222-4333-8444-555555555555', environment: 'sandbox' })
  await send({ event_id: 'ours', environment: 'live' })
  const approved = await frames.next(({ data }) => data.status === 'Approved')
  expect(approved.data.sessionId).toBe(nobodys.session_id)
  await frames.cancel()
})

test('says nothing of a start that changes nothing', async () => {
  staff = await createTestStaff()
  const { session } = await staff.place()
  const frames = await listen()
  expect((await staff.testServer.call('POST', '/sessions', { body: {} })).status).toBe(200)
  staff.testServer.emulator.control.finish(session.sessionId, 'Declined')
  await staff.testServer.settle()
  expect(await frames.next()).not.toMatchObject({ data: { status: 'Not Started' } })
  await frames.cancel()
})

test('has all desks read again when a Session is gone', async () => {
  staff = await createTestStaff()
  const { session } = await staff.place('Declined')
  await staff.place('Declined', 'user-bea')
  const frames = await listen()
  expect((await staff.ask('DELETE', `/sessions/${session.sessionId}`)).status).toBe(200)
  expect(await frames.next()).toEqual({ event: 'reload', id: 'open', data: {} })
  await staff.testServer.didit.erase('user-bea')
  expect(await frames.next()).toEqual({ event: 'reload', id: 'open', data: {} })
  await frames.cancel()
})

test('costs a reader that takes nothing no more than a reload', async () => {
  staff = await createTestStaff()
  const frames = readFrames(await staff.ask('GET', '/events'))
  const start = (user: string) => staff.testServer.call('POST', '/sessions', { user, body: {} })
  for (let index = 0; index < 70; index += 1) expect((await start(`user-${index}`)).status).toBe(201)
  expect(await frames.next()).toEqual({ event: 'reload', id: 'open', data: {} })
  await start('user-late')
  expect(await frames.next()).toMatchObject({ event: 'changed', data: { status: 'Not Started' } })
  await frames.cancel()
})

test('ends after ten minutes, and a reader that reconnects is authorized again and reads again', async () => {
  staff = await createTestStaff()
  let isStaff = true
  await staff.testServer.restart({ authorizeStaff: () => (isStaff ? { staffId: 'rae' } : null) })
  const frames = await listen()
  staff.testServer.pass(599)
  await staff.testServer.didit.tick()
  staff.testServer.pass(1)
  await staff.testServer.didit.tick()
  expect(await frames.next()).toMatchObject({ event: 'bye', data: { reason: 'age' } })
  await frames.ended
  const back = await listen({ 'last-event-id': 'open' })
  expect(await back.next()).toMatchObject({ event: 'reload' })
  await back.cancel()
  isStaff = false
  expect((await staff.ask('GET', '/events', { headers: { 'last-event-id': 'open' } })).status).toBe(401)
})

test('ends with a bye frame when the server closes, and opens nothing for HEAD', async () => {
  staff = await createTestStaff()
  const head = await staff.ask('HEAD', '/events')
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
  const frames = await listen()
  const closing = staff.testServer.didit.close({ graceMs: 1_000 })
  expect(await frames.next()).toMatchObject({ event: 'bye', data: { reason: 'shutdown' } })
  await closing
  expect((await staff.ask('GET', '/events')).status).toBe(503)
})

test('writes straight to the connection under node:http, and lets go of it when the reader leaves', async () => {
  staff = await createTestStaff()
  const handler = toNodeHandler(staff.testServer.didit)
  const closed: string[] = []
  server = createServer((incoming, outgoing) => {
    outgoing.once('close', () => closed.push(incoming.url ?? ''))
    handler(incoming, outgoing)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/didit/staff/events`
  expect(await (await fetch(url)).json()).toMatchObject({ code: 'unauthenticated' })
  closed.length = 0
  const request = get(url, { headers: { 'x-test-staff': 'rae' } })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  expect(response.headers).toMatchObject({
    'cache-control': 'no-store, no-transform',
    'cross-origin-resource-policy': 'same-origin',
  })
  const { session } = await staff.place()
  let text = ''
  response.on('data', (chunk) => {
    text += chunk
  })
  await vi.waitFor(() => expect(text).toContain(`"sessionId":"${session.sessionId}"`))
  expect(closed).toEqual([])
  request.destroy()
  await vi.waitFor(() => expect(closed).toHaveLength(1))
  await staff.place('In Review', 'user-bea')
})
