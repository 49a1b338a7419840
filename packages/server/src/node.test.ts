import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Snapshot } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as entry from './node.ts'
import { toNodeHandler } from './node.ts'
import { createRelay, type Relay } from './relay/relay.ts'
import { createBodySink, type DirectSink, directSink } from './relay/sink.ts'
import { streamHeaders } from './relay/sse.ts'
import type { Tickets } from './tokens/ticket.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function listen(handler: RequestListener): Promise<AddressInfo> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return server.address() as AddressInfo
}

test('hands out exactly this', () => {
  expect(Object.keys(entry).sort()).toMatchInlineSnapshot(`
    [
      "anonymousAuth",
      "toNodeHandler",
    ]
  `)
})

describe('ordinary requests', () => {
  const echo = {
    basePath: '/api/didit',
    fetch: async (request: Request) =>
      Response.json({ method: request.method, path: new URL(request.url).pathname, body: await request.text() }),
  }

  test('reach the server with their body as it came', async () => {
    const { port } = await listen(toNodeHandler(echo))
    const body = '{ "b": 1,  "a": "é" }'
    const response = await fetch(`http://127.0.0.1:${port}/api/didit/webhook`, { method: 'POST', body })
    expect(await response.json()).toEqual({ method: 'POST', path: '/api/didit/webhook', body })
  })

  test('leave the global Request and Response alone', async () => {
    const { Request: before, Response: too } = globalThis
    const { port } = await listen(toNodeHandler(echo))
    await (await fetch(`http://127.0.0.1:${port}/api/didit/x`)).text()
    expect(globalThis.Request).toBe(before)
    expect(globalThis.Response).toBe(too)
  })

  test('find their way below a mount that cuts the path off, and pass on what is not theirs', async () => {
    const handler = toNodeHandler(echo)
    const { port } = await listen((incoming, outgoing) => {
      // As Express does for app.use('/api/didit', handler).
      const cut = Object.assign(incoming, { originalUrl: incoming.url, url: incoming.url?.replace('/api/didit', '') })
      handler(cut, outgoing, () => outgoing.end('"next"'))
    })
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json()
    expect(await get('/api/didit/sessions/current?workflow=a')).toMatchObject({ path: '/api/didit/sessions/current' })
    expect(await get('/api/diditto')).toBe('next')
    expect(await get('/')).toBe('next')
  })

  test('say what is wrong when a body parser has run before', async () => {
    const handler = toNodeHandler(echo)
    const { port } = await listen(async (incoming, outgoing) => {
      for await (const _ of incoming);
      handler(incoming, outgoing)
    })
    const response = await fetch(`http://127.0.0.1:${port}/api/didit/webhook`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ code: 'internal', help: expect.stringContaining('express.json()') })
  })
})

describe.each(['direct', 'body'] as const)('streams, written by way of %s', (way) => {
  const sessionId = '11111111-2222-4333-8444-555555555555'
  let at: number
  let relay: Relay

  /** A server of one stream; each Snapshot is padded to `size` characters. */
  async function stream(): Promise<{ socket: Socket; publish: (revision: number, size: number) => void }> {
    at = 1_793_000_000_000
    relay = createRelay({ tickets: {} as Tickets, now: () => at, random: () => 0.5 })
    const snapshot = (revision: number, size: number): Snapshot => ({
      sessionId,
      workflow: 'w'.repeat(size),
      status: 'In Progress',
      phase: 'active',
      settled: true,
      revision,
      updatedAt: at,
      source: 'webhook',
      canRetry: true,
    })
    const { port } = await listen(
      toNodeHandler({
        basePath: '',
        async fetch(_, bindings) {
          const pending = relay.open({ sessionId, chainStartedAt: at, expiresAt: at + 900_000 }, null)
          const direct = (bindings as { [directSink]: DirectSink })[directSink]
          const headers = new Headers(streamHeaders)
          if (way === 'direct') {
            pending.start(snapshot(1, 1), direct(200, headers))
            return new Response(null, { headers: { 'x-hono-already-sent': 'true' } })
          }
          let body: ReadableStream | null = null
          pending.start(snapshot(1, 1), (listener) => {
            const opened = createBodySink(listener)
            body = opened.body
            return opened.sink
          })
          return new Response(body, { headers })
        },
      }),
    )
    const socket = connect(port, '127.0.0.1')
    undo.push(() => socket.destroy())
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')
    return { socket, publish: (revision, size) => relay.publish(snapshot(revision, size)) }
  }

  // Limited by time and not by turns of the event loop, whose number says nothing about how much other work is done.
  const until = (holds: () => boolean) => expect.poll(holds, { timeout: 20_000, interval: 5 }).toBe(true)

  test('carry frames, heartbeats and the bye frame, and free everything when the reader leaves', async () => {
    const { socket, publish } = await stream()
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    await until(() => text.includes('"revision":1'))
    expect(text).toMatch(/content-type: text\/event-stream/i)
    publish(2, 10)
    await until(() => text.includes('id: 2\n'))
    at += 20_000
    relay.sweep()
    await until(() => text.includes(': hb\n\n'))
    expect(relay.size).toBe(1)
    socket.destroy()
    await until(() => relay.size === 0)
  })

  test('keep the newest frame only for a reader that takes nothing, and cut it after half a minute', async () => {
    const { socket, publish } = await stream()
    socket.pause()
    await until(() => relay.size === 1)
    const closed = once(socket, 'close')
    const used = () => process.memoryUsage().external
    const before = used()
    const published = 80 * 1024 * 1024
    const size = 64 * 1024
    for (let revision = 2; revision < 2 + published / size; revision += 1) {
      publish(revision, size)
      if (revision % 16 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    // Only the system's buffers and one chunk wait, not 80 MiB. The rest of the margin is uncollected garbage.
    expect(used() - before).toBeLessThan(40 * 1024 * 1024)
    at += 29_000
    relay.sweep()
    expect(relay.size).toBe(1)
    at += 1_001
    // The adapter prints the end of a body that breaks off.
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    relay.sweep()
    expect(relay.size).toBe(0)
    socket.resume()
    await closed
    printed.mockRestore()
  })
})
