import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { verifyWebhook } from './verify-webhook.ts'

const secret = 'current_secret_0123456789abcdefghijklmnopqr'
const event = {
  event_id: '00000000-0000-4000-8000-0000000000aa',
  session_id: '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31',
  status: 'Approved',
  timestamp: 1_793_000_000,
  vendor_data: 'customer-1042',
  webhook_type: 'status.updated',
}
const text = JSON.stringify(event)
const now = () => 1_793_000_001_000
const sign = (message: string) => createHmac('sha256', secret).update(message).digest('hex')
const post = (headers: Record<string, string>, body: string = text) =>
  new Request('https://bank.example/webhook', { method: 'POST', body, headers })
const simple = sign(`1793000000:${event.session_id}:Approved:status.updated`)

test('README example', async () => {
  const request = post({ 'X-Signature': sign(text) })
  const received = await verifyWebhook(request, { secrets: [secret], now })
  expect(received).toEqual({ ...event, trust: 'body' })
})

test('accepts the previous secret while a new one is rolled out', async () => {
  const options = { secrets: ['the_next_secret', secret], now }
  await expect(verifyWebhook(post({ 'X-Signature': sign(text) }), options)).resolves.toMatchObject({ trust: 'body' })
})

describe('refuses', () => {
  test.each([
    ['no signature', {}, text, 'webhook-forged', 401],
    ['a Simple signature alone', { 'X-Signature-Simple': simple }, text, 'webhook-forged', 401],
    ['what is not JSON', {}, 'status=Approved', 'webhook-unreadable', 400],
    ['a signed body that is no event', { 'X-Signature': sign('[1]') }, '[1]', 'webhook-unreadable', 400],
    ['more than 1 MiB', {}, ' '.repeat(1_048_577), 'webhook-too-large', 413],
  ])('%s', async (_, headers, body, code, status) => {
    const refusal = verifyWebhook(post(headers as Record<string, string>, body), { secrets: [secret], now })
    await expect(refusal).rejects.toMatchObject({ name: 'WebhookError', code, status })
  })

  test('what is older than the tolerance, and takes it when more is tolerated', async () => {
    const later = { secrets: [secret], now: () => 1_793_000_600_000 }
    const stale = verifyWebhook(post({ 'X-Signature': sign(text) }), later)
    await expect(stale).rejects.toMatchObject({ code: 'webhook-stale', status: 401 })
    const tolerant = verifyWebhook(post({ 'X-Signature': sign(text) }), { ...later, toleranceSeconds: 600 })
    await expect(tolerant).resolves.toMatchObject({ trust: 'body' })
  })

  test('without telling what the body says', async () => {
    const body = '{"session_id":{"first_name":"Ilse"},"status":"Appr'
    for (const headers of [{}, { 'X-Signature': sign(body) }]) {
      const error = await verifyWebhook(post(headers, body), { secrets: [secret], now }).catch((it: unknown) => it)
      const shown = JSON.stringify(error, Object.getOwnPropertyNames(error))
      expect(shown).not.toMatch(/Ilse|Appr"|current_secret/)
    }
  })
})

test('lets Simple through where allowed, with the four fields it covers', async () => {
  const altered = JSON.stringify({ ...event, vendor_data: 'somebody-else' })
  const allowed = { secrets: [secret], now, allowSimple: true }
  const received = await verifyWebhook(post({ 'X-Signature-Simple': simple }, altered), allowed)
  const { session_id, status, timestamp, webhook_type } = event
  expect(received).toEqual({ session_id, status, timestamp, webhook_type, trust: 'envelope' })
})

test('says itself how far an event can be trusted, whatever the body claims', async () => {
  const claiming = JSON.stringify({ ...event, trust: 'blindly' })
  const received = await verifyWebhook(post({ 'X-Signature': sign(claiming) }, claiming), { secrets: [secret], now })
  expect(received.trust).toBe('body')
})
