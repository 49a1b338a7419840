import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { personHeader } from '../../shared/people.ts'
import { sameOrigin } from '../same-origin.ts'
import { ibanOf } from './account.ts'
import { type BankRecords, openBankRecords } from './records.ts'
import { bankRoutes } from './routes.ts'
import { createSignIn } from './sign-in.ts'

const origin = 'http://bank.test'
const key = 'a key of this test alone'
const draft = {
  firstName: 'Adalind',
  lastName: 'Probestein',
  birthDay: '27',
  birthMonth: '3',
  birthYear: '1985',
  email: 'adalind@example.org',
  street: 'Kai 7',
  postalCode: '20457',
  city: 'Hamburg',
  country: 'DE',
}

let folder: string
let records: BankRecords
let verified: string[]
let forgotten: string[]
let app: Hono

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harbour-bank-'))
  records = openBankRecords(join(folder, 'bank.json'))
  verified = []
  forgotten = []
  const didit = {
    getStatus: async (userId: string) => ({
      verified: verified.includes(userId),
      phase: 'none' as const,
      settled: true,
      sessionId: null,
      decidedAt: 1_790_000_000_000,
    }),
  }
  const forget = async (userId: string) => void forgotten.push(userId)
  app = new Hono()
  app.use(sameOrigin(origin))
  app.route('/bank', bankRoutes({ didit, signIn, records, key, forget, canControlEmulator: false }))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const signIn = createSignIn({ key, isSecure: false })

const ask = (path: string, { cookie = '', method = 'GET', body = undefined as unknown, from = origin } = {}) =>
  app.request(`${origin}/bank${path}`, {
    method,
    headers: {
      cookie,
      ...(method === 'GET' ? {} : { origin: from }),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(JSON.stringify(body).length) }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

async function comeIn(person: string, cookie = ''): Promise<{ cookie: string; userId: string }> {
  const answer = await ask('/me', { method: 'PUT', body: { person }, cookie })
  const own = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  const signedIn = signIn.read(new Request(origin, { headers: { cookie: own } }))
  return { cookie: own, userId: signedIn?.userId ?? '' }
}

test('a browser keeps its people: two visitors never share one', async () => {
  const mira = await comeIn('mira')
  const tom = await comeIn('tom', mira.cookie)
  const again = await comeIn('mira', tom.cookie)
  const stranger = await comeIn('mira')
  expect(again.userId).toBe(mira.userId)
  expect(new Set([mira.userId, tom.userId, stranger.userId]).size).toBe(3)
})

test('a page that was made for one person is not answered for another', async () => {
  const { cookie } = await comeIn('tom')
  const read = (person: string) => signIn.read(new Request(origin, { headers: { cookie, [personHeader]: person } }))
  expect(read('tom')?.person.id).toBe('tom')
  for (const person of ['mira', '', 'nobody']) expect(read(person), person).toBeNull()
})

test('the cookie is out of reach of scripts and of other sites', async () => {
  const answer = await ask('/me', { method: 'PUT', body: { person: 'mira' } })
  expect(answer.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Lax$/)
  const secure = createSignIn({ key, isSecure: true })
  expect(secure.write(new Request(origin), 'mira')).toMatch(/; Secure$/)
})

test('a cookie that somebody has changed signs nobody in', async () => {
  const { cookie } = await comeIn('mira')
  const forged = [
    cookie.replace('.mira.', '.tom.'),
    cookie.slice(0, -1),
    `${cookie}x`,
    cookie.replace(/=[0-9a-f]/, (start) => (start === '=a' ? '=b' : '=a')),
    'harbour_bank=',
    'harbour_bank=..',
  ]
  for (const it of forged) expect((await (await ask('/me', { cookie: it })).json()).person, it).toBeNull()
  const elsewhere = createSignIn({ key: 'another key', isSecure: false })
  expect(elsewhere.read(new Request(origin, { headers: { cookie } }))).toBeNull()
})

test('details are kept for the one who gave them, and never come back', async () => {
  const mira = await comeIn('mira')
  const answer = await ask('/details', { method: 'PUT', body: draft, cookie: mira.cookie })
  const text = await answer.text()
  expect(JSON.parse(text)).toMatchObject({ hasDetails: true })
  for (const value of [draft.lastName, draft.email, draft.street, '1985-03-27']) expect(text).not.toContain(value)
  expect(records.get(mira.userId)?.details).toMatchObject({ birthDate: '1985-03-27', country: 'DEU' })

  const tom = await comeIn('tom', mira.cookie)
  expect(await (await ask('/me', { cookie: tom.cookie })).json()).toMatchObject({ hasDetails: false })
})

test('what is wrong with details is named, and nothing is kept', async () => {
  const { cookie, userId } = await comeIn('mira')
  const answer = await ask('/details', { method: 'PUT', body: { ...draft, email: 'secret-typo', city: '' }, cookie })
  expect(answer.status).toBe(422)
  const text = await answer.text()
  expect(JSON.parse(text)).toEqual({ faults: { email: 'noAddress', city: 'missing' } })
  expect(text).not.toContain('secret-typo')
  expect(records.get(userId)).toBeNull()
})

test.each([
  ['a field that the form has not', { ...draft, role: 'admin' }],
  ['a field that is missing', { firstName: 'Adalind' }],
  ['a number', { ...draft, city: 7 }],
  ['a novel', { ...draft, city: 'x'.repeat(501) }],
  ['a list', []],
])('%s is refused', async (_name, body) => {
  const { cookie } = await comeIn('mira')
  expect((await ask('/details', { method: 'PUT', body, cookie })).status).toBe(400)
})

test('only a verified person gets an account', async () => {
  expect((await ask('/account')).status).toBe(401)
  const { cookie, userId } = await comeIn('mira')
  expect((await ask('/account', { cookie })).status).toBe(403)
  verified.push(userId)
  const account = await (await ask('/account', { cookie })).json()
  expect(account).toMatchObject({ holder: 'Mira Sample', iban: ibanOf(userId, key) })
})

test('an IBAN has the check digits that ISO 13616 asks for', () => {
  for (const userId of Array.from({ length: 50 }, (_, index) => `user-${index}`)) {
    const iban = ibanOf(userId, key).replaceAll(' ', '')
    const number = [...(iban.slice(4) + iban.slice(0, 4))].map((it) => Number.parseInt(it, 36)).join('')
    expect(BigInt(number) % 97n).toBe(1n)
    expect(iban).toMatch(/^UT\d{2}HARB\d{14}$/)
  }
})

test('forgetting is for the one who is signed in; signing out forgets nothing', async () => {
  const { cookie, userId } = await comeIn('mira')
  await ask('/me', { method: 'DELETE', cookie })
  expect(forgotten).toEqual([])
  await ask('/me?forget=yes', { method: 'DELETE', cookie })
  expect(forgotten).toEqual([userId])
})

test('another website can change nothing', async () => {
  for (const from of ['https://elsewhere.example', 'null']) {
    const answer = await ask('/me', { method: 'PUT', body: { person: 'mira' }, from })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('set-cookie')).toBeNull()
  }
})

test('the books survive a restart, and only their owner may read them', async () => {
  const { cookie, userId } = await comeIn('mira')
  await ask('/details', { method: 'PUT', body: draft, cookie })
  const path = join(folder, 'bank.json')
  expect(openBankRecords(path).get(userId)?.details.lastName).toBe('Probestein')
  expect(statSync(path).mode & 0o077).toBe(0)
  await records.remove(userId)
  expect(openBankRecords(path).get(userId)).toBeNull()
})
