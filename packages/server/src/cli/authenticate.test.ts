import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, expect, test } from 'vitest'
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
