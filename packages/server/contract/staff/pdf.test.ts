import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { toNodeHandler } from '../../src/node.ts'
import { createTestStaff, type TestStaff, unknownId } from '../../testing/test-staff.ts'

let staff: TestStaff
let server: Server | undefined
afterEach(async () => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
  await staff.testServer.close()
})

const path = `/sessions/${unknownId}/pdf`
const chunk = new Uint8Array(64 * 1024).fill(0x20)

/** A report that never ends, in chunks of 64 KiB, and how much of it Didit was made to send. */
function endlessReport() {
  const report = { sent: 0, isCancelled: false, response: null as unknown as Response }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        report.sent += 1
        const head = new TextEncoder().encode('%PDF-1.7\n')
        controller.enqueue(report.sent === 1 ? head : chunk)
      },
      cancel() {
        report.isCancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  report.response = new Response(body, {
    headers: {
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename=session_${unknownId}.pdf`,
    },
  })
  return report
}

async function listen(): Promise<string> {
  server = createServer(toNodeHandler(staff.testServer.didit)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/didit/staff${path}`
}

async function open(url: string) {
  const request = get(url, { headers: { 'x-test-staff': 'rae' } })
  request.on('error', () => {})
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => {})
  return { request, response }
}

test.each(['2026-07', 'late-2026'] as const)('hands the report on as a file (%s)', async (generation) => {
  staff = await createTestStaff({ emulator: { generation } })
  const { session } = await staff.place('In Review')
  const answer = await staff.ask('GET', `/sessions/${session.sessionId}/pdf`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/pdf')
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="session_${session.sessionId}.pdf"`)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const bytes = new Uint8Array(await answer.arrayBuffer())
  expect(new TextDecoder().decode(bytes.slice(0, 5))).toBe('%PDF-')
  expect(Number(answer.headers.get('content-length') ?? bytes.length)).toBe(bytes.length)
})

test('says in words that a Session has no report yet', async () => {
  staff = await createTestStaff()
  const { session } = await staff.place()
  const answer = await staff.ask('GET', `/sessions/${session.sessionId}/pdf`)
  expect(answer.status).toBe(403)
  expect(await answer.json()).toMatchObject({ code: 'didit-rejected', issues: [{ path: '' }] })
})

test('does not pass on an answer that is not a report', async () => {
  staff = await createTestStaff()
  staff.vendor = () => new Response('<html>Maintenance</html>', { headers: { 'content-type': 'text/html' } })
  const answer = await staff.ask('GET', path)
  expect(answer.status).toBe(502)
  expect(await answer.text()).not.toContain('Maintenance')
})

test('asks Didit for no more than the reader takes, and stops when the reader hangs up', async () => {
  staff = await createTestStaff()
  const report = endlessReport()
  staff.vendor = () => report.response
  const { request, response } = await open(await listen())
  response.pause()
  // Once the system's buffers are full nothing more is asked for.
  let before = -1
  await vi.waitFor(
    () => {
      const grown = report.sent - before
      before = report.sent
      expect([grown, before > 1]).toEqual([0, true])
    },
    { interval: 100, timeout: 4_000 },
  )
  expect(report.sent * chunk.byteLength).toBeLessThan(16 * 1024 * 1024)
  expect(report.isCancelled).toBe(false)
  request.destroy()
  await vi.waitFor(() => expect(report.isCancelled).toBe(true))
})

test('gives up waiting for Didit when the reader hangs up before the report begins', async () => {
  staff = await createTestStaff()
  let isGivenUp = false
  staff.vendor = (_, __, signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        isGivenUp = true
        reject(signal.reason)
      })
    })
  const messages = () => staff.testServer.logged.map((line) => (line as { message?: string }).message)
  const request = get(await listen(), { headers: { 'x-test-staff': 'rae' } })
  request.on('error', () => {})
  await vi.waitFor(() => expect(staff.calls).toHaveLength(1))
  request.destroy()
  await vi.waitFor(() => expect(isGivenUp).toBe(true))
  // Nobody needs to look into that: a desk gives up a list with each letter that is typed.
  await vi.waitFor(() => expect(messages()).toContain('answered'))
  expect(messages()).not.toContain('a request failed')
})

test('breaks off where Didit does, so that half a report is not mistaken for a whole one', async () => {
  staff = await createTestStaff()
  staff.vendor = () => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1
        if (sent === 1) controller.enqueue(new TextEncoder().encode('%PDF-1.7\n'))
        else controller.error(new Error('The connection was reset.'))
      },
    })
    return new Response(body, { headers: { 'content-type': 'application/pdf', 'content-length': '5000' } })
  }
  const answer = await staff.ask('GET', path)
  expect(answer.status).toBe(200)
  await expect(answer.arrayBuffer()).rejects.toThrow()
})

test('does not keep the report of a request for its head only', async () => {
  staff = await createTestStaff()
  const report = endlessReport()
  staff.vendor = () => report.response
  const answer = await staff.ask('HEAD', path)
  expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([200, 'application/pdf', null])
  expect(report.isCancelled).toBe(true)
})
