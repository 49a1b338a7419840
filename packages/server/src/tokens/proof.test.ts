import { hkdfSync } from 'node:crypto'
import { inspect } from 'node:util'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { type Approval, createProofs, type VerifyProofOptions, verifyProof } from './proof.ts'
import { createTickets } from './ticket.ts'

const secret = 'a-secret-of-more-than-32-characters'
const start = 1_793_000_000_000
const approval: Approval = {
  userId: 'ada@bank.example',
  sessionId: '11111111-2222-4333-8444-555555555555',
  workflow: 'transfer',
  decidedAt: start - 86_400_000,
}

function setUp(server: { application?: string; environment?: 'live' | 'sandbox'; secret?: string } = {}) {
  const clock = { at: start }
  const now = () => clock.at
  const proofs = createProofs({ secret, application: 'default', environment: 'live', now, ...server })
  const issue = (changes: Partial<Approval> = {}) => proofs.issue({ ...approval, ...changes })
  const verify = (token: unknown, changes: Partial<VerifyProofOptions> = {}) =>
    verifyProof(token, { secret, userId: approval.userId, workflow: 'transfer', now, ...changes })
  return { clock, issue, verify }
}

test('says for ten minutes which Session was approved, and when', async () => {
  const { clock, issue, verify } = setUp()
  const { proof, expiresAt } = await issue()
  expect(expiresAt).toBe(start + 600_000)
  const { sessionId, decidedAt } = approval
  clock.at = expiresAt - 1
  expect(await verify(proof)).toEqual({ sessionId, workflow: 'transfer', decidedAt, expiresAt })
  clock.at = expiresAt
  await expect(verify(proof)).rejects.toMatchObject({ code: 'proof-expired', status: 403 })
})

test('contains no user id that the browser could read', async () => {
  const { issue } = setUp()
  const { proof } = await issue()
  const text = `${JSON.stringify(decodeProtectedHeader(proof))} ${JSON.stringify(decodeJwt(proof))}`
  expect(text).not.toMatch(/ada|bank/)
  expect(decodeProtectedHeader(proof)).toEqual({ alg: 'HS256', typ: 'didit-proof+jwt' })
  expect(Object.keys(decodeJwt(proof)).sort()).toEqual(
    ['aud', 'decidedAt', 'exp', 'iat', 'iss', 'sid', 'sub', 'workflow'].sort(),
  )
  // Nor can one person be followed from one application to the next.
  const elsewhere = await setUp({ application: 'shop' }).issue()
  expect(decodeJwt(elsewhere.proof).sub).not.toBe(decodeJwt(proof).sub)
})

