import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../../scripts/property-runs.ts'
import { peerAddress } from './bindings.ts'
import { clientAddress, networkOf, publicOrigin } from './client-address.ts'

const peer = '10.0.0.9'

/** Returns the client's address of a request. */
function from(forwarded: string | null, trustProxy: number, socket: string | undefined = peer): string | null {
  const headers = forwarded === null ? {} : { 'x-forwarded-for': forwarded }
  const request = new Request('http://internal:4200/api/didit/sessions', { headers })
  return clientAddress({ trustProxy }, request, { [peerAddress]: socket })
}

describe('the address of a client', () => {
  test('is the peer, whatever a header says, as long as no proxy is trusted', () => {
    expect(from('203.0.113.7', 0)).toBe(peer)
    expect(from(null, 0)).toBe(peer)
    expect(from('203.0.113.7', 0, '::ffff:192.0.2.1')).toBe('192.0.2.1')
  })

  test('is unknown where the host brings no peer along', () => {
    const request = new Request('http://x.test/', { headers: { 'x-forwarded-for': '203.0.113.7' } })
    expect(clientAddress({ trustProxy: 0 }, request)).toBeNull()
    expect(clientAddress({ trustProxy: 0 }, request, {})).toBeNull()
    expect(clientAddress({ trustProxy: 1 }, request)).toBe('203.0.113.7')
  })

  test('is as far from the right as there are trusted proxies, and never what the client wrote before it', () => {
    const list = '1.1.1.1, 203.0.113.7,198.51.100.2'
    expect([1, 2].map((hops) => from(list, hops))).toEqual(['198.51.100.2', '203.0.113.7'])
    fc.assert(
      fc.property(fc.array(fc.constantFrom('1.1.1.1', 'x', '', '::1', '9.9.9.9:80')), (claimed) => {
        expect(from([...claimed, '203.0.113.7', '198.51.100.2'].join(', '), 2)).toBe('203.0.113.7')
      }),
      propertyRuns(),
    )
  })

  test.each([
    ['203.0.113.7:51000', '203.0.113.7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('is read without what some write along: %s', (entry, address) => {
    expect(from(entry, 1)).toBe(address)
  })

  test.each([
    '',
    ' ',
    ',',
    'unknown',
    '203.0.113',
    '1.2.3.4.5',
    '203.0.113.7, ',
    '203.0.113.7, _hidden',
    '<b>',
    '[::1',
  ])('is the peer when the entry is no address: %o', (forwarded) => {
    expect(from(forwarded, 1)).toBe(peer)
  })

  test('is the peer when the list is shorter than the way: something came around a proxy', () => {
    expect(from('203.0.113.7', 2)).toBe(peer)
    expect(from(null, 2)).toBe(peer)
  })

  test('is an address or null, whatever is sent', () => {
    const unit = fc.constantFrom(...'0129af.:[]%, <x')
    fc.assert(
      fc.property(fc.string({ unit }), fc.integer({ min: 0, max: 3 }), (forwarded, hops) => {
        expect(from(forwarded, hops, '')).toSatisfy((it) => it === null || /^[\d.]+$|^[\da-f:.]+$/i.test(it))
      }),
      propertyRuns(),
    )
  })
})

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:aaaa:bbbb:cccc:dddd', true],
  ['2001:0DB8:0001:2::1', '2001:db8:1:2::9', true],
  ['2001:db8::1', '2001:db8:0:0:5::9', true],
  ['2001:db8::1:0:0:0:1', '2001:db8:0:1::9', true],
  ['64:ff9b::192.0.2.1', '64:ff9b::c000:202', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['2001:db8::', '2001:db8:0:1::', false],
  ['192.0.2.1', '192.0.2.2', false],
])('%s and %s are of one network: %s', (one, other, isOne) => {
  expect(networkOf(one) === networkOf(other)).toBe(isOne)
})

describe('the origin a request was sent to', () => {
  const of = (
    url: string,
    headers: Record<string, string>,
    trustProxy: number,
    allowed = ['https://app.example.com'],
  ) => publicOrigin({ trustProxy, allowedOrigins: new Set(allowed) }, new Request(url, { headers }))
  const inside = 'http://internal:4200/api/didit/sessions'
  const told = { 'x-forwarded-host': 'app.example.com', 'x-forwarded-proto': 'https' }

  test('is its own, or that of the page with the same host behind a proxy that ends TLS', () => {
    expect(of('http://app.example.com/api/didit/sessions', {}, 0)).toBe('https://app.example.com')
    expect(of('https://kyc.example.com/api', {}, 0)).toBe('https://kyc.example.com')
    expect(of('http://localhost:4000/x', {}, 0, ['http://localhost:4000'])).toBe('http://localhost:4000')
  })

  test('comes from trusted proxies only', () => {
    expect(of(inside, told, 0)).toBe('http://internal:4200')
    expect(of(inside, told, 1)).toBe('https://app.example.com')
    expect(of(inside, { ...told, 'x-forwarded-host': 'kyc.example.com:8443' }, 1)).toBe('https://kyc.example.com:8443')
    expect(of(inside, { ...told, 'x-forwarded-host': 'evil.example, app.example.com' }, 1)).toBe(
      'https://app.example.com',
    )
    // The second proxy may have left the first one's word as it was.
    expect(of(inside, told, 2)).toBe('https://app.example.com')
  })

  test.each(['evil.example/x', 'user@evil.example', 'a b', '', 'x:99999', '<b>', 'evil?'])(
    'is its own when the header holds no host: %o',
    (host) => {
      expect(of(inside, { 'x-forwarded-host': host, 'x-forwarded-proto': 'gopher' }, 1)).toBe('http://internal:4200')
    },
  )
})
