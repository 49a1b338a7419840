import type { Context } from 'hono'
import type { Blocklist } from '../decision/blocklist.ts'
import type { Clock } from '../runtime/clock.ts'
import type { FaultBox } from '../runtime/faults.ts'
import type { Identity } from '../runtime/identity.ts'
import { type Json, readJson } from '../runtime/json.ts'
import type { Logger } from '../runtime/logger.ts'
import { addressOf } from '../runtime/loopback.ts'
import { readUpTo } from '../runtime/read-up-to.ts'
import type { Catalogue } from '../sessions/catalogue.ts'
import { isUuid } from '../sessions/create-request.ts'
import type { Mailbox } from '../sessions/mailbox.ts'
import type { Sessions, StoredSession } from '../sessions/sessions.ts'
import type { Application } from '../sessions/workflows.ts'
import type { WebhookDestinations } from '../webhooks/destinations.ts'
import type { WebhookSender } from '../webhooks/sender.ts'
import { type Access, covers, createKeys, type Right, type ScopedKey } from './keys.ts'
import type { RateLimiter } from './rate-limits.ts'
import { htmlNotFound, json, notAuthenticated, notPermitted } from './responses.ts'

/** The version of the vendor's behaviour to emulate. The vendor changes its API without a new version number. */
export type Generation = '2026-07' | 'late-2026'

export interface ApiOptions {
  readonly applications: readonly Application[]
  readonly scopedKeys: readonly ScopedKey[]
  readonly sessions: Sessions
  /** The Workflows in their latest published versions. */
  readonly catalogue: Catalogue
  readonly blocklist: Blocklist
  readonly mailbox: Mailbox
  readonly rateLimiter: RateLimiter
  readonly sender: WebhookSender
  readonly destinations: WebhookDestinations
  readonly clock: Clock
  readonly identity: Identity
  readonly faults: FaultBox
  readonly logger: Logger
  readonly generation: Generation
  readonly environment: 'live' | 'sandbox'
  /** Base address of the emulator, without a trailing slash. */
  readonly url: string
}

const maxBodyBytes = 8 * 1024 * 1024

/** Reads a JSON body. Returns an error response when it is not JSON or is too large. */
export async function readBody(context: Context): Promise<{ readonly body: Json } | Response> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json') return json(415, { detail: `Unsupported media type "${type}" in request.` })
  const bytes = await readUpTo(context.req.raw.body, maxBodyBytes)
  if (bytes === null) return json(413, { detail: 'Request body too large.' })
  try {
    return { body: readJson(new TextDecoder().decode(bytes)) }
  } catch {
    return json(400, { detail: 'JSON parse error' })
  }
}

/** The rights that an endpoint requires, and its text for callers without them. */
export interface Needs {
  readonly wording: string
  readonly sessions?: Right
  readonly workflows?: Right
  /** Answers 401 to a caller without a key, and to a wrong key, in every generation. */
  readonly always401?: boolean
}

/** Dependencies of every group of routes below `/v3`. */
export interface ApiContext extends ApiOptions {
  /** Returns the rights of the caller, or an error response. */
  admit(context: Context, needs: Needs): Access | Response
  /** Returns the Session in the path and the rights of the caller, or an error response. The key is checked first. */
  admitToSession(
    context: Context,
    needs: Needs,
  ): { readonly session: StoredSession; readonly access: Access } | Response
  /** Returns the caller's application, or an error response. GET needs the right to read Sessions, the rest to write. */
  authorize(context: Context, wording: string): Application | Response
  /** Applies the next injected API fault: waits for its delay, and returns its response if it has one. */
  failOrWait(): Promise<Response | undefined>
}

/** Creates the context that all groups of routes share. */
export function createApiContext(options: ApiOptions): ApiContext {
  const { applications, scopedKeys, clock, faults, generation } = options
  const findKey = createKeys(applications, scopedKeys)

  function admit(context: Context, needs: Needs): Access | Response {
    const { wording, sessions = 'none', workflows = 'none', always401 = false } = needs
    const key = context.req.header('x-api-key')
    if (key === undefined || key === '') return json(always401 ? 401 : 403, { detail: wording })
    const access = findKey(key, addressOf(context), clock.now())
    if (access === 'unknown') {
      const is401 = always401 || generation === 'late-2026'
      return is401 ? json(401, { detail: notAuthenticated }) : json(403, { detail: wording })
    }
    if (access === 'elsewhere') return json(403, { detail: notPermitted })
    const isEnough = covers(access.sessions, sessions) && covers(access.workflows, workflows)
    return isEnough ? access : json(403, { detail: notPermitted })
  }

  return {
    ...options,
    admit,
    admitToSession(context, needs) {
      const id = context.req.param('sessionId') ?? ''
      if (!isUuid(id)) return htmlNotFound()
      const access = admit(context, needs)
      if (access instanceof Response) return access
      const session = options.sessions.byId(id)
      return session && access.sees(session) ? { session, access } : json(404, { detail: 'Not found.' })
    },
    authorize(context, wording) {
      const access = admit(context, { wording, sessions: context.req.method === 'GET' ? 'read' : 'write' })
      return access instanceof Response ? access : access.application
    },
    async failOrWait() {
      const fault = faults.takeApi()
      const { delayMs = 0, status, retryAfterSeconds } = fault ?? {}
      if (delayMs > 0) await clock.wait(delayMs)
      if (status === undefined) return undefined
      if (status !== 429) {
        const detail = status === 503 ? 'Service temporarily unavailable, try again later.' : 'A server error occurred.'
        const retry = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }
        return json(status, { detail }, retry)
      }
      const seconds = retryAfterSeconds ?? 60
      return json(
        429,
        { detail: 'Too many requests: 600 per minute.' },
        {
          'Retry-After': String(seconds),
          'X-RateLimit-Limit': '600',
          'X-RateLimit-Remaining': '0',
          'X-RateLimit-Reset': String(clock.seconds() + seconds),
        },
      )
    },
  }
}
