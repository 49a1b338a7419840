import { setTimeout as sleep } from 'node:timers/promises'
import {
  ConfigError,
  type CreatedSession,
  type CreateSessionRequest,
  createdSessionSchema,
  type Decision,
  type DeleteSessionRequest,
  decisionSchema,
  deletedSessionSchema,
  RequestError,
} from '@didit-verify/core/schemas'
import * as z from 'zod/mini'
import { isGuid } from '../guid.ts'
import { isLoopback } from '../loopback.ts'
import type { BlocklistApi } from './blocklist-calls.ts'
import type { CallOptions } from './call-options.ts'
import { type Answer, request, type Transport } from './request.ts'
import type { DeletedSession, SessionsApi } from './session-calls.ts'
import type { StandaloneApi } from './standalone-calls.ts'

// An answer without a body is as good as one that says what went with the Session.
const deleteAnswerSchema = z.nullable(deletedSessionSchema)

/** What `createDiditApi` needs to know. */
export interface DiditApiOptions {
  /** The application's key. It leaves this process only as the header `x-api-key`. */
  readonly apiKey: string
  /** Default `https://verification.didit.me`. Plain http is accepted on loopback only. */
  readonly baseUrl?: string | undefined
  /** How long one try may take, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Waits between tries. Default: a timer. */
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
  readonly sessions: {
    create(body: CreateSessionRequest, options?: CallOptions): Promise<Answer<CreatedSession>>
    retrieveDecision(sessionId: string, options?: CallOptions): Promise<Answer<Decision>>
    delete(sessionId: string, body?: DeleteSessionRequest, options?: CallOptions): Promise<Answer<DeletedSession>>
  }
}

/**
 * Creates a client of Didit's API, for the server side only.
 *
 * Reads and deletes are tried up to three times, with a growing and spread pause, and `Retry-After` is obeyed where it is short.
 * Redirects are never followed, since they could carry the key elsewhere.
 *
 * @throws {ConfigError} The key is empty, the base URL is neither https nor loopback, or the timeout is no timeout.
 */
export function createDiditApi(options: DiditApiOptions): {
  readonly sessions: Pick<SessionsApi, 'create' | 'retrieveDecision' | 'delete'>
} {
  const { sessions } = createDiditCalls(options)
  return {
    sessions: {
      create: async (body, callOptions) => (await sessions.create(body, callOptions)).data,
      retrieveDecision: async (sessionId, callOptions) =>
        (await sessions.retrieveDecision(sessionId, callOptions)).data,
      delete: async (sessionId, body, callOptions) => (await sessions.delete(sessionId, body, callOptions)).data,
    },
  }
}

/** Creates the calls behind `createDiditApi`. */
export function createDiditCalls(options: DiditApiOptions): DiditCalls {
  const transport: Transport = {
    apiKey: checkApiKey(options.apiKey),
    baseUrl: checkBaseUrl(options.baseUrl ?? 'https://verification.didit.me'),
    timeoutMs: checkTimeout(options.timeoutMs ?? 10_000),
    fetch: options.fetch ?? globalThis.fetch,
    now: options.now ?? Date.now,
    sleep: options.sleep ?? ((ms, signal) => sleep(ms, undefined, { signal })),
    random: options.random ?? Math.random,
  }
  return {
    sessions: {
      create: async (body, { signal } = {}) => {
        checkGuid(body.workflow_id, 'workflow_id')
        const repeatable = body.vendor_data !== undefined && body.vendor_data !== ''
        return request(transport, {
          method: 'POST',
          path: '/v3/session/',
          body,
          schema: createdSessionSchema,
          repeatable,
          signal,
        })
      },
      retrieveDecision: async (sessionId, { signal } = {}) =>
        request(transport, {
          method: 'GET',
          path: `/v3/session/${checkGuid(sessionId, 'sessionId')}/decision/`,
          schema: decisionSchema,
          repeatable: true,
          signal,
        }),
      delete: async (sessionId, body, { signal } = {}) => {
        const id = checkGuid(sessionId, 'sessionId')
        const { data, meta } = await request(transport, {
          method: 'DELETE',
          path: `/v3/session/${id}/delete/`,
          body,
          schema: deleteAnswerSchema,
          repeatable: true,
          signal,
        })
        return { data: toDeleted(id, data), meta }
      },
    },
  }
}

/** One form for both of Didit's answers. What a newer one adds is kept. */
function toDeleted(sessionId: string, answer: z.infer<typeof deleteAnswerSchema>): DeletedSession {
  return {
    ...answer,
    session_id: answer?.session_id ?? sessionId,
    session_number: answer?.session_number ?? null,
    face_retention_outcome: answer?.face_retention_outcome ?? null,
    biometric_template_uuid: answer?.biometric_template_uuid ?? null,
    biometric_template_expires_at: answer?.biometric_template_expires_at ?? null,
    deleted_child_verifications: answer?.deleted_child_verifications ?? null,
  }
}

/** Returns the id in lower case: Didit answers a page of HTML for a malformed id, and for capitals in some places. */
function checkGuid(id: string, path: string): string {
  if (isGuid(id)) return id.toLowerCase()
  throw new RequestError('request-invalid', `The ${path} is malformed, so Didit was not asked.`, {
    status: 0,
    issues: [{ path, message: 'Expected 32 hex digits as 8-4-4-4-12.' }],
  })
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

function checkTimeout(timeoutMs: number): number {
  // The range of a timer: beyond it, one fires at once.
  if (Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs < 2 ** 31) return timeoutMs
  throw new ConfigError('The timeout of calls to Didit is no number of milliseconds.', {
    help: 'Set timeoutMs to a whole number above 0, such as 10000.',
  })
}
