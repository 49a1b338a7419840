import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import type { DiditServerOptions } from '../src/index.ts'
import { toNodeHandler } from '../src/node.ts'
import { createTestServer, delivery, origin, type TestServer } from '../testing/test-server.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

async function createHost(server: Partial<DiditServerOptions> = {}): Promise<TestServer> {
  const testServer = await createTestServer({ server })
  undo.push(() => testServer.close())
  return testServer
}

/** Sends a request as it is written, and returns the status and body of the answer. */
async function send(port: number, head: readonly string[], body = ''): Promise<{ status: number; body: string }> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  const answer = await text(socket)
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]),
    body: answer.slice(answer.indexOf('\r\n\r\n') + 4),
  }
}

const spellings = [
  '%73taff/sessions',
  '%2573taff/sessions',
  'x/../staff/sessions',
  './staff/sessions',
  '%2e/staff/sessions',
  'x/%2e%2E/staff/sessions',
  '/staff/sessions',
  'staff//sessions',
  'staff/sessions//',
  '\\staff\\sessions',
  'staff\\sessions',
  'staff%2fsessions',
  'staff%5Csessions',
  'staff/sessions;x=y',
  'staff/sessions/.',
  'staff/x/..',
]

describe.each([
  ['/api/didit', '/api/didit'],
  ['', ''],
  ['/', ''],
])('a path below the base path %j', (basePath, prefix) => {
  const authorizeStaff = () => ({ staffId: 'rae' })

  test('is served in its one spelling only, without and with a next handler', async () => {
    const { didit } = await createHost({ basePath, authorizeStaff })
    const handler = toNodeHandler(didit)
    const alone = await listen(handler)
    const guarded = await listen((incoming, outgoing) => {
      // A guard of the host, by path.
      if (incoming.url?.startsWith(`${prefix}/staff`)) return outgoing.writeHead(403).end()
      return handler(incoming, outgoing, () => outgoing.writeHead(404).end())
    })
    const ask = (port: number, path: string) =>
      send(port, [`GET ${path} HTTP/1.1`, 'Host: a.example', 'Connection: close'])
    expect((await ask(alone, `${prefix}/staff/sessions`)).status).toBe(200)
    expect((await ask(alone, `${prefix}/staff/sessions/`)).status).toBe(200)
    expect((await ask(guarded, `${prefix}/staff/sessions`)).status).toBe(403)
    for (const spelling of spellings) {
      const path = `${prefix}/${spelling}`
      expect([path, (await ask(alone, path)).status]).toEqual([path, 404])
      if (!path.startsWith(`${prefix}/staff`)) expect([path, (await ask(guarded, path)).status]).toEqual([path, 404])
    }
    const others = ['/x/..', '/.', '//', '/%61pi'].map((start) => `${start}${prefix}/staff/sessions`)
    for (const path of [...others, `http://a.example${prefix}/staff/sessions`, '*']) {
      expect([path, (await ask(alone, path)).status]).toEqual([path, 404])
    }
  })

  test('has the same rules in didit.fetch', async () => {
    const { didit } = await createHost({ basePath, authorizeStaff })
    const ask = async (path: string) => (await didit.fetch(new Request(`${origin}${path}`))).status
    expect(await ask(`${prefix}/staff/sessions`)).toBe(200)
    expect(await ask(`${prefix}/staff/sessions?search=%2F..%2F`)).toBe(200)
    for (const spelling of [
      '%73taff/sessions',
      '%2573taff/sessions',
      '/staff/sessions',
      'staff%2Fsessions',
      'staff/sessions;',
    ]) {
      expect([spelling, await ask(`${prefix}/${spelling}`)]).toEqual([spelling, 404])
    }
    const refused = await didit.fetch(new Request(`${origin}${prefix}/%73taff/sessions`, { headers: { origin } }))
    expect(await refused.json()).toMatchObject({ code: 'route-not-found' })
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin)
    expect(refused.headers.get('cache-control')).toBe('no-store')
  })
})

