import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, expect, test, vi } from 'vitest'
import { problemResponse } from '../http/problem.ts'
import { createAuthenticate } from './authenticate.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

const request = (headers: Record<string, string>) => new Request('http://localhost/', { headers })

test('takes the user from the header of a trusted proxy', async () => {
  const authenticate = createAuthenticate({ kind: 'header', name: 'X-User' })
  expect(await authenticate(request({ 'x-user': 'user-ada' }))).toEqual({ userId: 'user-ada' })
  expect(await authenticate(request({}))).toBeNull()
  expect(await authenticate(request({ 'x-user': '' }))).toBeNull()
})

test('takes the user from a token that the issuer has signed, for this audience and now', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => server.close())
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`)
  const authenticate = createAuthenticate({ kind: 'jwks', url, audience: 'shop' })
  const sign = (claims: object, expires = '1h', key: CryptoKey | Uint8Array = privateKey, alg = 'ES256') =>
    new SignJWT({ sub: 'user-ada', aud: 'shop', ...claims })
      .setProtectedHeader({ alg, kid: 'k1' })
      .setExpirationTime(expires)
      .sign(key)
  const ask = async (token: string) => authenticate(request({ authorization: `Bearer ${token}` }))

  expect(await ask(await sign({}))).toEqual({ userId: 'user-ada' })
  const stranger = (await generateKeyPair('ES256')).privateKey
  for (const token of [
    await sign({ aud: 'another' }),
    await sign({ sub: undefined }),
    await sign({}, '-1 minute'),
    await sign({}, '1h', stranger),
    await sign({}, '1h', new TextEncoder().encode(JSON.stringify(jwk)), 'HS256'),
    'nonsense',
  ]) {
    expect(await ask(token)).toBeNull()
  }
  expect(await authenticate(request({}))).toBeNull()
})

async function createIssuer() {
  const keys: { jwk: object; sign: (claims: object, header?: object) => Promise<string> }[] = []
  const add = async (kid: string | undefined) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    keys.push({
      jwk: { ...(await exportJWK(publicKey)), alg: 'ES256', ...(kid ? { kid } : {}) },
      sign: (claims) =>
        new SignJWT({ sub: 'user-ada', exp: Math.floor(Date.now() / 1000) + 600, ...claims })
          .setProtectedHeader({ alg: 'ES256', ...(kid ? { kid } : {}) })
          .sign(privateKey),
    })
    return keys.at(-1) as (typeof keys)[number]
  }
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => server.close())
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`)
  const authenticate = createAuthenticate({ kind: 'jwks', url, audience: undefined })
  return {
    add,
    keys,
    server,
    ask: async (token: string) => authenticate(request({ authorization: `Bearer ${token}` })),
  }
}

test('takes a token whose issuer has a clock some seconds off, and none that is minutes off', async () => {
  const { add, ask } = await createIssuer()
  const { sign } = await add('k1')
  const now = Math.floor(Date.now() / 1000)
  for (const claims of [{ nbf: now + 30 }, { iat: now + 30 }, { exp: now - 20 }, { nbf: now + 2, iat: now + 2 }]) {
    expect(await ask(await sign(claims))).toEqual({ userId: 'user-ada' })
  }
  for (const claims of [{ nbf: now + 120 }, { exp: now - 120 }, { exp: 'soon' }, { exp: undefined }]) {
    expect(await ask(await sign(claims))).toBeNull()
  }
})

test('takes a number for the text of a user id, and nothing else', async () => {
  const { add, ask } = await createIssuer()
  const { sign } = await add('k1')
  expect(await ask(await sign({ sub: 42 }))).toEqual({ userId: '42' })
  expect(await ask(await sign({ sub: 0 }))).toEqual({ userId: '0' })
  for (const sub of [
    '',
    ' ',
    'null',
    'undefined',
    null,
    undefined,
    true,
    1.5,
    2 ** 53,
    {},
    [],
    ['user-ada'],
    { id: 1 },
  ]) {
    expect(await ask(await sign({ sub }))).toBeNull()
  }
})

test('knows a key that the issuer has added since, and tells tokens without a key id apart', async () => {
  const { add, ask, keys } = await createIssuer()
  const first = await add('k1')
  expect(await ask(await first.sign({}))).toEqual({ userId: 'user-ada' })
  const second = await add('k2')
  keys.shift()
  vi.setSystemTime(Date.now() + 6_000)
  try {
    expect(await ask(await second.sign({}))).toEqual({ userId: 'user-ada' })
    expect(await ask(await first.sign({}))).toBeNull()
  } finally {
    vi.useRealTimers()
  }
  const nameless = await createIssuer()
  const [one, other] = [await nameless.add(undefined), await nameless.add(undefined)]
  for (const { sign } of [one, other]) expect(await nameless.ask(await sign({}))).toEqual({ userId: 'user-ada' })
  expect(await nameless.ask(await first.sign({}))).toBeNull()
})

test.each([
  ['fails', (response: ServerResponse) => response.writeHead(500).end('down')],
  ['answers with a page', (response: ServerResponse) => response.end('<html>')],
  ['answers with something else', (response: ServerResponse) => response.end('{"keys":1}')],
  ['hangs up', (response: ServerResponse) => response.destroy()],
])('answers 503 with Retry-After while the key server %s', async (_, answer) => {
  const server = createServer((_request, response) => void answer(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => server.close())
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`)
  const authenticate = createAuthenticate({ kind: 'jwks', url, audience: undefined })
  const token = await new SignJWT({ sub: 'user-ada' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setExpirationTime('1h')
    .sign((await generateKeyPair('ES256')).privateKey)
  const asked = Promise.resolve(authenticate(request({ authorization: `Bearer ${token}` })))
  const error = await asked.catch((it: unknown) => it)
  expect(error).toMatchObject({ name: 'RequestError', status: 503 })
  const response = problemResponse(error)
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
})

test('does not take the fault of a key server for a bad token', async () => {
  const server = createServer((_, response) => response.writeHead(500).end('down'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => server.close())
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`)
  const authenticate = createAuthenticate({ kind: 'jwks', url, audience: undefined })
  const token = await new SignJWT({ sub: 'user-ada' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setExpirationTime('1h')
    .sign((await generateKeyPair('ES256')).privateKey)
  await expect(authenticate(request({ authorization: `Bearer ${token}` }))).rejects.toThrow()
})
