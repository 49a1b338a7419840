import { createHmac } from 'node:crypto'
import { isObject, type Json, writeJson } from '../runtime/json.ts'

/**
 * Signs as the vendor's service does. Written apart from the server package on purpose: if both shared one
 * canonicaliser, one wrong byte in it would pass every test. `core/fixtures/signature-vectors.json` holds both to account.
 *
 * @see Didit docs, "Webhooks": https://docs.didit.me/integration/webhooks
 */

/** A body as it goes over the wire, and the headers that vouch for it. */
export interface SignedBody {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

const hmac = (secret: string, message: string) =>
  createHmac('sha256', Buffer.from(secret, 'utf8')).update(message, 'utf8').digest('hex')

/** The sender builds the Simple message with Python's `str()`. */
function pythonText(value: Json | undefined): string {
  if (value === undefined) return ''
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? value : writeJson(value)
}

/**
 * Serialises and signs a webhook.
 *
 * @param payload - The event; its keys may be in any order.
 * @param secret - Used as text: Didit's secrets look like base64 and are not decoded.
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
