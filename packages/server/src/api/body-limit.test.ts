import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { createLoopbackServers } from '../../testing/loopback-servers.ts'
import { apiKey, failure, sessionId, setUp } from '../../testing/scripted-fetch.ts'
import { maxAnswerBytes, maxReportBytes } from './body-limit.ts'
import { createDiditApi } from './didit-api.ts'

const servers = createLoopbackServers()
afterEach(() => servers.close())

/** An answer that goes on for ever, and counts how much of it was asked for. */
function endless(status: number, head = '', contentType = 'application/json') {
  const seen = { bytes: 0, cancelled: false }
  let isFirst = true
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = isFirst ? new TextEncoder().encode(head.padEnd(65_536, ' ')) : new Uint8Array(65_536).fill(32)
        isFirst = false
        seen.bytes += chunk.byteLength
        controller.enqueue(chunk)
      },
      cancel() {
        seen.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { seen, response: new Response(body, { status, headers: { 'content-type': contentType } }) }
}

test('stops at an answer that is too large, and does not ask again', async () => {
  const { seen, response } = endless(200, '{"session_id":"')
  const { api, calls } = setUp([response])
  const error = await failure(api.sessions.retrieveDecision(sessionId))
  expect(error).toMatchObject({ name: 'RequestError', code: 'didit-answer-invalid', status: 200 })
  expect(calls).toHaveLength(1)
  expect(seen.bytes).toBeLessThan(maxAnswerBytes + 200_000)
  expect(seen.cancelled).toBe(true)
})

test.each([
  ['create', (api) => api.sessions.create({ workflow_id: sessionId, vendor_data: 'a' })],
  ['list', (api) => api.sessions.list({})],
  ['updateStatus', (api) => api.sessions.updateStatus(sessionId, { new_status: 'Approved' })],
  ['share', (api) => api.sessions.share(sessionId, { for_application_id: sessionId })],
  [
    'importShared',
    (api) => api.sessions.importShared({ share_token: 't', trust_review: true, workflow_id: sessionId }),
  ],
  ['delete', (api) => api.sessions.delete(sessionId)],
  ['blocklist.list', (api) => api.blocklist.list()],
  ['aml', (api) => api.aml({ full_name: 'Ada Varga' })],
  ['phone.check', (api) => api.phone.check({ phone_number: '+34600111222', code: '123456' })],
] satisfies [string, (api: ReturnType<typeof createDiditApi>) => PromiseLike<unknown>][])(
  'stops at an answer that is too large: %s',
  async (_, ask) => {
    const { seen, response } = endless(200)
    const { api } = setUp([response])
    expect(await failure(ask(api))).toMatchObject({ code: 'didit-answer-invalid' })
    expect(seen.bytes).toBeLessThan(maxAnswerBytes + 200_000)
  },
)

test.each([
  [401, 'didit-credentials'],
  [404, 'didit-not-found'],
  [422, 'didit-rejected'],
])('knows a refusal by its status %i, and reads little of one that is too large', async (status, code) => {
  const { seen, response } = endless(status, '{"detail":"')
  const { api } = setUp([response])
  expect(await failure(api.sessions.retrieveDecision(sessionId))).toMatchObject({ code, status, issues: [] })
  expect(seen.bytes).toBeLessThan(1_000_000)
  expect(seen.cancelled).toBe(true)
})

test('believes a Content-Length above the limit, and reads nothing', async () => {
  const { seen, response } = endless(200)
  response.headers.set('content-length', '400000000')
  const { api } = setUp([response])
  expect(await failure(api.sessions.retrieveDecision(sessionId))).toMatchObject({ code: 'didit-answer-invalid' })
  expect(seen.bytes).toBe(0)
})

test('counts a compressed answer by what comes out of it', async () => {
  const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024, ' '))
  const baseUrl = await servers.listen((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    response.end(bomb)
  })
  const api = createDiditApi({ apiKey, baseUrl })
  expect(await failure(api.sessions.retrieveDecision(sessionId))).toMatchObject({ code: 'didit-answer-invalid' })
})

test('stops at a report without an end, read as a stream or as a whole', async () => {
  for (const read of ['bytes', 'body'] as const) {
    const { seen, response } = endless(200, '%PDF-1.7', 'application/pdf')
    const { api } = setUp([response])
    const report = await api.sessions.generatePdf(sessionId)
    const drain = async () => {
      for await (const _ of report.body);
    }
    const error = await failure(read === 'bytes' ? report.bytes() : drain())
    expect(error).toMatchObject({ name: 'RequestError', code: 'didit-answer-invalid' })
    expect(seen.bytes).toBeLessThan(maxReportBytes + 200_000)
    expect(seen.cancelled).toBe(true)
  }
})

test('takes an answer of the largest size, cut inside characters', async () => {
  const text = JSON.stringify({ count: 0, next: null, previous: null, results: [], more: 'ø'.repeat(1_000_000) })
  const bytes = new TextEncoder().encode(text)
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 65_537) controller.enqueue(bytes.subarray(at, at + 65_537))
      controller.close()
    },
  })
  const { api } = setUp([new Response(body)])
  expect(JSON.stringify(await api.sessions.list({}))).toContain('ø'.repeat(1000))
})
