import { createHash } from 'node:crypto'
import {
  ConfigError,
  type Issue,
  isDiditError,
  type WebhookEvent,
  webhookEventSchema,
} from '@didit-verify/core/schemas'
import { WebhookError } from '../errors.ts'
import { readBody } from '../http/body.ts'
import { secretProblem } from '../secrets.ts'
import { parseIsoTime } from '../vendor-time.ts'
import { canonicalize } from './canonical-json.ts'
import {
  checkCostlySignatures,
  claimsCostlySignature,
  type HeaderReader,
  matchesRaw,
  simpleFields,
  simpleMessage,
  type Trust,
} from './signature.ts'

/**
 * Turns a request into a verdict, but takes no action: `verifyWebhook` throws for some verdicts that the server stores.
 */

/** Greatest body that is read, in bytes. A full Decision with many AML hits stays under half of it. */
export const maxBodyBytes = 1_048_576

const bodyTimeoutMs = 4_000

/** Limits for reading the body of a webhook. */
export interface ReadOptions {
  /** Greatest body, in bytes. Default 1 MiB. */
  readonly maxBytes?: number | undefined
  /** How long the body may take to arrive, in milliseconds. Default 4000: after 5 s Didit itself gives up. */
  readonly timeoutMs?: number | undefined
}

/** Options of checking a delivery. */
export interface CheckOptions {
  /** The current secret first, then any being rotated out. */
  readonly secrets: readonly string[]
  /** Greatest distance of the signed time from now, in seconds, both ways. Default 300. */
  readonly toleranceSeconds?: number | undefined
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Rate limit per sender for signature checks that fail, since checking forged bodies is expensive. Default: unlimited. */
  readonly budget?: { isSpent(): boolean; charge(bytes: number): void } | undefined
}

/** Options of reading and checking a webhook. */
export type ReceiveOptions = ReadOptions & CheckOptions

/** The verdict on a webhook: how far it can be trusted, and its event. */
export type WebhookVerdict =
  /** Signed by Didit and understood. */
  | {
      readonly verdict: 'verified'
      /** `envelope`: only the Simple signature fits, and `event` holds nothing but the four fields that it covers. */
      readonly trust: Trust
      /** False when the signed time is further from now than the tolerance: a replay, or a late delivery. */
      readonly fresh: boolean
      readonly event: WebhookEvent
      /** `created_at` and `timestamp` in vendor seconds, as `eventInterval` takes them; missing if unreadable. */
      readonly times: EventTimes
      /** The same for each delivery of one event: act once per key. */
      readonly key: string
      /** A test delivery from Didit's console. */
      readonly test: boolean
    }
  /** No secret fits any signature. */
  | { readonly verdict: 'forged' }
  /** The body is not a readable event. `key` is set if the body is signed, so that Didit did send it. */
  | { readonly verdict: 'unreadable'; readonly key: string | null; readonly issues: readonly Issue[] }
  /** Not checked, because the sender's budget is used up. The webhook may be genuine, so Didit should send it again. */
  | { readonly verdict: 'over-budget' }

/** The verdict on a body over the limit, which was not read to its end. */
export type TooLarge = { readonly verdict: 'too-large' }

/** The times in an event, in vendor seconds. */
export interface EventTimes {
  readonly created_at?: number | undefined
  readonly timestamp?: number | undefined
}

/**
 * Reads a webhook and returns the verdict on it.
 *
 * @param request - The incoming POST, body unread.
 * @returns The verdict. No content of the body makes the function throw.
 * @throws {ConfigError} No usable secret was given.
 * @throws {WebhookError} `webhook-unreadable` with a 5xx `status`, so that Didit repeats it: the body was consumed
 *   before, the connection broke, or it was too slow.
 */
export async function receiveWebhook(request: Request, options: ReceiveOptions): Promise<WebhookVerdict | TooLarge> {
  checkSecrets(options.secrets)
  const body = await readWebhook(request, options)
  if (body === null) return { verdict: 'too-large' }
  return checkWebhook(body, request.headers, options)
}

/** Checks a delivery whose body has been read already. Synchronous, and needs no `Request`. */
export function checkWebhook(body: Uint8Array, headers: HeaderReader, options: CheckOptions): WebhookVerdict {
  const text = decode(body)
  const delivery = { body, text, headers, secrets: options.secrets }
  let trust: Trust | null = matchesRaw(delivery) ? 'body' : null
  if (trust === null && options.budget?.isSpent()) {
    return { verdict: claimsCostlySignature(headers) ? 'over-budget' : 'forged' }
  }
  try {
    trust ??= checkCostlySignatures(delivery)
    if (trust !== 'body') options.budget?.charge(body.byteLength)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    options.budget?.charge(body.byteLength)
    return { verdict: 'unreadable', key: null, issues: [{ path: '', message: error.message }] }
  }
  const json = text === null ? undefined : parse(text)
  if (text === null || json === undefined) {
    const message = text === null ? 'The body is not UTF-8.' : 'The body is not JSON.'
    return { verdict: 'unreadable', key: trust === null ? null : hash(body), issues: [{ path: '', message }] }
  }
  if (trust === null) return { verdict: 'forged' }

  const parsed = webhookEventSchema.safeParse(trust === 'body' ? json : onlySimpleFields(json))
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    return { verdict: 'unreadable', key: hash(body), issues }
  }
  const event = parsed.data
  const times = { created_at: toSeconds(event.created_at), timestamp: toSeconds(event.timestamp) }
  return {
    verdict: 'verified',
    trust,
    fresh: isFresh(event, times, headers, options),
    event,
    times,
    key: trust === 'body' ? eventKey(event, text, body) : `simple:${hash(simpleMessage(text) ?? '')}`,
    // The header is not signed, so it counts only beside a signature that covers the body.
    test: trust === 'body' && isTest(event, headers),
  }
}

