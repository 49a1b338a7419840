import { ConfigError } from '@didit-verify/core/schemas'
import type { Context, Hono } from 'hono'
import type { Clock } from '../runtime/clock.ts'
import type { FaultBox } from '../runtime/faults.ts'
import { addressOf } from '../runtime/loopback.ts'
import type { Application } from '../sessions/workflows.ts'
import { json } from './responses.ts'

/**
 * Rate limits per key, in windows of a minute that begin with the first call.
 *
 * @see Didit docs, "Rate limiting": https://docs.didit.me/integration/rate-limiting
 */

/** Rate limits, in calls per minute and key unless stated otherwise. */
export interface RateLimits {
  /** Creations of Sessions. They do not count as other writes. Default 600. */
  readonly create: number
  /** GET and HEAD requests. Default 600. */
  readonly read: number
  /** All other requests together. Default 300. */
  readonly write: number
  /** PDF reports. They also count as reads. Default 50. */
  readonly pdf: number
  /** New Sessions of a sandbox application per 24 hours. Default 500. */
  readonly sandboxPerDay: number
}

/** The limits that Didit documents. */
const documentedLimits: RateLimits = { create: 600, read: 600, write: 300, pdf: 50, sandboxPerDay: 500 }

type Bucket = 'create' | 'read' | 'write' | 'pdf'

/** Changes to the documented limits, or false for no limits. */
export type RateLimitOption = Partial<RateLimits> | false

interface Window {
  readonly endsAt: number
  used: number
}

const minuteMs = 60_000
const dayMs = 24 * 60 * 60 * 1000
const wordings: Readonly<Record<Bucket, string>> = {
  create: 'Session creation limit',
  read: 'GET limit',
  write: 'Write limit',
  pdf: 'PDF limit',
}

function bucketsOf(context: Context): readonly Bucket[] {
  const { method, path } = context.req
  if (method === 'GET' || method === 'HEAD') return path.endsWith('/generate-pdf/') ? ['pdf', 'read'] : ['read']
  return [method === 'POST' && path === '/v3/session/' ? 'create' : 'write']
}

/** Rate limiter of one emulator. */
export interface RateLimiter {
  /** Counts every request below `/v3`, refuses excess ones with 429, and adds the headers to all responses. */
  mount(api: Hono): void
  /** Counts a new Session of a sandbox. Returns an error response when the daily quota is used up. */
  takeSandboxSession(application: Application): Response | undefined
  reset(): void
}

/**
 * Creates the rate limiter.
 *
 * @throws {ConfigError} For an unknown limit, or one that is not a positive integer.
 */
export function createRateLimiter(
  option: RateLimitOption,
  { clock, faults }: { readonly clock: Clock; readonly faults: FaultBox },
): RateLimiter {
  for (const [name, limit] of Object.entries(option || {})) {
    if (!Object.hasOwn(documentedLimits, name) || (limit !== undefined && (!Number.isInteger(limit) || limit < 1))) {
      throw new ConfigError(`rateLimits.${name} of the emulator is not a valid limit.`, {
        help: `Give whole numbers above zero for ${Object.keys(documentedLimits).join(', ')}, or false.`,
      })
    }
  }
  const windows = new Map<string, Window>()
  const days = new Map<Application, Window>()
  let sweepAt = 0

  function limits(): RateLimits | null {
    const changed = faults.current().rateLimits ?? option
    if (changed === false) return null
    const given = Object.entries({ ...(option || {}), ...changed }).filter(([, limit]) => limit !== undefined)
    return { ...documentedLimits, ...Object.fromEntries(given) }
  }

  function windowOf(name: string): Window {
    const now = clock.now()
    if (now >= sweepAt) {
      // Unknown keys are counted too, so windows that have ended are removed to bound the memory.
      for (const [known, { endsAt }] of windows) if (endsAt <= now) windows.delete(known)
      sweepAt = now + minuteMs
    }
    const known = windows.get(name)
    if (known && known.endsAt > now) return known
    const fresh = { endsAt: now + minuteMs, used: 0 }
    windows.set(name, fresh)
    return fresh
  }

  const secondsTo = (endsAt: number) => Math.max(1, Math.ceil((endsAt - clock.now()) / 1000))
  const headersOf = (limit: number, { used, endsAt }: Window): Record<string, string> => ({
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(Math.max(0, limit - used)),
    'X-RateLimit-Reset': String(Math.ceil(endsAt / 1000)),
  })

  return {
    mount(api) {
      api.use('/v3/*', async (context, next) => {
        const inForce = limits()
        if (inForce === null) return next()
        const bearer = context.req.header('authorization')
        const caller = context.req.header('x-api-key') ?? bearer ?? `address ${addressOf(context)}`
        const counted = bucketsOf(context).map((bucket) => ({ bucket, window: windowOf(`${bucket} ${caller}`) }))
        const spent = counted.find(({ bucket, window }) => window.used >= inForce[bucket])
        if (spent) {
          const limit = inForce[spent.bucket]
          return json(
            429,
            { detail: `${wordings[spent.bucket]}: ${limit} per minute.` },
            { 'Retry-After': String(secondsTo(spent.window.endsAt)), ...headersOf(limit, spent.window) },
          )
        }
        for (const { window } of counted) window.used += 1
        await next()
        // A 429 from an inner handler has its own headers, or deliberately none.
        if (context.res.status === 429) return
        const [{ bucket, window }] = counted as [(typeof counted)[number]]
        for (const [name, value] of Object.entries(headersOf(inForce[bucket], window))) context.header(name, value)
      })
    },
    takeSandboxSession(application) {
      const inForce = limits()
      if (inForce === null) return undefined
      const now = clock.now()
      const known = days.get(application)
      const day = known && known.endsAt > now ? known : { endsAt: now + dayMs, used: 0 }
      days.set(application, day)
      if (day.used < inForce.sandboxPerDay) {
        day.used += 1
        return undefined
      }
      const seconds = secondsTo(day.endsAt)
      const detail = `Sandbox quota of ${inForce.sandboxPerDay} sessions per 24 h used up; available in ${seconds} s.`
      return json(429, { detail }, { 'Retry-After': String(seconds) })
    },
    reset() {
      windows.clear()
      days.clear()
      sweepAt = 0
    },
  }
}
