import { isUnfinished, type KnownSessionStatus, RequestError } from '@didit-verify/core/schemas'
import { type Context, Hono } from 'hono'
import * as z from 'zod/mini'
import type { RateLimiter } from '../api/rate-limits.ts'
import type { Blocklist } from '../decision/blocklist.ts'
import type { Clock } from '../runtime/clock.ts'
import { type FaultBox, type Faults, parseControl, statusSchema } from '../runtime/faults.ts'
import { isFromHere, type RequestOrigin } from '../runtime/loopback.ts'
import type { Catalogue } from '../sessions/catalogue.ts'
import type { Mail, Mailbox } from '../sessions/mailbox.ts'
import type { Sessions, StoredSession } from '../sessions/sessions.ts'
import type { Delivery } from '../webhooks/delivery.ts'
import type { WebhookSender } from '../webhooks/sender.ts'
import type { EventOrder, SentEvent } from './event-control.ts'

/** Session in the list of the controls, in Didit's field names. */
export interface SessionSummary {
  readonly session_id: string
  readonly session_number: number
  readonly status: KnownSessionStatus
  readonly vendor_data: string | null
  readonly workflow_id: string
  readonly url: string
  readonly created_at: string
  readonly expires_at: string
}

/** Controls of an emulator for tests. Each method except `idle` and `watch` is also a route below `/_emulator`. */
export interface EmulatorControl {
  /**
   * Sets the status of a Session and sends the webhook. Any change is allowed; the same status again has no effect. If
   * an item of an unfinished Session is on the blocklist, `Approved` becomes `Declined`.
   *
   * @throws {RequestError} `session-not-found`, or `request-invalid` for an unknown status.
   */
  finish(sessionId: string, status: KnownSessionStatus): SessionSummary
  /** Returns all Sessions, oldest first. */
  sessions(): readonly SessionSummary[]
  /**
   * Replaces the current faults and returns the new ones. `{}` switches all faults off.
   *
   * @throws {RequestError} `request-invalid`, naming the field.
   */
  faults(faults: Faults): Faults
  /** Skips time. Resolves after the retries that became due are made and the Sessions older than a week have expired. */
  clock(skip: { advanceSeconds: number }): Promise<{ now: string }>
  /** Returns all webhooks, oldest first. */
  deliveries(): readonly Delivery[]
  /** Returns all emails that Didit would have sent, oldest first. */
  mails(): readonly Mail[]
  /**
   * Publishes the next version of a Workflow. A creation then no longer returns an unfinished Session of the previous
   * version.
   *
   * @throws {RequestError} `request-invalid` for an unknown Workflow.
   */
  publish(workflowId: string): { readonly workflow_id: string; readonly workflow_version: number }
  /**
   * Sends any of the ten events to its subscribers or to one destination. `test` marks it as a sample.
   *
   * @throws {RequestError} `request-invalid`, naming the field, or `session-not-found`.
   */
  sendEvent(order: EventOrder): SentEvent
  /** Deletes Sessions, deliveries, destinations and faults, and returns to real time. */
  reset(): void
  /** Resolves when no webhook is being sent. Does not wait for retries or for webhooks that `reorder` holds back. */
  idle(): Promise<void>
  /** Calls the listener after each change of a delivery. Returns a function that unsubscribes. */
  watch(listener: () => void): () => void
}

/** Dependencies of `createControl`. */
export interface ControlOptions {
  readonly sessions: Sessions
  readonly catalogue: Catalogue
  readonly blocklist: Blocklist
  readonly mailbox: Mailbox
  readonly rateLimiter: RateLimiter
  readonly sender: WebhookSender
  readonly clock: Clock
  readonly faults: FaultBox
  readonly sendEvent: (order: EventOrder) => SentEvent
}

const finishSchema = z.strictObject({ status: statusSchema })
const clockSchema = z.strictObject({
  advanceSeconds: z
    .number('Expected seconds, from 0 to a year.')
    .check(z.gte(0, 'Time goes forward only.'), z.lte(31_536_000, 'At most a year at a time.')),
})

const summary = (session: StoredSession): SessionSummary => ({
  session_id: session.sessionId,
  session_number: session.sessionNumber,
  status: session.status,
  vendor_data: session.request.vendorData,
  workflow_id: session.workflow.workflowId,
  url: session.url,
  created_at: new Date(session.createdAt).toISOString(),
  expires_at: new Date(session.expiresAt).toISOString(),
})

