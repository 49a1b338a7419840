import type { DiditServer } from '@didit-verify/server'
import { type Context, Hono } from 'hono'
import { people } from '../../shared/people.ts'
import { ibanOf } from './account.ts'
import { readDetails } from './details.ts'
import type { BankRecords } from './records.ts'
import type { SignedIn, SignIn } from './sign-in.ts'

export interface BankOptions {
  readonly didit: Pick<DiditServer, 'getStatus'>
  readonly signIn: SignIn
  readonly records: BankRecords
  /** Numbers the accounts. */
  readonly key: string
  /** Deletes all that is known of a user. */
  readonly forget: (userId: string) => Promise<void>
  /** Whether the drawer may drive the emulator. */
  readonly canControlEmulator: boolean
}

const longestBody = 16_384

/** The bank's own routes, below `/bank`: sign-in, details, and what only a verified person gets. */
export function bankRoutes({ didit, signIn, records, key, forget, canControlEmulator }: BankOptions): Hono {
  const app = new Hono()

  const signedIn = (c: Context): SignedIn | null => signIn.read(c.req.raw)
  const refuse = (c: Context) => c.json({ problem: 'unauthenticated' }, 401)
  const me = (current: SignedIn | null) => ({
    person: current?.person ?? null,
    people,
    hasDetails: current !== null && records.get(current.userId) !== null,
    canControlEmulator,
  })

  app.use(async (c, next) => {
    c.header('Cache-Control', 'no-store')
    await next()
  })

  app.get('/me', (c) => c.json(me(signedIn(c))))

  app.put('/me', async (c) => {
    const { person } = (await readJson(c)) as { person?: unknown }
    const chosen = people.find(({ id }) => id === person)
    if (!chosen) return c.json({ problem: 'unknown-person' }, 400)
    const cookie = signIn.write(c.req.raw, chosen.id)
    c.header('Set-Cookie', cookie)
    // Read back as the next request will send it: what this person has may be kept from an earlier visit.
    return c.json(me(signIn.read(new Request(c.req.url, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } }))))
  })

  app.delete('/me', async (c) => {
    const current = signedIn(c)
    if (current && c.req.query('forget') === 'yes') await forget(current.userId)
    c.header('Set-Cookie', signIn.write(c.req.raw, null))
    return c.json(me(null))
  })

  app.put('/details', async (c) => {
    const current = signedIn(c)
    if (!current) return refuse(c)
    const read = readDetails(await readJson(c))
    if (read.kind === 'foreign') return c.json({ problem: 'request-invalid' }, 400)
    // The names of the faults alone: what was typed does not come back.
    if (read.kind === 'faulty') return c.json({ faults: read.faults }, 422)
    await records.put(current.userId, read.details)
    return c.json(me(current))
  })

  app.get('/account', async (c) => {
    const current = signedIn(c)
    if (!current) return refuse(c)
    const { verified, decidedAt } = await didit.getStatus(current.userId)
    if (!verified) return c.json({ problem: 'identity-required' }, 403)
    return c.json({ holder: current.person.name, iban: ibanOf(current.userId, key), openedAt: decidedAt })
  })

  return app
}

/** The body as JSON; what is none, or too much, is an empty object, which every reader here refuses. */
async function readJson(c: Context): Promise<unknown> {
  if (!/^application\/json\b/.test(c.req.header('content-type') ?? '')) return {}
  if (!(Number(c.req.header('content-length') ?? Number.NaN) <= longestBody)) return {}
  const text = await c.req.text()
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
