import { afterEach, describe, expect, test } from 'vitest'
import { peerAddress } from '../src/http/bindings.ts'
import { createTestServer, delivery, origin, type TestServer } from '../testing/test-server.ts'

let testServer: TestServer
afterEach(() => testServer.close())

/** Starts from an address, as a host would report it. */
const start = (user: string, address?: string, headers: Record<string, string> = {}) =>
  testServer.didit.fetch(
    new Request(`${origin}/api/didit/sessions`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json', 'x-test-user': user, ...headers },
      body: '{}',
    }),
    { [peerAddress]: address },
  )

/** How each of so many users fares who start one after the other. */
async function fare(users: readonly string[], address?: string, headers?: (index: number) => Record<string, string>) {
  const codes: number[] = []
  for (const [index, user] of users.entries()) codes.push((await start(user, address, headers?.(index))).status)
  return codes
}

describe('creations', () => {
  test('are limited for each address, beside each user', async () => {
    testServer = await createTestServer({ server: { limits: { createsPerMinutePerAddress: 2 } } })
    expect(await fare(['a', 'b', 'c'], '203.0.113.7')).toEqual([201, 201, 429])
    const refused = await start('c', '203.0.113.7')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'rate-limited' })
    expect(await fare(['d', 'e', 'f'], '203.0.113.8')).toEqual([201, 201, 429])
    // The operator gets one warning, and no address is logged.
    const warnings = testServer.logged.filter((line) => JSON.stringify(line).includes('trustProxy'))
    expect(warnings).toHaveLength(1)
    expect(JSON.stringify(testServer.logged)).not.toContain('203.0.113')
    testServer.pass(60)
    expect(await fare(['c'], '203.0.113.7')).toEqual([201])
  })

  test('of one IPv6 network count together', async () => {
    testServer = await createTestServer({ server: { limits: { createsPerMinutePerAddress: 2 } } })
    const users = ['a', 'b', 'c']
    const codes = []
    for (const [index, user] of users.entries()) codes.push((await start(user, `2001:db8::${index}:1`)).status)
    expect(codes).toEqual([201, 201, 429])
    expect((await start('d', '2001:db8:0:1::1')).status).toBe(201)
  })

  test('are not counted without a known address, nor from this machine', async () => {
    testServer = await createTestServer({ server: { limits: { createsPerMinutePerAddress: 1 } } })
    expect(await fare(['a', 'b'])).toEqual([201, 201])
    expect(await fare(['c', 'd'], '127.0.0.1')).toEqual([201, 201])
    expect(await fare(['e', 'f'], '::1')).toEqual([201, 201])
  })

  test.each([
    ['127.0.0.1', 'x-forwarded-for'],
    ['::ffff:127.0.0.1', 'x-forwarded-for'],
    ['::1', 'forwarded'],
    ['127.0.0.1', 'x-real-ip'],
  ])('are counted together behind an untrusted proxy on this machine (%s, %s)', async (peer, header) => {
    testServer = await createTestServer({ server: { limits: { createsPerMinutePerAddress: 2 } } })
    const through = (index: number) => ({ [header]: `203.0.113.${index}` })
    expect(await fare(['a', 'b', 'c'], peer, through)).toEqual([201, 201, 429])
    expect(await fare(['d', 'e'], peer)).toEqual([201, 201])
    const warnings = testServer.logged.filter((line) => JSON.stringify(line).includes('TRUST_PROXY'))
    expect(warnings).toHaveLength(1)
    expect(JSON.stringify(testServer.logged)).not.toContain('203.0.113')
    await testServer.restart({ trustProxy: true })
    expect(await fare(['f', 'g', 'h'], peer, (index) => ({ 'x-forwarded-for': `198.51.100.${index}` }))).toEqual([
      201, 201, 201,
    ])
  })

  test('are charged only when Didit is asked, and neither limit for the other', async () => {
    testServer = await createTestServer({ server: { limits: { createsPerMinute: 1, createsPerMinutePerAddress: 1 } } })
    // Resuming asks nobody.
    expect(await fare(['a', 'a', 'a'], '203.0.113.7')).toEqual([201, 200, 200])
    // Refused for the address, so the user's own is untouched.
    expect(await fare(['b'], '203.0.113.7')).toEqual([429])
    expect(await fare(['b'], '203.0.113.8')).toEqual([201])
    // Refused for the user, so the address has one left.
    testServer.emulator.control.finish(String(testServer.emulator.control.sessions().at(-1)?.session_id), 'Declined')
    await testServer.settle()
    expect(await fare(['b'], '203.0.113.9')).toEqual([429])
    expect(await fare(['c'], '203.0.113.9')).toEqual([201])
  })

  test('cannot be spread by a header that the client writes', async () => {
    testServer = await createTestServer({ server: { limits: { createsPerMinutePerAddress: 1 } } })
    const forged = (index: number) => ({ 'x-forwarded-for': `1.1.1.${index}` })
    expect(await fare(['a', 'b'], '203.0.113.7', forged)).toEqual([201, 429])
    await testServer.restart({ trustProxy: true })
    const added = (index: number) => ({ 'x-forwarded-for': `1.1.1.${index}, 198.51.100.7` })
    expect(await fare(['c', 'd'], '10.0.0.1', added)).toEqual([201, 429])
    expect((await start('e', '10.0.0.1', { 'x-forwarded-for': '198.51.100.8' })).status).toBe(201)
  })
})

test('forged webhooks are charged to the client behind a trusted proxy, and to no other', async () => {
  testServer = await createTestServer({ server: { trustProxy: 1 } })
  const big = { webhook_type: 'status.updated', filler: 'x'.repeat(1_000_000) }
  const send = async (address: string) => {
    const headers = { 'x-signature-v2': '0'.repeat(64), 'x-forwarded-for': `1.1.1.1, ${address}` }
    const request = delivery(big, { secret: 'not-the-secret', headers })
    return (await testServer.didit.fetch(request, { [peerAddress]: '10.0.0.1' })).status
  }
  const flooder = []
  for (let call = 0; call < 4; call += 1) flooder.push(await send('203.0.113.7'))
  expect(flooder).toEqual([401, 401, 401, 503])
  expect(await send('203.0.113.8')).toBe(401)
})
