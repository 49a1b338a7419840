import { expect, test } from 'vitest'
import { createStaffSignIn } from './sign-in.ts'

const key = 'a-key-for-the-tests-of-the-staff-sign-in'
const start = Date.UTC(2026, 10, 24, 8)
const hour = 60 * 60 * 1000

function signIn(now = start, options: { key?: string; isSecure?: boolean } = {}) {
  return createStaffSignIn({ key, isSecure: false, now: () => now, ...options })
}
const asks = (cookie: string) => new Request('http://localhost/review', { headers: { cookie } })
const pair = (setCookie: string) => setCookie.split(';', 1)[0] ?? ''

test('knows who has signed in, for one watch', () => {
  const cookie = pair(signIn().write('rae'))
  expect(signIn().read(asks(`other=1; ${cookie}`))).toEqual({ id: 'rae', name: 'Rae Reviewer' })
  expect(signIn(start + 8 * hour - 1).read(asks(cookie))).not.toBeNull()
  expect(signIn(start + 8 * hour).read(asks(cookie))).toBeNull()
})

test('believes no cookie that it has not written', () => {
  const cookie = pair(signIn().write('rae'))
  const [name, value = ''] = cookie.split('=')
  const [staffId, until, signature] = value.split('.')
  for (const forged of [
    '',
    `${name}=`,
    `${name}=rae`,
    `${name}=${staffId}.${Number(until) + hour}.${signature}`,
    `${name}=kim.${until}.${signature}`,
    `${name}=${staffId}.${until}.${signature}x`,
    pair(signIn(start, { key: 'another-key' }).write('rae')),
  ]) {
    expect(signIn().read(asks(forged)), forged).toBeNull()
  }
})

test('signs out, and keeps the cookie from scripts and from other websites', () => {
  expect(signIn().write(null)).toBe('harbour_staff=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict')
  expect(signIn().read(asks(pair(signIn().write(null))))).toBeNull()
  expect(signIn(start, { isSecure: true }).write('rae')).toMatch(/; HttpOnly; SameSite=Strict; Secure$/)
})
