import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createLoopbackServers } from '../../testing/loopback-servers.ts'
import { apiKey, failure, fixture, json, sessionId, setUp } from '../../testing/scripted-fetch.ts'
import { createDiditApi } from './didit-api.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const pdf = (text = '%PDF-1.7\nOne page.\n%%EOF', headers: Record<string, string> = {}) =>
  new Response(text, { headers: { 'content-type': 'application/pdf', ...headers } })

async function read(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true })
  return text
}

describe('a report', () => {
  test('is asked for as one, and comes as a stream with a name and a length', async () => {
    const { api, calls } = setUp([
      pdf(undefined, {
        'content-length': '24',
        'content-disposition': `attachment; filename=session_${sessionId}.pdf`,
      }),
    ])
    const report = await api.sessions.generatePdf(sessionId.toUpperCase())
    expect(calls[0]?.url).toBe(`https://verification.didit.me/v3/session/${sessionId}/generate-pdf/`)
    expect(calls[0]?.init).toMatchObject({ method: 'GET', redirect: 'manual', headers: { 'x-api-key': apiKey } })
    expect([report.filename, report.contentLength]).toEqual([`session_${sessionId}.pdf`, 24])
    expect(await read(report.body)).toBe('%PDF-1.7\nOne page.\n%%EOF')
  })

  test.each([[{ 'content-length': '24' }], [{}], [{ 'content-length': '9', 'content-encoding': 'gzip' }]])(
    'comes whole, with the headers %j',
    async (headers) => {
      const { api } = setUp([pdf(undefined, headers as Record<string, string>)])
      const report = await api.sessions.generatePdf(sessionId)
      expect(new TextDecoder().decode(await report.bytes())).toBe('%PDF-1.7\nOne page.\n%%EOF')
      await expect(report.bytes()).rejects.toThrow(TypeError)
    },
  )

  test.each([
    ['attachment; filename="business_7.pdf"', 'business_7.pdf'],
    ['attachment; filename=a.pdf; size=3', 'a.pdf'],
    ['attachment; filename="../../etc/passwd.pdf"', `session_${sessionId}.pdf`],
    ['attachment; filename=run.exe', `session_${sessionId}.pdf`],
    ['inline', `session_${sessionId}.pdf`],
  ])('with the header %j is called %s', async (disposition, filename) => {
    const { api } = setUp([pdf(undefined, { 'content-disposition': disposition })])
    expect((await api.sessions.generatePdf(sessionId)).filename).toBe(filename)
  })

  test('is recognised in the smallest pieces, and none is lost or read ahead', async () => {
    const pieces = ['%', 'P', 'DF', '-1.7', ' the', ' end']
    const pulled: string[] = []
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const piece = pieces.shift()
          if (piece === undefined) return controller.close()
          pulled.push(piece)
          controller.enqueue(bytes(piece))
        },
      },
      { highWaterMark: 0 },
    )
    const { api } = setUp([new Response(body)])
    const report = await api.sessions.generatePdf(sessionId)
    expect(pulled).toEqual(['%', 'P', 'DF'])
    expect(await read(report.body)).toBe('%PDF-1.7 the end')
  })

  test.each([
    ['JSON', json({ url: 'https://media.example.com/report.pdf' })],
    ['a page', new Response('<html>')],
    ['nothing', new Response(null, { status: 204 })],
    ['too little', new Response('%PD')],
  ])('is not believed when it is %s', async (_, reply) => {
    const { api, calls } = setUp([reply])
    await expect(api.sessions.generatePdf(sessionId)).rejects.toMatchObject({ code: 'didit-answer-invalid' })
    expect(calls).toHaveLength(1)
  })

  test.each([
    ['short', '%PDF-1.7', '9'],
    ['long', '%PDF-1.7', '7'],
  ])('that is too %s fails where that shows', async (_, text, length) => {
    const { api } = setUp([pdf(text, { 'content-length': length })])
    const report = await api.sessions.generatePdf(sessionId).catch((error) => error)
    const outcome = report instanceof Error ? report : await failure(report.bytes())
    expect(outcome).toMatchObject({ code: 'didit-unavailable' })
  })

  test('is refused for a Session without one, and asked for again after a fault', async () => {
    const { body } = fixture('error.403.pdf.not-finished.json')
    const refused = setUp([json(body, { status: 403 })])
    await expect(refused.api.sessions.generatePdf(sessionId)).rejects.toMatchObject({
      code: 'didit-rejected',
      status: 403,
      raw: body,
    })
    const faulty = setUp([json({}, { status: 500 }), pdf()])
    await expect(faulty.api.sessions.generatePdf(sessionId)).resolves.toMatchObject({ contentLength: null })
    expect(faulty.calls).toHaveLength(2)
  })
})

