import { ConfigError } from '@didit-verify/core/schemas'
import { isLoopback } from '../http/loopback.ts'
import { secretProblem } from '../secrets.ts'
import { type BlocklistApi, createBlocklistApi } from './blocklist-calls.ts'
import { type BudgetOptions, createBudgets } from './budgets.ts'
import type { RequestNote, ResponseNote } from './call-options.ts'
import type { Transport } from './request.ts'
import { createSessionCalls, createSessionsApi, type SessionCalls, type SessionsApi } from './session-calls.ts'
import { sleep } from './sleep.ts'
import { createStandaloneApi, type StandaloneApi } from './standalone-calls.ts'

/** Options of `createDiditApi`. */
export interface DiditApiOptions {
  /** The application's key. It leaves this process only as the header `x-api-key`. */
  readonly apiKey: string
  /** Default `https://verification.didit.me`. Plain http is accepted on loopback only. */
  readonly baseUrl?: string | undefined
  /** Timeout of one attempt, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number | undefined
  /** Timeout of one attempt for slow calls: reports, and all standalone checks except phone checks. Default 60 000. */
  readonly slowTimeoutMs?: number | undefined
  /** How many calls of each kind may be sent in a minute. Further calls wait. Default: Didit's limits for one key. */
  readonly budgets?: BudgetOptions | undefined
  /**
   * How long a call may wait for its turn, in milliseconds. When the wait would be longer, the call fails at once with
   * `didit-rate-limited` and the number of seconds to wait. Default 300 000.
   */
  readonly longestWaitMs?: number | undefined
  /** Called before each request is sent, for logging. */
  readonly onRequest?: ((note: RequestNote) => void) | undefined
  /** Called after each request, when its answer was read or it has failed. */
  readonly onResponse?: ((note: ResponseNote) => void) | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Waits for a turn and between attempts. Default: a timer. */
  readonly sleep?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined
  /** Returns a number in [0, 1). It varies the pauses between attempts. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** Client of Didit's API. Bodies keep Didit's own field names. */
export interface DiditApi extends StandaloneApi {
  readonly sessions: SessionsApi
  readonly blocklist: BlocklistApi
}

/** The calls that return the time of the answer too: the server needs it to put answers and webhooks in order. */
export interface DiditCalls {
  readonly sessions: SessionCalls
}

/** One client of Didit's API in both forms. They share their budgets. */
export interface ApiClient {
  readonly api: DiditApi
  readonly calls: DiditCalls
}

/**
 * Creates a client of Didit's API, for the server side only.
 *
 * - **Validation.** An invalid argument fails with `request-invalid` and an issue for each field. Nothing is sent.
 * - **Retries.** A call is retried after a failure only when that is safe: reads, deletes, creations with `vendor_data`,
 *   approvals, declines and shares. There are at most three attempts, with growing pauses that vary at random.
 * - **Budgets.** Didit limits the calls of a key in a minute. Calls above the limit wait in a queue, first come first
 *   served, and follow Didit's rate-limit headers. Use one client for each key: several clients know of each other only
 *   through these headers.
 * - **Redirects** are never followed, since they could send the key to another host.
 *
 * Only a call that is in progress or in the queue keeps the process alive.
 *
 * @example
 * ```ts
 * import { createDiditApi } from '@didit-verify/server'
 *
 * const api = createDiditApi({ apiKey: process.env.DIDIT_API_KEY ?? '' })
 * for await (const session of api.sessions.list({ status: 'In Review' })) {
 *   const decision = await api.sessions.retrieveDecision(session.session_id)
 *   console.log(decision.status, decision.vendor_data)
 * }
 * ```
 *
 * @throws {ConfigError} The key is empty, the base URL is neither https nor loopback, or a number is out of range.
 */
export function createDiditApi(options: DiditApiOptions): DiditApi {
  return createApiClient(options).api
}

/** Creates the client of one key. `createDiditApi` returns its public form. */
export function createApiClient(options: DiditApiOptions): ApiClient {
  const world = {
    now: options.now ?? Date.now,
    sleep: options.sleep ?? sleep,
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
  // Invalid characters are refused here, since fetch would quote the whole key in its error message.
  if (typeof apiKey === 'string' && /^[\x21-\x7e]+$/.test(apiKey) && secretProblem(apiKey) === null) return apiKey
  throw new ConfigError('The API key of Didit is missing or contains a character that is not allowed in a header.', {
    help: 'Set DIDIT_API_KEY to the key from the console, without quotes, spaces or a line break.',
  })
}

function checkBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) {
    return url.href.replace(/\/+$/, '')
  }
  throw new ConfigError('The base URL of Didit is not allowed: the key would be sent unencrypted.', {
    help: 'Use https://, or http:// on localhost for the emulator, without user, query or fragment.',
  })
}

function checkMs(ms: number, name: string, least = 1): number {
  // A timer with a longer delay would fire at once.
  if (Number.isInteger(ms) && ms >= least && ms < 2 ** 31) return ms
  throw new ConfigError(`The option ${name} for calls to Didit is not a valid number of milliseconds.`, {
    help: `Set ${name} to a whole number of at least ${least}, such as 10000.`,
  })
}
