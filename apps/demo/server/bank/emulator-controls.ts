import type { DiditServer, Storage } from '@didit-verify/server'
import { type Context, Hono } from 'hono'
import * as z from 'zod/mini'
import type { WebhookWatch } from '../webhook-watch.ts'
import type { SignedIn, SignIn } from './sign-in.ts'

/** Actions of the devtools drawer in Didit's place. */
export interface EmulatorControls {
  review(sessionId: string, status: ReviewStatus): void
  break(fault: FaultName): void
  fault(): FaultName
  /** Returns the webhooks that Didit has sent for a Session, with their outcome. */
  deliveries(sessionId: string): readonly { at: number | null; status: string; marks: readonly string[] }[]
}

export interface DevtoolsOptions {
  readonly didit: Pick<DiditServer, 'getStatus'>
  readonly storage: Storage
  readonly signIn: SignIn
  readonly watch: WebhookWatch
  /** Acts in Didit's place; only there when the emulator runs in this process. */
  readonly emulatorControls: EmulatorControls | null
}

/** Creates the routes of the devtools drawer, below `/bank/devtools`. They cover only the signed-in person's own Session. */
export function devtoolsRoutes({ didit, storage, signIn, watch, emulatorControls }: DevtoolsOptions): Hono {
  const app = new Hono()
  const sessions = storage.application('default')
  const refuse = (c: Context) => c.json({ problem: 'unauthenticated' }, 401)
  const sessionOf = async (current: SignedIn) => (await didit.getStatus(current.userId)).sessionId

  app.get('/', async (c) => {
    const current = signIn.read(c.req.raw)
    if (!current) return refuse(c)
    const sessionId = await sessionOf(current)
    const events = sessionId === null ? [] : await sessions.listEvents(sessionId)
    const repeated = sessionId === null ? [] : watch.of(sessionId).filter((it) => it.isDuplicate)
    return c.json({
      stored: [
        ...events.map(({ receivedAt, webhookType, status, late, test, quarantined }) => ({
          at: receivedAt,
          webhookType,
          status,
          marks: [late && 'late', test && 'test', quarantined !== null && 'quarantined'].filter(Boolean),
        })),
        ...repeated.map(({ at, webhookType, status }) => ({ at, webhookType, status, marks: ['duplicate'] })),
      ].sort((one, other) => one.at - other.at),
      sent: emulatorControls && sessionId !== null ? emulatorControls.deliveries(sessionId) : [],
      fault: emulatorControls?.fault() ?? null,
    })
  })

  if (emulatorControls) {
    app.post('/review', async (c) => {
      const current = signIn.read(c.req.raw)
      if (!current) return refuse(c)
      const wish = reviewSchema.safeParse(await c.req.json().catch(() => null))
      const sessionId = await sessionOf(current)
      if (!wish.success || sessionId === null) return c.json({ problem: 'request-invalid' }, 400)
      emulatorControls.review(sessionId, wish.data.status)
      return c.json({})
    })
    app.post('/fault', async (c) => {
      if (!signIn.read(c.req.raw)) return refuse(c)
      const wish = faultSchema.safeParse(await c.req.json().catch(() => null))
      if (!wish.success) return c.json({ problem: 'request-invalid' }, 400)
      emulatorControls.break(wish.data.fault)
      return c.json({})
    })
  }
  return app
}

const reviewSchema = z.strictObject({
  status: z.enum(['Approved', 'Declined', 'In Review', 'Resubmitted', 'Expired', 'Kyc Expired', 'Abandoned']),
})
const faultSchema = z.strictObject({ fault: z.enum(['none', 'lose', 'lie', 'down', 'late', 'twice', 'forged']) })

export type ReviewStatus = z.infer<typeof reviewSchema>['status']
export type FaultName = z.infer<typeof faultSchema>['fault']
