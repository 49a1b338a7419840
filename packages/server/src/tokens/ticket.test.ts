import { hkdfSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { createTickets } from './ticket.ts'

const secret = 'a-secret-of-more-than-32-characters'
const sessionId = '11111111-2222-4333-8444-555555555555'
const start = 1_793_000_000_000

function setUp(audience = 'default:live', from = secret) {
  const clock = { at: start }
  return { clock, tickets: createTickets({ secret: from, audience, now: () => clock.at }) }
}

test('opens one Session for fifteen minutes', async () => {
  const { clock, tickets } = setUp()
  const { ticket, ticketExpiresAt } = await tickets.issue(sessionId)
  expect(ticketExpiresAt).toBe(start + 15 * 60_000)
  clock.at = ticketExpiresAt - 1_000
  expect(await tickets.verify(ticket)).toEqual({ sessionId, expiresAt: ticketExpiresAt, chainStartedAt: start })
  clock.at = ticketExpiresAt
  await expect(tickets.verify(ticket)).rejects.toMatchObject({ code: 'ticket-expired', status: 401 })
})

test('ends a chain of renewals after two hours', async () => {
  const { clock, tickets } = setUp()
  clock.at = start + 110 * 60_000
  expect(await tickets.issue(sessionId, start)).toMatchObject({ ticketExpiresAt: start + 120 * 60_000 })
  clock.at = start + 120 * 60_000
  expect(await tickets.issue(sessionId, start)).toBeNull()
})

test('is worth nothing in another application or environment, or under another secret', async () => {
  const { ticket } = await setUp().tickets.issue(sessionId)
  for (const other of [setUp('default:sandbox'), setUp('shop:live'), setUp('default:live', secret.toUpperCase())]) {
    await expect(other.tickets.verify(ticket)).rejects.toMatchObject({ code: 'ticket-invalid' })
  }
})

test('takes no other kind of token, though the key be right', async () => {
  const { tickets } = setUp()
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'didit-verify ticket v1', 32))
  const seconds = start / 1000
  const make = (header: object, claims: object, alg = 'HS256') =>
    new SignJWT({ sid: sessionId, chn: seconds, ...claims })
      .setProtectedHeader({ alg, typ: 'didit-ticket+jwt', ...header })
      .setIssuer('didit-verify')
      .setAudience('default:live')
      .setExpirationTime(seconds + 60)
      .sign(alg === 'HS512' ? new Uint8Array(64) : key)
  await expect(tickets.verify(await make({}, {}))).resolves.toMatchObject({ sessionId })
  const wrong = [
    await make({ typ: 'didit-proof+jwt' }, {}),
    await make({}, { sid: 7 }),
    await make({}, { chn: undefined }),
    await make({}, {}, 'HS512'),
    `${btoa('{"alg":"none","typ":"didit-ticket+jwt"}')}.${btoa(`{"sid":"${sessionId}"}`)}.`.replaceAll('=', ''),
    'nonsense',
    '',
  ]
  for (const ticket of wrong) await expect(tickets.verify(ticket)).rejects.toMatchObject({ code: 'ticket-invalid' })
})
