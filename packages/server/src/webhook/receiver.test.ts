import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { eventInterval } from '../sessions/order.ts'
import { checkWebhook, maxBodyBytes, receiveWebhook, type WebhookVerdict } from './receiver.ts'

const secret = 'current_secret_0123456789abcdefghijklmnopqr'
const sentAt = 1_793_000_000
const options = { secrets: [secret], now: () => sentAt * 1000 }

const sign = (message: string | Uint8Array, key = secret) => createHmac('sha256', key).update(message).digest('hex')
const rawHeaders = (body: string | Uint8Array, more = {}) => new Headers({ 'X-Signature': sign(body), ...more })
const bytes = (text: string) => new TextEncoder().encode(text)
const fixture = (name: string): string => {
  const path = new URL(`../../../core/fixtures/webhook.${name}.json`, import.meta.url)
  return JSON.stringify(JSON.parse(readFileSync(path, 'utf8')))
}
const check = (body: string, headers = rawHeaders(body), more = {}): WebhookVerdict =>
  checkWebhook(bytes(body), headers, { ...options, ...more })
function verified(received: Awaited<ReturnType<typeof receiveWebhook>>) {
  if (received.verdict !== 'verified') throw new Error(`verdict ${received.verdict}`)
  return received
}
const post = (body: BodyInit | null, headers: HeadersInit = {}) =>
  new Request('https://bank.example/api/didit/webhook', {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  } as RequestInit)

describe('the verdict', () => {
  const body = fixture('status-updated.in-progress')

  test('is verified for a signed event, with its moments, key and no mark of a test', () => {
    const received = verified(check(body))
    expect(received).toMatchObject({
      trust: 'body',
      fresh: true,
      key: '00000000-0000-4000-8000-000000000002',
      test: false,
      times: { created_at: 1793000002, timestamp: 1793000002 },
    })
    expect(received.event).toEqual(JSON.parse(body))
    expect(eventInterval(received.times)).toEqual({ from: 1793000002, to: 1793000002 })
  })

  test('is verified but not fresh for a replay, whatever the header says', () => {
    const later = { now: () => (sentAt + 1200) * 1000 }
    expect(check(body, rawHeaders(body, { 'X-Timestamp': String(sentAt + 1199) }), later)).toMatchObject({
      verdict: 'verified',
      trust: 'body',
      fresh: false,
    })
  })

  test.each([
    [-302, false],
    [-298, true],
    [302, true],
    [303, false],
  ])('weighs freshness both ways: %i seconds from the zero of this test', (offset, fresh) => {
    // The event is stamped two seconds after `sentAt`.
    expect(check(body, undefined, { now: () => (sentAt + offset) * 1000 + 999 })).toMatchObject({ fresh })
  })

  test('is forged when no secret fits, and when there is no signature at all', () => {
    expect(check(body, rawHeaders(body), { secrets: ['other'] })).toEqual({ verdict: 'forged' })
    expect(check(body, new Headers())).toEqual({ verdict: 'forged' })
  })

  test.each([
    ['upper case', (hex: string) => hex.toUpperCase()],
    ['a prefix', (hex: string) => `sha256=${hex}`],
    ['a missing digit', (hex: string) => hex.slice(1)],
    ['one digit more', (hex: string) => `${hex}0`],
    ['two values', (hex: string) => `${hex}, ${hex}`],
    ['nothing', () => ''],
    ['other characters', (hex: string) => hex.replace(/./, 'g')],
  ])('is forged for a signature with %s', (_, spoil) => {
    expect(check(body, new Headers({ 'X-Signature': spoil(sign(body)) }))).toEqual({ verdict: 'forged' })
  })

  test('is forged when a right signature stands under another name', () => {
    const reencoded = body.replace('{', '{ ')
    expect(check(reencoded, new Headers({ 'X-Signature-V2': sign(reencoded) }))).toEqual({ verdict: 'forged' })
    expect(check(reencoded, new Headers({ 'X-Signature': sign(body) }))).toEqual({ verdict: 'forged' })
    expect(check(reencoded, new Headers({ 'X-Signature-V2': sign(body) }))).toMatchObject({ trust: 'body' })
  })

  test('is unreadable without a key for what is neither signed nor JSON', () => {
    for (const text of ['', 'status=Approved', '{"status":"Approved"']) {
      expect(check(text, new Headers())).toMatchObject({ verdict: 'unreadable', key: null })
    }
  })

  test('is unreadable with a key for what is signed and no event', () => {
    for (const text of ['not json', '[]', '"Approved"', '{"session_id":7311}']) {
      expect(check(text)).toMatchObject({ verdict: 'unreadable', key: expect.stringMatching(/^[0-9a-f]{64}$/) })
    }
  })

  test('is unreadable for bytes that are not UTF-8, signed or not', () => {
    const broken = Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    expect(checkWebhook(broken, rawHeaders(broken), options)).toMatchObject({
      verdict: 'unreadable',
      key: expect.any(String),
    })
    expect(checkWebhook(broken, new Headers(), options)).toMatchObject({ verdict: 'unreadable', key: null })
  })

  test('is unreadable for a body that only its depth keeps from being checked', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(check(deep, new Headers({ 'X-Signature-V2': '0'.repeat(64) }))).toMatchObject({
      verdict: 'unreadable',
      key: null,
    })
    // Signed as it came, it needs no canonical form.
    expect(check(deep)).toMatchObject({ verdict: 'verified', trust: 'body' })
  })

  test('names fields and never their values when a body cannot be understood', () => {
    const received = check('{"session_id":{"first_name":"Ilse"},"status":["Varga"]}')
    expect(received).toMatchObject({ verdict: 'unreadable', issues: [{ path: 'status' }, { path: 'session_id' }] })
    expect(JSON.stringify(received)).not.toMatch(/Ilse|Varga/)
  })
})

