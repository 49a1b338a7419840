import { createEmulator } from '@didit-verify/emulator'
import { createDiditApi } from '@didit-verify/server'
import { expect, test } from 'vitest'
import { createSignIn } from '../bank/sign-in.ts'
import { createDeskFill, emulatorControl } from './fill.ts'
import { reviewRoutes } from './routes.ts'
import { createStaffSignIn } from './sign-in.ts'

const key = 'a-key-for-the-tests-of-the-review-desk'
const workflows = { default: '11111111-2222-3333-4444-555555555555', address: '11111111-2222-3333-4444-555555555558' }

function createTestDesk() {
  const signIn = createSignIn({ key, isSecure: false })
  const staffSignIn = createStaffSignIn({ key, isSecure: false })
  const routes = reviewRoutes({
    signIn,
    staffSignIn,
    workflows: { harbour: workflows, lantern: workflows },
    fill: async () => 12,
  })
  const pair = (setCookie: string) => setCookie.split(';', 1)[0] ?? ''
  const rae = pair(staffSignIn.write('rae'))
  const mira = pair(signIn.write(new Request('http://localhost'), 'mira'))
  const ask = async (method: string, path: string, cookie = '', body?: unknown) => {
    const answer = await routes.request(path, {
      method,
      headers: { cookie, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, cookie: answer.headers.get('set-cookie'), body: await answer.json() }
  }
  return { ask, rae, mira }
}

test('says who is at the desk, and tells nobody else what the bank offers', async () => {
  const { ask, rae, mira } = createTestDesk()
  expect((await ask('GET', '/me')).body).toEqual({
    staff: null,
    team: [{ id: 'rae', name: 'Rae Reviewer' }],
    customer: null,
    workflows: null,
  })
  expect((await ask('GET', '/me', mira)).body).toMatchObject({ staff: null, customer: 'Mira Sample', workflows: null })
  expect((await ask('GET', '/me', `${mira}; ${rae}`)).body).toMatchObject({
    staff: { id: 'rae' },
    customer: 'Mira Sample',
    workflows: { harbour: workflows },
  })
})

test('lets staff in and out, and nobody who is not of the staff', async () => {
  const { ask, rae } = createTestDesk()
  for (const wish of [{ staff: 'mira' }, { staff: 7 }, {}, null, { staff: 'rae', more: 1 }]) {
    expect((await ask('PUT', '/me', '', wish)).status, JSON.stringify(wish)).toBe(400)
  }
  const entered = await ask('PUT', '/me', '', { staff: 'rae' })
  expect(entered.body).toMatchObject({ staff: { name: 'Rae Reviewer' } })
  expect((await ask('GET', '/me', entered.cookie?.split(';', 1)[0])).body).toMatchObject({ staff: { id: 'rae' } })
  expect(await ask('DELETE', '/me', rae)).toMatchObject({ cookie: expect.stringContaining('Max-Age=0') })
})

test('fills the desk for staff alone', async () => {
  const { ask, rae, mira } = createTestDesk()
  expect((await ask('POST', '/fill')).status).toBe(401)
  expect((await ask('POST', '/fill', mira)).status).toBe(403)
  expect(await ask('POST', '/fill', rae)).toMatchObject({ status: 200, body: { created: 12 } })
})

test('brings a dozen people in as many statuses, and again only those who are done', async () => {
  const emulator = createEmulator({ seed: 1 })
  const { sessions } = createDiditApi({
    apiKey: 'didit-emulator-key',
    baseUrl: emulator.url,
    fetch: (input, init) => emulator.fetch(new Request(input, init)),
  })
  const finish = async (sessionId: string, status: string) =>
    void emulator.control.finish(sessionId, status as 'Approved')
  const fill = createDeskFill({ sessions, finish, workflows })
  expect(await fill()).toBe(12)
  const statuses = (await emulator.control.sessions()).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(
    new Set(['In Review', 'Approved', 'Declined', 'Resubmitted', 'Abandoned', 'Not Started', 'Kyc Expired', 'Expired']),
  )
  expect(await fill()).toBe(10)
  emulator.close()
})

test('controls no Didit but one on this machine', () => {
  expect(emulatorControl('https://verification.didit.me')).toBeNull()
  expect(emulatorControl('http://localhost:4100')).toBeInstanceOf(Function)
})
