import type { Context } from 'hono'
import type { Clock } from '../clock.ts'
import type { FaultBox } from '../faults.ts'
import type { Identity } from '../identity.ts'
import { type Json, writeJson } from '../json.ts'
import type { Logger } from '../logger.ts'
import type { Sessions } from '../sessions.ts'
import type { WebhookSender } from '../webhook-sender.ts'
import type { Application } from '../workflows.ts'

/** Which of the vendor's contradictory behaviours is shown: it changes its API in place. */
export type Generation = '2026-07' | 'late-2026'

export interface ApiOptions {
  readonly applications: readonly Application[]
  readonly sessions: Sessions
  readonly sender: WebhookSender
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

/** What every group of routes below `/v3` works with. */
export interface ApiContext extends ApiOptions {
  /** The caller's application, or the refusal to answer with. */
  authorize(context: Context, wording: string): Application | Response
  /** Spends the API fault in force: waits as long as it says, and returns what it answers instead. */
  failOrWait(): Promise<Response | undefined>
}

/** Binds what the groups of routes share. */
export function createApiContext(options: ApiOptions): ApiContext {
  const { applications, clock, faults, generation } = options
  return {
    ...options,
    authorize(context, wording) {
      const key = context.req.header('x-api-key')
      if (key === undefined || key === '') return json(403, { detail: wording })
      const application = applications.find(({ apiKey }) => apiKey === key)
      if (application) return application
      return generation === 'late-2026' ? json(401, { detail: notAuthenticated }) : json(403, { detail: wording })
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