describe('refuses', () => {
  test("user A's proof in user B's form", async () => {
    const { issue, verify } = setUp()
    const { proof } = await issue({ userId: 'user-a' })
    await expect(verify(proof, { userId: 'user-a' })).resolves.toMatchObject({ workflow: 'transfer' })
    await expect(verify(proof, { userId: 'user-b' })).rejects.toMatchObject({ code: 'proof-invalid' })
  })

  test('an approval of another workflow', async () => {
    const { issue, verify } = setUp()
    const { proof } = await issue({ workflow: 'default' })
    await expect(verify(proof)).rejects.toMatchObject({ code: 'proof-invalid' })
  })

  test('an approval older than maxAgeDays', async () => {
    const { clock, issue, verify } = setUp()
    clock.at = approval.decidedAt + 30 * 86_400_000 - 1
    const { proof } = await issue()
    await expect(verify(proof, { maxAgeDays: 30 })).resolves.toBeDefined()
    clock.at += 1
    await expect(verify(proof, { maxAgeDays: 30 })).rejects.toMatchObject({ code: 'proof-invalid' })
    await expect(verify(proof)).resolves.toBeDefined()
  })

  test('a proof older than maxAgeSeconds, though it has not expired', async () => {
    const { clock, issue, verify } = setUp()
    const { proof } = await issue()
    clock.at += 59_999
    await expect(verify(proof, { maxAgeSeconds: 60 })).resolves.toBeDefined()
    clock.at += 1
    await expect(verify(proof, { maxAgeSeconds: 60 })).rejects.toMatchObject({ code: 'proof-expired' })
    await expect(verify(proof)).resolves.toBeDefined()
  })

  test.each<[Parameters<typeof setUp>[0] & object, Partial<VerifyProofOptions>]>([
    [{ application: 'shop' }, {}],
    [{ environment: 'sandbox' }, {}],
    [{ secret: secret.toUpperCase() }, {}],
    [{}, { application: 'shop' }],
    [{}, { environment: 'sandbox' }],
  ])('a proof made with %o where it is checked with %o', async (server, options) => {
    const { issue, verify } = setUp(server)
    const { proof } = await issue()
    await expect(verify(proof, { ...server, secret: server.secret ?? secret })).resolves.toBeDefined()
    await expect(verify(proof, options)).rejects.toMatchObject({ code: 'proof-invalid' })
  })

  test('a ticket instead of a proof, and a proof instead of a ticket', async () => {
    const { issue, verify } = setUp()
    const tickets = createTickets({ secret, audience: 'default:live', now: () => start })
    const { ticket } = await tickets.issue(approval.sessionId)
    await expect(verify(ticket)).rejects.toMatchObject({ code: 'proof-invalid' })
    const { proof } = await issue()
    await expect(tickets.verify(proof)).rejects.toMatchObject({ code: 'ticket-invalid' })
  })

  test('what is forged, unsigned, cut, or no token at all', async () => {
    const { issue, verify } = setUp()
    const { proof } = await issue()
    const [head = '', body = '', signature = ''] = proof.split('.')
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { ...decodeJwt(proof), decidedAt: start }
    const key = (label: string) => new Uint8Array(hkdfSync('sha256', secret, '', `didit-verify ${label} v1`, 32))
    const sign = (header: object, changes: object, by: Uint8Array) =>
      new SignJWT({ ...claims, ...changes })
        .setProtectedHeader({ alg: 'HS256', typ: 'didit-proof+jwt', ...header })
        .sign(by)
    // So the way of making them is right, and each of the others fails for its own reason.
    await expect(verify(await sign({}, {}, key('proof')))).resolves.toMatchObject({ decidedAt: start })
    const wrong = [
      `${encode({ alg: 'none', typ: 'didit-proof+jwt' })}.${body}.`,
      `${encode({ alg: 'none', typ: 'didit-proof+jwt' })}.${body}.${signature}`,
      `${head}.${encode(claims)}.${signature}`,
      await sign({}, {}, key('ticket')),
      await sign({}, {}, new TextEncoder().encode(secret)),
      await sign({ typ: 'JWT' }, {}, key('proof')),
      await sign({ alg: 'HS512' }, {}, new Uint8Array(64)),
      await sign({}, { iss: 'someone-else' }, key('proof')),
      await sign({}, { exp: undefined }, key('proof')),
      await sign({}, { iat: undefined }, key('proof')),
      await sign({}, { sub: undefined }, key('proof')),
      await sign({}, { decidedAt: 'yesterday' }, key('proof')),
      proof.slice(0, -2),
      '',
      undefined,
      null,
      7,
      [proof],
    ]
    for (const token of wrong) await expect(verify(token)).rejects.toMatchObject({ code: 'proof-invalid' })
  })
})

test('repeats neither token nor claims in what it throws', async () => {
  const { clock, issue, verify } = setUp()
  const { proof } = await issue()
  const signature = proof.split('.')[2] as string
  const fault = async (token: string) => inspect(await verify(token).catch((error: unknown) => error), { depth: 9 })
  const forged = await fault(`${proof}x`)
  clock.at += 3_600_000
  for (const text of [forged, await fault(proof)]) {
    expect(text).toMatch(/proof-(invalid|expired)/)
    expect(text).not.toContain(signature)
    expect(text).not.toMatch(/11111111-2222|ada@|"?sub"?:/)
  }
})

test.each([
  ['userId', { userId: undefined }],
  ['userId', { userId: ' ' }],
  ['workflow', { workflow: undefined }],
  ['secret', { secret: undefined }],
  ['secret', { secret: 'too short' }],
  ['maxAgeSeconds', { maxAgeSeconds: Number.NaN }],
  ['maxAgeDays', { maxAgeDays: 0 }],
  ['maxAgeDays', { maxAgeDays: '30' }],
])('names the option %s when it is %o', async (name, changes) => {
  const { issue, verify } = setUp()
  const { proof } = await issue()
  const fault = verify(proof, changes as Partial<VerifyProofOptions>)
  await expect(fault).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringContaining(name) })
  await expect(fault).rejects.not.toMatchObject({ message: expect.stringContaining('too short') })
})
