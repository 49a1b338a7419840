import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '@didit-verify/core/schemas'
import { isLoopback } from '../http/loopback.ts'
import { type BlocklistApi, createBlocklistApi } from './blocklist-calls.ts'
import { type BudgetOptions, createBudgets } from './budgets.ts'
import type { RequestNote, ResponseNote } from './call-options.ts'
import type { Transport } from './request.ts'
import { createSessionCalls, createSessionsApi, type SessionCalls, type SessionsApi } from './session-calls.ts'
import { createStandaloneApi, type StandaloneApi } from './standalone-calls.ts'

/** What `createDiditApi` needs to know. */
export interface DiditApiOptions {
  /** The application's key. It leaves this process only as the header `x-api-key`. */
  readonly apiKey: string
  /** Default `https://verification.didit.me`. Plain http is accepted on loopback only. */
  readonly baseUrl?: string | undefined
  /** How long one try may take, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number | undefined
  /** The same for calls on which Didit works for a while: reports, and checks but the phone's. Default 60 000. */
  readonly slowTimeoutMs?: number | undefined
  /** How many calls of each kind may go out in a minute. The rest waits. Default: what Didit admits a key. */
  readonly budgets?: BudgetOptions | undefined
  /**
   * How long a call may wait for its turns, in milliseconds. One that foresees a longer wait fails at once, with
   * `didit-rate-limited` and the seconds to wait. Default 300 000.
   */
  readonly longestWaitMs?: number | undefined
  /** Is told of each request before it is sent, for a log. */
  readonly onRequest?: ((note: RequestNote) => void) | undefined
  /** Is told how each request ended, once its answer was read or it has failed. */
  readonly onResponse?: ((note: ResponseNote) => void) | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Waits for a turn and between tries. Default: a timer. */
  readonly sleep?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined
  /** Spreads the tries, a number in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** Didit's API for an application. Bodies keep Didit's own field names. */
export interface DiditApi extends StandaloneApi {
  readonly sessions: SessionsApi
  readonly blocklist: BlocklistApi
}

/** The same calls, each with the moment of its answer: what the server needs to put it in order with webhooks. */
export interface DiditCalls {
  readonly sessions: SessionCalls
}

/** Both over the same budgets. */
export interface DiditClient {
  readonly api: DiditApi
  readonly calls: DiditCalls
}

/**
 * Creates a client of Didit's API, for the server side only.
 *
 * - **Checked first.** What cannot be right is refused with `request-invalid`, an issue for each field, and nothing is sent.
 * - **Sent again** after a fault only where that is safe: reads, deletes, creations with `vendor_data`, approvals, declines
 *   and shares, up to three times, with a growing and spread pause.
 * - **Budgets.** Didit admits a number of calls a minute. What is beyond waits for its turn, first come first served, and for
 *   as long as Didit's own headers say. One client for each key knows best; several share by those headers.
 * - Redirects are never followed, since they could carry the key elsewhere.
 *
 * Only a call under way or in the queue keeps the process alive.
 *
 * @throws {ConfigError} The key is empty, the base URL is neither https nor loopback, or a number is none that is possible.
 */
export function createDiditApi(options: DiditApiOptions): DiditApi {
  return createDiditClient(options).api
}

/** Creates the calls behind `createDiditApi`. */
export function createDiditCalls(options: DiditApiOptions): DiditCalls {
  return createDiditClient(options).calls
}

/** Creates both. */
export function createDiditClient(options: DiditApiOptions): DiditClient {
  const world = {
    now: options.now ?? Date.now,
    sleep: options.sleep ?? ((ms, signal) => sleep(ms, undefined, { signal })),
    random: options.random ?? Math.random,
  } satisfies Partial<Transport>
  const transport: Transport = {
    apiKey: checkApiKey(options.apiKey),
    baseUrl: checkBaseUrl(options.baseUrl ?? 'https://verification.didit.me'),
    timeoutMs: checkMs(options.timeoutMs ?? 10_000, 'timeoutMs'),
    slowTimeoutMs: checkMs(options.slowTimeoutMs ?? 60_000, 'slowTimeoutMs'),
    longestWaitMs: checkMs(options.longestWaitMs ?? 300_000, 'longestWaitMs', 0),
    budgets: createBudgets(options.budgets ?? {}, world),
    onRequest: options.onRequest,
    onResponse: options.onResponse,
    fetch: options.fetch ?? globalThis.fetch,
    ...world,
  }
  const sessions = createSessionCalls(transport)
  return {
    calls: { sessions },
    api: {
      sessions: createSessionsApi(transport, sessions),
      blocklist: createBlocklistApi(transport),
      ...createStandaloneApi(transport),
    },
  }
}

function checkApiKey(apiKey: string): string {
  // Checked for odd characters too: fetch would quote the whole key in its complaint about the header.
  if (typeof apiKey === 'string' && /^[\x21-\x7e]+$/.test(apiKey)) return apiKey
  throw new ConfigError('The API key of Didit is missing or holds a character that no header can carry.', {
    help: 'Set DIDIT_API_KEY to the key from the console, without quotes, blanks or a line break.',
  })
}

function checkBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) {
    return url.href.replace(/\/+$/, '')
  }
  throw new ConfigError('The base URL of Didit is not usable: the key would travel unprotected.', {
    help: 'Use https://, or http:// on localhost for the emulator; no user, query or fragment.',
  })
}

function checkMs(ms: number, name: string, least = 1): number {
  // The range of a timer: beyond it, one fires at once.
  if (Number.isInteger(ms) && ms >= least && ms < 2 ** 31) return ms
  throw new ConfigError(`The option ${name} of calls to Didit is no number of milliseconds.`, {
    help: `Set ${name} to a whole number from ${least} on, such as 10000.`,
  })
}
