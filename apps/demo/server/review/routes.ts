import { type Context, Hono } from 'hono'
import * as z from 'zod/mini'
import type { SignIn } from '../bank/sign-in.ts'
import type { StaffSignIn } from './sign-in.ts'
import { type BankId, type StaffMember, staff } from './staff.ts'

export interface ReviewOptions {
  readonly staffSignIn: StaffSignIn
  /** The customers' sign-in, to tell a customer that this is no place for them. */
  readonly signIn: SignIn
  /** Didit's ids of the Workflows of each bank, by alias. */
  readonly workflows: Readonly<Record<BankId, Readonly<Record<string, string>>>>
  /** Brings some Sessions of invented people to the desk. */
  readonly fill: () => Promise<number>
}

/** Answer of the desk's own `me` route. */
export interface DeskMe {
  readonly staff: StaffMember | null
  readonly team: readonly StaffMember[]
  /** The customer who is signed in at the bank in this browser. */
  readonly customer: string | null
  /** Didit's ids of the Workflows, by bank and alias. Null for a person who is not on the staff. */
  readonly workflows: Readonly<Record<BankId, Readonly<Record<string, string>>>> | null
}

/** Creates the routes that the desk needs beside the companion server's staff routes, below `/bank/review`. */
export function reviewRoutes({ staffSignIn, signIn, workflows, fill }: ReviewOptions): Hono {
  const app = new Hono()
  const me = (c: Context, member: StaffMember | null): DeskMe => ({
    staff: member,
    team: staff,
    customer: signIn.read(c.req.raw)?.person.name ?? null,
    workflows: member && workflows,
  })

  app.use(async (c, next) => {
    c.header('Cache-Control', 'no-store')
    await next()
  })

  app.get('/me', (c) => c.json(me(c, staffSignIn.read(c.req.raw))))

  app.put('/me', async (c) => {
    const wish = wishSchema.safeParse(await c.req.json().catch(() => null))
    const member = wish.success ? staff.find(({ id }) => id === wish.data.staff) : undefined
    if (!member) return c.json({ problem: 'unknown-person' }, 400)
    c.header('Set-Cookie', staffSignIn.write(member.id))
    return c.json(me(c, member))
  })

  app.delete('/me', (c) => {
    c.header('Set-Cookie', staffSignIn.write(null))
    return c.json(me(c, null))
  })

  app.post('/fill', async (c) => {
    if (!staffSignIn.read(c.req.raw)) {
      return signIn.read(c.req.raw)
        ? c.json({ problem: 'staff-only' }, 403)
        : c.json({ problem: 'unauthenticated' }, 401)
    }
    return c.json({ created: await fill() })
  })

  return app
}

const wishSchema = z.strictObject({ staff: z.string() })