describe('a report over the wire', () => {
  const servers = createLoopbackServers()
  afterEach(servers.close)

  /** A server that sends the head of a report, and then what the test wants. */
  async function serve(send: (response: ServerResponse) => void = () => {}) {
    const seen = { closed: 0 }
    const baseUrl = await servers.listen((_, response) => {
      response.on('close', () => {
        seen.closed += 1
      })
      response.writeHead(200, { 'content-type': 'application/pdf' }).write('%PDF-1.7\n')
      send(response)
    })
    return { baseUrl, seen }
  }

  test('comes with 8 MB as it was sent', async () => {
    const page = Buffer.alloc(1024 * 1024, 'x')
    const { baseUrl } = await serve((response) => {
      for (let number = 0; number < 8; number += 1) response.write(page)
      response.end()
    })
    const report = await createDiditApi({ apiKey, baseUrl }).sessions.generatePdf(sessionId)
    expect((await report.bytes()).byteLength).toBe(9 + 8 * 1024 * 1024)
  })

  test('stops at both ends when the caller aborts half-way', async () => {
    const { baseUrl, seen } = await serve()
    const controller = new AbortController()
    const report = await createDiditApi({ apiKey, baseUrl }).sessions.generatePdf(sessionId, {
      signal: controller.signal,
    })
    const reading = failure(report.bytes())
    controller.abort(new Error('gone'))
    expect(await reading).toMatchObject({ name: 'RequestError', code: 'aborted', status: 0 })
    await vi.waitFor(() => expect(seen.closed).toBe(1))
  })

  test('stops at the other end when the reader cancels', async () => {
    const { baseUrl, seen } = await serve()
    const report = await createDiditApi({ apiKey, baseUrl }).sessions.generatePdf(sessionId)
    await report.body.cancel()
    await vi.waitFor(() => expect(seen.closed).toBe(1))
  })

  test('may take long, but no pause of it', async () => {
    const { baseUrl } = await serve((response) => {
      let sent = 0
      const timer = setInterval(() => {
        sent += 1
        if (sent <= 6) response.write('more\n')
        else clearInterval(timer) // and then nothing, without an end
      }, 50)
    })
    const api = createDiditApi({ apiKey, baseUrl, slowTimeoutMs: 200 })
    const report = await api.sessions.generatePdf(sessionId)
    let text = ''
    const error = await failure(
      (async () => {
        for await (const chunk of report.body) text += new TextDecoder().decode(chunk)
      })(),
    )
    expect(error).toMatchObject({ code: 'didit-unavailable', message: expect.stringContaining('200 ms') })
    expect(text).toBe(`%PDF-1.7\n${'more\n'.repeat(6)}`)
  })

  test('waits for a slow reader as long as that takes', async () => {
    const { baseUrl } = await serve((response) => response.end('the rest'))
    const report = await createDiditApi({ apiKey, baseUrl, slowTimeoutMs: 100 }).sessions.generatePdf(sessionId)
    const reader = report.body.getReader()
    let text = new TextDecoder().decode((await reader.read()).value)
    await new Promise((resolve) => setTimeout(resolve, 250))
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += new TextDecoder().decode(value)
    }
    expect(text).toBe('%PDF-1.7\nthe rest')
  })

  test('that breaks off is a fault, and is not asked for again', async () => {
    const { baseUrl } = await serve((response) => response.socket?.destroySoon())
    const report = await createDiditApi({ apiKey, baseUrl }).sessions.generatePdf(sessionId)
    expect(await failure(report.bytes())).toMatchObject({ name: 'RequestError', code: 'didit-unavailable' })
  })
})
