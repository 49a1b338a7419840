import { afterEach, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../index.ts'

const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

async function setUp(body: Record<string, unknown> = {}, url = 'http://localhost:4100') {
  const emulator = createEmulator({ apiKey: 'k', seed: 1, url, now: () => Date.parse('2026-10-26T08:00:00.250Z') })
  running.push(emulator)
  const call = (address: string, init: RequestInit = {}) => emulator.fetch(new Request(address, init))
  const headers = { 'x-api-key': 'k', 'content-type': 'application/json' }
  const answer = await emulator.fetch(
    // A proxy in front of the emulator removes the prefix, so the emulator does not see it.
    new Request('http://localhost:4100/v3/session/', {
      method: 'POST',
      headers,
      body: JSON.stringify({ workflow_id: '11111111-2222-3333-4444-55555555555c', ...body }),
    }),
  )
  const { session_id } = await answer.json()
  emulator.control.finish(session_id, 'Approved')
  const decision = async () =>
    (await call(`http://localhost:4100/v3/session/${session_id}/decision/`, { headers })).json()
  const links = async () =>
    [...JSON.stringify(await decision()).matchAll(/"(http[^"]+\/media\/[^"]+)"/g)].map(([, link]) => link as string)
  return { emulator, call, decision, links, headers, session_id }
}

test('every link of a decision returns a drawing', async () => {
  const { call, links } = await setUp({ expected_details: { expected_document_types: ['ID'] } })
  const all = await links()
  expect(new Set(all.map((link) => new URL(link).pathname.split('/').at(-1)))).toEqual(
    new Set([
      'portrait.svg',
      'front.svg',
      'front-video.svg',
      'full-front.svg',
      'back.svg',
      'back-video.svg',
      'full-back.svg',
      'selfie.svg',
      'selfie-video.svg',
      'chip-portrait.svg',
      'signature.svg',
      'proof-of-address.svg',
    ]),
  )
  for (const link of all) {
    const answer = await call(link)
    expect([link, answer.status, answer.headers.get('content-type')]).toEqual([
      link,
      200,
      'image/svg+xml; charset=utf-8',
    ])
    expect(await answer.text()).toMatch(/^<svg [^>]*role="img"/)
  }
})

test('a company has a drawn certificate', async () => {
  const { call, links } = await setUp({ workflow_id: '11111111-2222-3333-4444-55555555555b' })
  const [link = ''] = await links()
  expect(link).toContain('/certificate.svg?')
  expect(await (await call(link)).text()).toContain('Certificate of incorporation')
})

test('a link has the form of a presigned URL and is valid for an hour', async () => {
  const { call, links, emulator } = await setUp()
  const [link = ''] = await links()
  const query = Object.fromEntries(new URL(link).searchParams)
  expect(query).toEqual({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Date': '20261026T080000Z',
    'X-Amz-Expires': '3600',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  await emulator.control.clock({ advanceSeconds: 3599 })
  expect((await call(link)).status).toBe(200)
  await emulator.control.clock({ advanceSeconds: 1 })
  const late = await call(link)
  expect([late.status, late.headers.get('content-type')]).toEqual([403, 'application/xml'])
  expect(await late.text()).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>')
  const [fresh = ''] = await links()
  expect((await call(fresh)).status).toBe(200)
})

test('a link is valid for one picture of one Session and cannot be extended', async () => {
  const { call, links } = await setUp()
  const link = (await links()).find((one) => one.includes('/front.svg')) ?? ''
  const forged = [
    link.replace('/front.svg', '/selfie.svg'),
    link.replace('X-Amz-Expires=3600', 'X-Amz-Expires=9999999'),
    link.replace(/X-Amz-Date=[^&]+/, 'X-Amz-Date=20991026T080000Z'),
    link.replace(/X-Amz-Signature=.*/, 'X-Amz-Signature=00'),
    link.replace(/\?.*/, ''),
  ]
  for (const address of forged) {
    const answer = await call(address)
    expect([address, answer.status]).toEqual([address, 403])
    expect(await answer.text()).toContain('<Code>SignatureDoesNotMatch</Code>')
  }
})

test('a picture is deleted with its Session, and unknown names are not found', async () => {
  const { call, links, headers, session_id } = await setUp()
  const [link = ''] = await links()
  expect((await call(link.replace(/[^/]+\?/, 'elsewhere.svg?'))).status).toBe(404)
  expect((await call('http://localhost:4100/media/no-id/front.svg')).status).toBe(404)
  await call(`http://localhost:4100/v3/session/${session_id}/delete/`, { method: 'DELETE', headers })
  const gone = await call(link)
  expect(gone.status).toBe(404)
  expect(await gone.text()).toContain('<Code>NoSuchKey</Code>')
})

test('has safe headers, and any page may read it', async () => {
  const { call, links } = await setUp()
  const [link = ''] = await links()
  for (const answer of [await call(link), await call(link.replace(/\?.*/, ''))]) {
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  }
  expect((await call(link)).headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  )
})

test('draws the same picture for the same person, and a different one for another', async () => {
  const draw = async (vendor_data: string) => {
    const { call, links } = await setUp({ vendor_data })
    const link = (await links()).find((one) => one.includes('/portrait.svg')) ?? ''
    return (await call(link)).text()
  }
  expect(await draw('user-1')).toBe(await draw('user-1'))
  expect(new Set(await Promise.all(['a', 'b', 'c', 'd'].map(draw))).size).toBeGreaterThan(1)
})

test('writes any name into a document without breaking it', async () => {
  const { call, links } = await setUp({
    expected_details: { first_name: `<script>"&'`, last_name: 'Bell\u0007and\u0000null' },
  })
  const link = (await links()).find((one) => one.includes('/front.svg')) ?? ''
  const drawing = await (await call(link)).text()
  expect(drawing).toContain('&lt;script&gt;&quot;&amp;&#39;')
  expect(drawing).toContain('Bellandnull')
})

test("links use the emulator's public address with its prefix, and leave out the language", async () => {
  const { links } = await setUp({ language: 'es' }, 'https://didit.test/fake')
  expect((await links())[0]).toMatch(/^https:\/\/didit\.test\/fake\/media\/[0-9a-f-]{36}\/portrait\.svg\?/)
})
