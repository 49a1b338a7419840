import { createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalize } from './canonical-json.ts'

/**
 * The three signatures of a delivery, each HMAC-SHA256 in lower-case hex, keyed with the secret as text.
 *
 * `X-Signature` covers the bytes of the body, `X-Signature-V2` its canonical form (proxies may re-encode JSON),
 * `X-Signature-Simple` four fields only: whoever passes on a Simple signature may have changed all the rest.
 *
 * @see Didit docs, "Webhooks", verifying signatures: https://docs.didit.me/integration/webhooks
 */

/** How much of a delivery is authentic: all of it, or the four fields of the Simple signature. */
export type Trust = 'body' | 'envelope'

/** The headers of a delivery: a `Headers` object, or anything that reads one header by its lower-case name. */
export type HeaderReader = Pick<Headers, 'get'>

/** A delivery as it arrived. */
export interface Delivery {
  /** The bytes as received. */
  readonly body: Uint8Array
  /** The same as text; null when the bytes are not UTF-8. */
  readonly text: string | null
  readonly headers: HeaderReader
  /** The current secret first, then any being rotated out. */
  readonly secrets: readonly string[]
}

/**
 * Returns what the two signatures vouch for that need the body to be read as JSON, or null when no secret fits either.
 *
 * Ask `matchesRaw` first: it costs next to nothing.
 *
 * @throws {RangeError} The body nests too deep to be put into canonical form.
 */
export function checkCostlySignatures(delivery: Delivery): Trust | null {
  if (matchesV2(delivery)) return 'body'
  return matchesSimple(delivery) ? 'envelope' : null
}

/** True when a signature is claimed that only `checkCostlySignatures` can check. */
export function claimsCostlySignature(headers: HeaderReader): boolean {
  return ['x-signature-v2', 'x-signature-simple'].some((name) => isDigest(headers.get(name)))
}

/** True when `X-Signature` fits the bytes. */
export function matchesRaw({ body, headers, secrets }: Delivery): boolean {
  return matches(headers.get('x-signature'), secrets, () => body)
}

/**
 * True when `X-Signature-V2` fits the canonical form; false for a body that is not JSON.
 *
 * @throws {RangeError} The body nests too deep.
 */
export function matchesV2({ text, headers, secrets }: Delivery): boolean {
  return matches(headers.get('x-signature-v2'), secrets, () => {
    if (text === null) return null
    try {
      return canonicalize(text)
    } catch (error) {
      if (error instanceof SyntaxError) return null
      throw error
    }
  })
}

/** True when `X-Signature-Simple` fits the four fields; false for a body that is no JSON object. */
export function matchesSimple({ text, headers, secrets }: Delivery): boolean {
  return matches(headers.get('x-signature-simple'), secrets, () => (text === null ? null : simpleMessage(text)))
}

/** The fields that `X-Signature-Simple` covers, in its order. */
export const simpleFields = ['timestamp', 'session_id', 'status', 'webhook_type'] as const

/** The text that `X-Signature-Simple` covers; null when the body has none. */
export function simpleMessage(text: string): string | null {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const parts = simpleFields.map((field) => (Object.hasOwn(body, field) ? printScalar(Reflect.get(body, field)) : ''))
  return parts.includes(null) ? null : parts.join(':')
}

/** A value as Python's `str()` prints it, which is what the sender uses; null for lists and objects, never seen here. */
function printScalar(value: unknown): string | null {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'object' ? null : String(value)
}

function matches(
  header: string | null,
  secrets: readonly string[],
  message: () => string | Uint8Array | null,
): boolean {
  // A malformed header fits nothing, and is refused before anything is computed.
  if (!isDigest(header)) return false
  const signed = message()
  if (signed === null) return false
  const claimed = Buffer.from(header, 'hex')
  return secrets.some((secret) => timingSafeEqual(createHmac('sha256', secret).update(signed).digest(), claimed))
}

const isDigest = (header: string | null): header is string => header !== null && /^[0-9a-f]{64}$/.test(header)