describe('a delivery of which only Simple fits', () => {
  const body = fixture('status-updated.approved')
  const simple = (text: string) => {
    const { timestamp, session_id, status, webhook_type } = JSON.parse(text)
    return new Headers({ 'X-Signature-Simple': sign([timestamp, session_id, status, webhook_type].join(':')) })
  }

  test('yields the four fields it covers and nothing that could have been slipped in', () => {
    const forged = JSON.stringify({
      ...JSON.parse(body),
      vendor_data: 'somebody-else',
      event_id: 'chosen',
      metadata: { test_webhook: true },
    })
    const received = verified(check(forged, simple(body)))
    expect(received.trust).toBe('envelope')
    expect(Object.keys(received.event).sort()).toEqual(['session_id', 'status', 'timestamp', 'webhook_type'])
    expect(received.test).toBe(false)
    // Nor can it take the place of another event among the keys.
    expect(received.key).not.toBe('chosen')
    expect(received.key).toBe(verified(check(body, simple(body))).key)
  })

  test('is told apart from the next one of the same Session', () => {
    const next = JSON.stringify({ ...JSON.parse(body), status: 'Declined' })
    expect(verified(check(next, simple(next))).key).not.toBe(verified(check(body, simple(body))).key)
  })

  test('is forged when one of the four is altered', () => {
    const altered = JSON.stringify({ ...JSON.parse(body), status: 'Declined' })
    expect(check(altered, simple(body))).toEqual({ verdict: 'forged' })
  })
})