/** Creates the controls of one emulator. */
export function createControl(options: ControlOptions): EmulatorControl {
  const { sessions, catalogue, mailbox, sender, clock, faults, sendEvent } = options
  return {
    finish(sessionId, wanted) {
      const { status } = parseControl(finishSchema, { status: wanted })
      const session = sessions.byId(sessionId)
      if (!session) throw new RequestError('session-not-found', 'The emulator has no such Session.', { status: 404 })
      // The flow changes an unfinished Session. Later changes count as changes by a reviewer.
      sessions.changeStatus(session, status, isUnfinished(session.status) ? 'flow' : 'console')
      return summary(session)
    },
    sessions: () => sessions.list().map(summary),
    faults(wanted) {
      const inForce = faults.set(wanted)
      if (!inForce.reorder) sender.release()
      return inForce
    },
    async clock(skip) {
      const { advanceSeconds } = parseControl(clockSchema, skip)
      await clock.advance(advanceSeconds, () => sender.settle())
      return { now: new Date(clock.now()).toISOString() }
    },
    deliveries: () => sender.deliveries(),
    mails: () => mailbox.list(),
    publish(workflowId) {
      const workflow = catalogue.publish(workflowId)
      if (!workflow) {
        const message = 'There is no such Workflow.'
        throw new RequestError('request-invalid', `The emulator cannot do that. workflow_id: ${message}`, {
          status: 404,
          issues: [{ path: 'workflow_id', message }],
        })
      }
      return { workflow_id: workflow.workflowId, workflow_version: workflow.version }
    },
    sendEvent,
    reset() {
      clock.reset()
      sender.reset()
      sessions.reset()
      catalogue.reset()
      options.blocklist.reset()
      mailbox.reset()
      options.rateLimiter.reset()
      faults.set({})
    },
    idle: () => sender.idle(),
    watch: (listener) => sender.subscribe(listener),
  }
}

const answer = (status: number, value: unknown) =>
  new Response(`${JSON.stringify(value, null, 2)}\n`, { status, headers: { 'Content-Type': 'application/json' } })

/** Creates the routes of the controls. They need no key, so they answer only to this machine. */
export function createControlRoutes(control: EmulatorControl): Hono<{ Bindings: RequestOrigin }> {
  const routes = new Hono<{ Bindings: RequestOrigin }>()

  async function body(context: Context): Promise<unknown> {
    const text = await context.req.text()
    try {
      return text.trim() === '' ? {} : JSON.parse(text)
    } catch {
      throw new RequestError('request-invalid', 'The emulator cannot do that. The body is not JSON.', { status: 400 })
    }
  }

  routes.use('/_emulator/*', async (context, next) => {
    if (!isFromHere(context)) return answer(403, { detail: 'The controls are only available from this machine.' })
    return next()
  })

  routes.post('/_emulator/sessions/:sessionId/finish', async (context) => {
    const { status } = parseControl(finishSchema, await body(context))
    return answer(200, control.finish(context.req.param('sessionId'), status))
  })
  routes.get('/_emulator/sessions', () => answer(200, control.sessions()))
  routes.post('/_emulator/faults', async (context) => answer(200, control.faults((await body(context)) as Faults)))
  routes.post('/_emulator/clock', async (context) =>
    answer(200, await control.clock((await body(context)) as { advanceSeconds: number })),
  )
  routes.get('/_emulator/deliveries', () => answer(200, control.deliveries()))
  routes.get('/_emulator/mails', () => answer(200, control.mails()))
  routes.post('/_emulator/workflows/:workflowId/publish', (context) =>
    answer(200, control.publish(context.req.param('workflowId'))),
  )
  routes.post('/_emulator/events', async (context) =>
    answer(200, control.sendEvent((await body(context)) as EventOrder)),
  )
  routes.post('/_emulator/reset', () => {
    control.reset()
    return answer(200, {})
  })
  routes.all('/_emulator/*', () => answer(404, { detail: 'The emulator has no such control.' }))

  routes.onError((error) => {
    if (!(error instanceof RequestError)) throw error
    return answer(error.status, {
      detail: error.message,
      ...(error.issues.length > 0 ? { issues: error.issues } : {}),
    })
  })
  return routes
}
