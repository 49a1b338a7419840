import type { Context } from 'hono'
import type { Blocklist } from '../decision/blocklist.ts'
import type { Clock } from '../runtime/clock.ts'
import type { FaultBox } from '../runtime/faults.ts'
import type { Identity } from '../runtime/identity.ts'
import { type Json, readJson, writeJson } from '../runtime/json.ts'
import type { Logger } from '../runtime/logger.ts'
import type { RequestOrigin } from '../runtime/loopback.ts'
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

/** Which of the vendor's contradictory behaviours is shown: it changes its API in place. */
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

/** What the vendor says to a caller without a key: the wording depends on the endpoint. */
export const notPermitted = 'You do not have permission to perform this action.'
export const notAuthenticated = 'Authentication credentials were not provided or are invalid.'

/** An answer in JSON, numbers written as the vendor does. */
export const json = (status: number, value: Json, headers: Record<string, string> = {}) =>
  new Response(writeJson(value), { status, headers: { 'Content-Type': 'application/json', ...headers } })

/** What the vendor's router says to an id it cannot read: a page, where everything else is JSON. */
export const htmlNotFound = () =>
  new Response(
    '<!doctype html><html lang="en"><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>',
    {
      status: 404,
      headers: { 'Content-Type': 'text/html; charset=utf-8' },
    },
  )

/** Every path of the vendor ends with a slash; without it the answer sends there. */
export const addSlash = (context: Context) => {
  const { pathname, search } = new URL(context.req.url)
  return new Response(null, { status: 301, headers: { Location: `${pathname}/${search}` } })
}

export const wrongMethod = (context: Context) => json(405, { detail: `Method "${context.req.method}" not allowed.` })

const maxBodyBytes = 8 * 1024 * 1024

/** Reads a body of JSON; the refusal when it is something else, or too large. */
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

/** Where a request came from; inside a process, from the process itself. */
export const addressOf = (context: Context): string =>
  (context.env as RequestOrigin | undefined)?.incoming?.socket?.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1'

/** How an endpoint words its refusals, and what it asks of a key. */
export interface Needs {
  readonly wording: string
  readonly sessions?: Right
  readonly workflows?: Right
  /** Answers 401 to a caller without a key, and to a wrong key, in every generation. */
  readonly says401?: boolean
}

/** What every group of routes below `/v3` works with. */
export interface ApiContext extends ApiOptions {
  /** What the caller may see and do, or the refusal to answer with. */
  admit(context: Context, needs: Needs): Access | Response
  /** The Session that the path names, and the caller who may see it, or the refusal: the key is looked at first. */
  admitToSession(
    context: Context,
    needs: Needs,
  ): { readonly session: StoredSession; readonly access: Access } | Response
  /** The caller's application, or the refusal: reading asks for the right to read Sessions, the rest to write them. */
  authorize(context: Context, wording: string): Application | Response
  /** Spends the API fault in force: waits as long as it says, and returns what it answers instead. */
  failOrWait(): Promise<Response | undefined>
}

/** Binds what the groups of routes share. */
export function createApiContext(options: ApiOptions): ApiContext {
  const { applications, scopedKeys, clock, faults, generation } = options
  const findKey = createKeys(applications, scopedKeys)

  function admit(context: Context, needs: Needs): Access | Response {
    const { wording, sessions = 'none', workflows = 'none', says401 = false } = needs
    const key = context.req.header('x-api-key')
    if (key === undefined || key === '') return json(says401 ? 401 : 403, { detail: wording })
    const access = findKey(key, addressOf(context), clock.now())
    if (access === 'unknown') {
      const is401 = says401 || generation === 'late-2026'
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