/** Refuses an empty list and empty secrets: with an empty secret anybody could sign. */
function checkSecrets(secrets: readonly string[]): void {
  const isUsable =
    Array.isArray(secrets) && secrets.length > 0 && secrets.every((it) => typeof it === 'string' && it !== '')
  if (!isUsable) {
    throw new ConfigError('The webhook secrets must be a list of strings that are not empty.', {
      help: 'Pass [secret] with the secret_shared_key of your webhook destination; an unset environment variable gives an empty one.',
    })
  }
  for (const secret of secrets) {
    const problem = secretProblem(secret)
    if (problem === null) continue
    throw new ConfigError(`A webhook secret must be ${problem}.`, {
      help: 'Pass the secret_shared_key of your webhook destination, and nothing around it.',
    })
  }
}

/**
 * Reads the body of a webhook within the limits of size and time.
 *
 * @returns The bytes, or null when there are too many.
 * @throws {WebhookError} As `receiveWebhook`.
 */
export async function readWebhook(request: Request, options: ReadOptions = {}): Promise<Uint8Array | null> {
  if (request.bodyUsed) {
    throw new WebhookError('webhook-unreadable', 'The body of the webhook was read before.', {
      status: 500,
      help: 'Verify the webhook before any body parser runs: the signature covers the bytes as they came.',
    })
  }
  try {
    return await readBody(request, {
      maxBytes: options.maxBytes ?? maxBodyBytes,
      timeoutMs: options.timeoutMs ?? bodyTimeoutMs,
    })
  } catch (cause) {
    if (isDiditError(cause)) {
      // 500 rather than 503: the log has to show it, and Didit sends the event again after either.
      const { message, help } = cause
      throw new WebhookError('webhook-unreadable', message, { status: 500, help, cause })
    }
    throw new WebhookError('webhook-unreadable', 'The connection broke, or the webhook took too long to arrive.', {
      status: 503,
      cause,
    })
  }
}

function decode(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return null
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The original error is dropped: its message quotes the body.
    return undefined
  }
}

function onlySimpleFields(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(
    simpleFields.filter((field) => Object.hasOwn(json, field)).map((field) => [field, Reflect.get(json, field)]),
  )
}

function toSeconds(value: number | string | null | undefined): number | undefined {
  const seconds = Math.floor(typeof value === 'string' ? parseSeconds(value) : (value ?? Number.NaN))
  // Only 1970 to 5138. Milliseconds, for example, would lie so far ahead that every later event looked old.
  return seconds >= 0 && seconds < 1e11 ? seconds : undefined
}

function parseSeconds(text: string): number {
  const number = text.trim()
  return /^\d+(\.\d+)?$/.test(number) ? Number(number) : parseIsoTime(number) / 1000
}

function isFresh(event: WebhookEvent, times: EventTimes, headers: HeaderReader, options: CheckOptions): boolean {
  // The signature covers the body. X-Timestamp is not signed, so it counts only for a body without any time, and
  // not for one with an invalid time. Version 1 has no timestamp, so its created_at is checked.
  const hasOwn = [event.timestamp, event.created_at].some((it) => it !== undefined && it !== null)
  const isSentNamed = event.timestamp !== undefined && event.timestamp !== null
  const signedAt = isSentNamed ? times.timestamp : times.created_at
  const sentAt = hasOwn ? signedAt : toSeconds(headers.get('x-timestamp'))
  if (sentAt === undefined) return false
  const now = Math.floor((options.now ?? Date.now)() / 1000)
  return Math.abs(now - sentAt) <= (options.toleranceSeconds ?? 300)
}

function eventKey(event: WebhookEvent, text: string, body: Uint8Array): string {
  if (event.event_id) return event.event_id
  try {
    // A retry may carry a new timestamp, so it is left out.
    return hash(canonicalize(text, { omit: 'timestamp' }))
  } catch {
    return hash(body) // signed, but nested too deep for the canonical form
  }
}

function isTest(event: WebhookEvent, headers: HeaderReader): boolean {
  const { metadata } = event
  const isMarked = typeof metadata === 'object' && metadata !== null && Reflect.get(metadata, 'test_webhook') === true
  return isMarked || headers.get('x-didit-test-webhook') === 'true'
}

const hash = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')
