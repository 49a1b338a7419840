import { createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalize } from './canonical-json.ts'

/**
 * The three signatures of a delivery, each HMAC-SHA256 in lower-case hex, keyed with the secret as text.
 *
 * `X-Signature` covers the bytes of the body, `X-Signature-V2` its canonical form (proxies may re-encode JSON),
 * `X-Signature-Simple` only four fields: the other fields of such a delivery may have been changed on the way.
 *
 * @see Didit docs, "Webhooks", verifying signatures: https://docs.didit.me/integration/webhooks
 */

/** The authentic part of a delivery: all of it, or the four fields of the Simple signature. */
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
 * Checks the two signatures that need the body to be read as JSON. Returns null if no secret fits either of them.
 *
 * Call `matchesRaw` first: it is far cheaper.
 *
 * @throws {RangeError} The body nests too deep for the canonical form.
 */
export function checkCostlySignatures(delivery: Delivery): Trust | null {
  if (matchesV2(delivery)) return 'body'
  return matchesSimple(delivery) ? 'envelope' : null
}

/** Returns true if the headers contain a signature that only `checkCostlySignatures` can check. */
export function claimsCostlySignature(headers: HeaderReader): boolean {
  return ['x-signature-v2', 'x-signature-simple'].some((name) => isDigest(headers.get(name)))
}

/** Returns true if `X-Signature` fits the bytes. */
export function matchesRaw({ body, headers, secrets }: Delivery): boolean {
  return matches(headers.get('x-signature'), secrets, () => body)
}

/**
 * Returns true if `X-Signature-V2` fits the canonical form; false for a body that is not JSON.
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

/** Returns true if `X-Signature-Simple` fits the four fields; false for a body that is not a JSON object. */
export function matchesSimple({ text, headers, secrets }: Delivery): boolean {
  return matches(headers.get('x-signature-simple'), secrets, () => (text === null ? null : simpleMessage(text)))
}

/** The fields that `X-Signature-Simple` covers, in its order. */
export const simpleFields = ['timestamp', 'session_id', 'status', 'webhook_type'] as const

/** Returns the text that `X-Signature-Simple` covers, or null if the body has no such fields. */
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

/** Prints a value as Python's `str()` does, which the sender uses. Returns null for lists and objects, never seen here. */
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
  // A malformed header cannot fit, so nothing is computed for it.
  if (!isDigest(header)) return false
  const signed = message()
  if (signed === null) return false
  const claimed = Buffer.from(header, 'hex')
  return secrets.some((secret) => timingSafeEqual(createHmac('sha256', secret).update(signed).digest(), claimed))
}

const isDigest = (header: string | null): header is string => header !== null && /^[0-9a-f]{64}$/.test(header)
