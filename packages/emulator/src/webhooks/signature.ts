import { createHmac } from 'node:crypto'
import { isObject, type Json, writeJson } from '../runtime/json.ts'

/**
 * Signs webhooks as the vendor's service does.
 *
 * The server package has its own implementation. If both shared one, a mistake in it would pass every test.
 * `core/fixtures/signature-vectors.json` tests both.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */

/** Serialized body of a webhook, with its signature headers. */
export interface SignedBody {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

const hmac = (secret: string, message: string) =>
  createHmac('sha256', Buffer.from(secret, 'utf8')).update(message, 'utf8').digest('hex')

/** Formats a value as Python's `str()` does: the vendor builds the message of `X-Signature-Simple` with it. */
function pythonText(value: Json | undefined): string {
  if (value === undefined) return ''
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? value : writeJson(value)
}

/**
 * Serializes and signs a webhook.
 *
 * @param payload - The event, with its keys in any order.
 * @param secret - Used as text. Didit's secrets look like base64 but are not decoded.
 * @returns The exact body to send, with the three signatures and `X-Timestamp`.
 */
export function signWebhook(payload: Json, secret: string): SignedBody {
  const body = writeJson(payload, { sortKeys: true, ascii: true })
  const field = (name: string) => (isObject(payload) ? payload[name] : undefined)
  const simple = ['timestamp', 'session_id', 'status', 'webhook_type'].map((name) => pythonText(field(name))).join(':')
  const timestamp = field('timestamp') ?? field('created_at')
  return {
    body,
    headers: {
      'Content-Type': 'application/json',
      'X-Signature': hmac(secret, body),
      'X-Signature-V2': hmac(secret, writeJson(payload, { sortKeys: true })),
      'X-Signature-Simple': hmac(secret, simple),
      'X-Timestamp': pythonText(timestamp),
    },
  }
}