describe('the moment of sending', () => {
  test('comes from the signed created_at for a body of version 1, which has no timestamp', () => {
    const body = fixture('legacy-v1')
    const at = (now: number, timestamp: string) =>
      check(body, rawHeaders(body, { 'X-Timestamp': timestamp }), { now: () => now * 1000 })
    expect(at(sentAt, String(sentAt - 9_999))).toMatchObject({ verdict: 'verified', fresh: true })
    expect(at(sentAt, 'soon')).toMatchObject({ verdict: 'verified', fresh: true })
    expect(at(sentAt + 300, String(sentAt))).toMatchObject({ fresh: true })
    expect(at(sentAt + 301, String(sentAt + 301))).toMatchObject({ fresh: false })
    expect(at(sentAt + 200_000_000, String(sentAt + 200_000_000))).toMatchObject({ fresh: false })
  })

  test('comes from the header only for a body that names no time at all', () => {
    const body = '{"session_id":"1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31","status":"Approved","created_at":null}'
    const at = (timestamp: string) => check(body, rawHeaders(body, { 'X-Timestamp': timestamp }))
    expect(at(String(sentAt - 300))).toMatchObject({ verdict: 'verified', fresh: true })
    expect(at(String(sentAt - 301))).toMatchObject({ verdict: 'verified', fresh: false })
    expect(at('soon')).toMatchObject({ verdict: 'verified', fresh: false })
    expect(check(body)).toMatchObject({ verdict: 'verified', fresh: false })
  })

  test.each(['"yesterday"', '""', '-1', '1e300', '"2020-10-26"'])(
    'never comes from the header beside a created_at, however odd that is: %s',
    (createdAt) => {
      const body = `{"created_at":${createdAt},"status":"Approved"}`
      expect(check(body, rawHeaders(body, { 'X-Timestamp': String(sentAt) }))).toMatchObject({ fresh: false })
    },
  )

  test.each([
    '1793000000',
    1_793_000_000.9,
    '1793000000.25',
    ' 1793000000 ',
    '2026-10-26T07:33:20',
    '2026-10-26T07:33:20.318264',
    '2026-10-26T07:33:20Z',
    '2026-10-26t07:33:20z',
    '2026-10-26 07:33:20',
    '2026-10-26 07:33:20+00:00',
    '2026-10-26T07:33:20+0000',
    '2026-10-26T07:33:20 +00',
    '2026-10-26T09:33:20.5+02:00',
    '2026-10-26T02:03:20-0530',
    '20261026T073320Z',
  ])('is the same second in each form of a time, whatever zone this machine is in: %s', (time) => {
    const zone = process.env.TZ
    try {
      for (const here of ['Pacific/Auckland', 'America/Los_Angeles', 'UTC']) {
        process.env.TZ = here
        for (const field of ['timestamp', 'created_at']) {
          const received = verified(check(JSON.stringify({ status: 'Approved', [field]: time })))
          expect(received).toMatchObject({ fresh: true, times: { [field]: sentAt } })
        }
      }
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  test.each(['"yesterday"', '"a 1"', '""', '-1', '1e300', '1793000000.5e9'])(
    'never comes from the header beside a timestamp of the body, however odd that is: %s',
    (timestamp) => {
      const body = `{"timestamp":${timestamp},"status":"Approved"}`
      expect(check(body, rawHeaders(body, { 'X-Timestamp': String(sentAt) }))).toMatchObject({
        verdict: 'verified',
        fresh: false,
      })
    },
  )

  test('is read from a date where an older form wrote one', () => {
    const body = fixture('entity-legacy')
    const now = () => Date.parse('2026-03-02T10:04:00Z')
    const received = verified(check(body, undefined, { now }))
    expect(received).toMatchObject({ fresh: true, times: { timestamp: now() / 1000 - 240 } })
  })
})

describe('the key', () => {
  const event = { session_id: '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31', status: 'Approved', timestamp: sentAt }
  const keyOf = (value: object) => verified(check(JSON.stringify(value))).key

  test('is the event id where there is one', () => {
    expect(keyOf({ ...event, event_id: 'e1' })).toBe('e1')
  })

  test('is otherwise the same for a repeat with another timestamp or other formatting', () => {
    const repeat = { timestamp: sentAt + 60, status: 'Approved', session_id: event.session_id }
    expect(keyOf(repeat)).toBe(keyOf(event))
    expect(keyOf({ ...event, event_id: null })).not.toBe(keyOf(event)) // other content, if hardly
    expect(keyOf({ ...event, event_id: '' })).toMatch(/^[0-9a-f]{64}$/)
  })

  test('differs for any other content', () => {
    expect(keyOf({ ...event, status: 'Declined' })).not.toBe(keyOf(event))
    expect(keyOf({ ...event, metadata: { timestamp: 1 } })).not.toBe(keyOf({ ...event, metadata: { timestamp: 2 } }))
  })
})

describe('a test delivery', () => {
  test('is marked by the header or by its metadata', () => {
    const plain = fixture('status-updated.in-progress')
    expect(verified(check(plain, rawHeaders(plain, { 'X-Didit-Test-Webhook': 'true' }))).test).toBe(true)
    expect(verified(check(fixture('console-test'))).test).toBe(true)
  })
})

describe('reading the body', () => {
  const body = fixture('status-updated.in-progress')

  test('takes a body up to the limit and not one byte more, whatever Content-Length claims', async () => {
    const filler = (size: number) => `"${'x'.repeat(size - 2)}"`
    const fits = await receiveWebhook(post(filler(maxBodyBytes)), options)
    expect(fits).toEqual({ verdict: 'forged' })
    expect(await receiveWebhook(post(filler(maxBodyBytes + 1)), options)).toEqual({ verdict: 'too-large' })
    const lying = post(filler(maxBodyBytes + 1), { 'content-length': '5' })
    expect(await receiveWebhook(lying, options)).toEqual({ verdict: 'too-large' })
  })

  test('stops reading an endless body', async () => {
    let sent = 0
    let cancelled = false
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1
        controller.enqueue(new Uint8Array(65_536))
      },
      cancel() {
        cancelled = true
      },
    })
    expect(await receiveWebhook(post(endless), options)).toEqual({ verdict: 'too-large' })
    expect(sent).toBeLessThan(20)
    expect(cancelled).toBe(true)
  })

  test('puts a body together that came in pieces, cut inside a character', async () => {
    const accented = body.replace('gold', 'Nørgaard')
    const all = bytes(accented)
    const pieces = new ReadableStream({
      start(controller) {
        for (const byte of all) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    const received = await receiveWebhook(post(pieces, { 'X-Signature': sign(accented) }), options)
    expect(verified(received).event).toEqual(JSON.parse(accented))
  })

  test('treats a missing body as unreadable', async () => {
    expect(await receiveWebhook(post(null), options)).toMatchObject({ verdict: 'unreadable', key: null })
  })

  test('asks for a repeat when the connection breaks or somebody else took the body', async () => {
    const breaking = new ReadableStream({
      start: (controller) => controller.error(new Error('socket hang up')),
    })
    const asksAgain = { name: 'WebhookError', code: 'webhook-unreadable' }
    await expect(receiveWebhook(post(breaking), options)).rejects.toMatchObject({ ...asksAgain, status: 503 })
    const taken = post(body)
    await taken.text()
    await expect(receiveWebhook(taken, options)).rejects.toMatchObject({ ...asksAgain, status: 500 })
  })

  test.each([[[]], [['']], [[secret, '']], [undefined], [secret]])(
    'refuses %j as secrets: anybody could sign',
    async (secrets) => {
      const request = post(body, { 'X-Signature': sign(body, '') })
      await expect(receiveWebhook(request, { ...options, secrets: secrets as string[] })).rejects.toMatchObject({
        code: 'config-invalid',
      })
    },
  )
})