describe('the Host header', () => {
  const odd = [
    '',
    'a b',
    'exa_mple:99999',
    '127.1',
    '[0:0:0:0:0:0:0:1]:80',
    'user@a.example',
    'a.example/x',
    'ä.example',
    '%zz',
    '[',
  ]

  test('may be missing in HTTP/1.0, or be odd', async () => {
    const { didit } = await createHost()
    const port = await listen(toNodeHandler(didit))
    for (const route of ['live', 'ready']) {
      const answer = await send(port, [`GET /api/didit/health/${route} HTTP/1.0`])
      expect([answer.status, JSON.parse(answer.body).status]).toEqual([200, route])
    }
    for (const host of odd) {
      const answer = await send(port, ['GET /api/didit/health/ready HTTP/1.1', `Host: ${host}`, 'Connection: close'])
      expect([host, answer.status]).toEqual([host, 200])
    }
  })

  test('is not needed by a webhook', async () => {
    const { didit } = await createHost()
    const port = await listen(toNodeHandler(didit))
    for (const host of [null, ...odd]) {
      const request = delivery({ event_id: `evt-${host}`, webhook_type: 'user.created', timestamp: 1_793_001_600 })
      const body = await request.text()
      const head = [
        'POST /api/didit/webhook HTTP/1.0',
        ...(host === null ? [] : [`Host: ${host}`]),
        'Content-Type: application/json',
        `X-Signature: ${request.headers.get('x-signature')}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
      ]
      expect([host, (await send(port, head, body)).status]).toEqual([host, 200])
    }
  })
})

describe('a body that a parser has read', () => {
  type Parsed = IncomingMessage & { rawBody?: unknown; body?: unknown }
  /** A host whose parser runs first, and keeps of the bytes what `keep` says. */
  async function behindParser(keep: (incoming: Parsed, bytes: Buffer) => void) {
    const testServer = await createHost()
    const handler = toNodeHandler(testServer.didit)
    const port = await listen(async (incoming: Parsed, outgoing: ServerResponse) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk)
      keep(incoming, Buffer.concat(chunks))
      handler(incoming, outgoing)
    })
    return { testServer, url: `http://127.0.0.1:${port}/api/didit` }
  }
  const event = { event_id: 'evt-1', webhook_type: 'user.created', name: 'é', timestamp: 1_793_001_600 }
  async function deliver(url: string) {
    const request = delivery(event)
    return fetch(`${url}/webhook`, { method: 'POST', headers: request.headers, body: await request.text() })
  }
  const begin = (url: string, body = '{}') =>
    fetch(`${url}/sessions`, {
      method: 'POST',
      headers: { origin, 'x-test-user': 'user-ada', 'content-type': 'application/json' },
      body,
    })
  const beginByForm = (url: string) =>
    fetch(`${url}/start`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin, 'x-test-user': 'user-ada', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'workflow=default',
    })

  test.each<[string, (incoming: Parsed, bytes: Buffer) => void]>([
    ['a Buffer as rawBody', (it, bytes) => Object.assign(it, { rawBody: bytes, body: JSON.parse('{}') })],
    ['bytes as rawBody', (it, bytes) => Object.assign(it, { rawBody: new Uint8Array(bytes) })],
    ['text as rawBody', (it, bytes) => Object.assign(it, { rawBody: bytes.toString() })],
    ['a Buffer as body', (it, bytes) => Object.assign(it, { body: bytes })],
  ])('is taken from %s', async (_, keep) => {
    const { url } = await behindParser(keep)
    expect(await (await deliver(url)).json()).toEqual({ received: 'stored' })
    expect((await begin(url)).status).toBe(201)
    expect((await beginByForm(url)).status).toBe(303)
  })

  test('is the reason for a 500 that says so, where the parser kept nothing', async () => {
    const { url } = await behindParser((it) => Object.assign(it, { body: {} }))
    const refused = { status: 500, code: 'internal', help: expect.stringMatching(/body parser.*express\.json/) }
    for (const answer of [await deliver(url), await begin(url), await beginByForm(url)]) {
      expect(answer.status).toBe(500)
      expect(await answer.json()).toMatchObject(refused)
    }
    // No body, nothing to read: such a route works behind a parser.
    const { status } = await fetch(`${url}/sessions/11111111-2222-4333-8444-555555555555/ticket`, {
      method: 'POST',
      headers: { origin },
    })
    expect(status).toBe(401)
  })

  test.each(['/sessions', '/start', '/webhook', '/staff/import'])('is told of by didit.fetch at %s', async (path) => {
    const testServer = await createHost({ authorizeStaff: () => ({ staffId: 'rae' }) })
    const type = path === '/start' ? 'application/x-www-form-urlencoded' : 'application/json'
    const headers = { origin, 'x-test-user': 'user-ada', 'content-type': type }
    const request = () => new Request(`${origin}/api/didit${path}`, { method: 'POST', headers, body: '{}' })
    const used = request()
    await used.text()
    const locked = request()
    locked.body?.getReader()
    const lost = new Request(request().url, { method: 'POST', headers: { ...headers, 'content-length': '2' } })
    for (const sent of [used, locked, lost]) {
      const answer = await testServer.didit.fetch(sent)
      expect(answer.status).toBe(500)
      if (path !== '/start') expect((await answer.json()).help).toMatch(/body parser/)
    }
    expect(JSON.stringify(testServer.logged)).toContain('a request failed')
  })
})

describe('hooks', () => {
  /** Uses a request as a host may, and says what is wrong with it. */
  async function use(request: Request): Promise<void> {
    expect(request).toBeInstanceOf(Request)
    expect(request.body).toBeNull()
    const copies = [new Request(request), request.clone(), new Request('http://127.0.0.1/me', request)]
    for (const copy of copies) expect(copy.headers.get('cookie')).toBe('app=42')
    expect(request.signal).toBeInstanceOf(AbortSignal)
    expect(request.headers.get('content-type')).toBe('application/json')
    expect([request.headers.get('content-length'), request.headers.get('connection')]).toEqual([null, null])
    expect(await (await fetch(request)).text()).toBe(`${request.method} app=42`)
    expect(await request.text()).toBe('')
  }

  test('get a Request of the platform, without the body, behind each host', async () => {
    const asked: string[] = []
    const look = async (name: string, request: Request) => {
      asked.push(`${name} ${request.method} ${new URL(request.url).pathname}`)
      await use(request)
    }
    const testServer = await createHost({
      authenticate: async (request) => {
        await look('authenticate', request)
        return { userId: 'user-ada' }
      },
      session: async ({ request }) => {
        await look('session', request)
        return null
      },
      authorizeStaff: async (request) => {
        await look('authorizeStaff', request)
        return { staffId: 'rae' }
      },
    })
    const port = await listen(toNodeHandler(testServer.didit))
    // A sign-in to which the hooks hand their request on.
    const other = `127.0.0.1:${await listen((incoming, outgoing) => {
      outgoing.end(`${incoming.method} ${incoming.headers.cookie}`)
    })}`
    const headers = { origin, cookie: 'app=42', 'content-type': 'application/json' }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    const hosts = [
      async (method: string, path: string, body: string) => {
        const head = [`${method} /api/didit${path} HTTP/1.1`, `Host: ${other}`, 'Connection: close', ...lines]
        return (await send(port, [...head, `Content-Length: ${body.length}`], body)).status
      },
      async (method: string, path: string, body: string) => {
        const init = { method, headers, ...(body === '' ? {} : { body }) }
        return (await testServer.didit.fetch(new Request(`http://${other}/api/didit${path}`, init))).status
      },
    ]
    for (const [index, ask] of hosts.entries()) {
      asked.length = 0
      expect(await ask('POST', '/sessions', '{}')).toBe(index === 0 ? 201 : 200)
      expect(await ask('GET', '/sessions/current', '')).toBe(200)
      expect(await ask('POST', '/staff/blocklist/add', '{}')).toBe(400)
      expect([...new Set(asked)]).toEqual([
        'authenticate POST /api/didit/sessions',
        ...(index === 0 ? ['session POST /api/didit/sessions'] : []),
        'authenticate GET /api/didit/sessions/current',
        'authorizeStaff POST /api/didit/staff/blocklist/add',
      ])
    }
    const mine = new Request(`http://${other}/transfer`, { method: 'POST', headers, body: 'kept' })
    await expect(testServer.didit.requireVerified(mine)).rejects.toMatchObject({ code: 'identity-required' })
    expect(await mine.text()).toBe('kept')
  })
})
