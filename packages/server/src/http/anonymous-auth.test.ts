import { expect, test } from 'vitest'
import { anonymousAuth } from './anonymous-auth.ts'

const authenticate = anonymousAuth()
const visit = async (cookie?: string, scheme = 'http', method = 'POST') =>
  authenticate(new Request(`${scheme}://localhost/`, { method, headers: cookie === undefined ? {} : { cookie } }))

test('makes every browser a user of its own, and knows it again', async () => {
  const first = await visit()
  expect(first?.userId).toMatch(/^anonymous-[0-9a-f-]{36}$/)
  expect(first?.setCookie).toMatch(/^didit_anonymous=[0-9a-f-]{36}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/)
  const [cookie] = first?.setCookie?.split(';') ?? []
  expect(await visit(`theme=dark; ${cookie}; lang=en`)).toEqual({ userId: first?.userId })
  expect((await visit())?.userId).not.toBe(first?.userId)
})

test.each(['GET', 'HEAD'])('creates no user for a %s, whose late answer would replace a newer user', async (method) => {
  const reader = await visit(undefined, 'http', method)
  expect(reader?.userId).toMatch(/^anonymous-/)
  expect(reader).not.toHaveProperty('setCookie')
})

test('knows a user again in a GET', async () => {
  const id = '11111111-2222-4333-8444-555555555555'
  expect(await visit(`didit_anonymous=${id}`, 'http', 'GET')).toEqual({ userId: `anonymous-${id}` })
})

test('keeps the cookie to encrypted connections where there is one', async () => {
  expect((await visit(undefined, 'https'))?.setCookie).toMatch(/; Secure$/)
})

test.each([
  'didit_anonymous=',
  'didit_anonymous=admin',
  'didit_anonymous=../../etc',
  'not_didit_anonymous=11111111-2222-4333-8444-555555555555',
])('takes %o for a new browser', async (cookie) => {
  expect((await visit(cookie))?.setCookie).toBeDefined()
})
