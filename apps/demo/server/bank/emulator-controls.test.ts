import { memoryStorage, type Storage } from '@didit-verify/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchWebhooks } from '../webhook-watch.ts'
import { devtoolsRoutes, type EmulatorControls, type FaultName } from './emulator-controls.ts'
import { createSignIn } from './sign-in.ts'

const origin = 'http://bank.test'
const mine = '12345678-1234-4234-8234-123456789abc'
const theirs = '22345678-1234-4234-8234-123456789abc'
const signIn = createSignIn({ key: 'a key of this test alone', isSecure: false })
const cookie = signIn.write(new Request(origin), 'mira').split(';')[0] ?? ''
const silent = { debug() {}, info() {}, warn() {}, error() {} }

let storage: Storage
let acts: string[]
beforeEach(async () => {
  storage = memoryStorage()
  await storage.open()
  acts = []
})
afterEach(() => storage.close())

const event = (key: string, sessionId: string, status: string, more = {}) => ({
  key,
  sessionId,
  webhookType: 'status.updated',
  status,
  environment: 'live',
  from: 1,
  to: 1,
  receivedAt: 10,
  late: false,
  test: false,
  quarantined: null,
  ...more,
})

const emulatorControls: EmulatorControls = {
  review: (sessionId, status) => void acts.push(`${sessionId} ${status}`),
  break: (fault: FaultName) => void acts.push(fault),
  fault: () => 'none',
  deliveries: () => [],
}

function routes({ hasEmulatorControls = true, sessionId = mine as string | null } = {}) {
  const getStatus = async () => ({ verified: false, phase: 'none' as const, settled: true, sessionId, decidedAt: null })
  const watch = watchWebhooks(silent, () => 20)
  const app = devtoolsRoutes({
    didit: { getStatus },
    storage,
    signIn,
    watch,
    emulatorControls: hasEmulatorControls ? emulatorControls : null,
  })
  const post = (path: string, body: unknown, headers: Record<string, string> = { cookie }) =>
    app.request(path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { app, watch, post }
}

test("tells what the storage has of the person's own Session, repetitions included, and of no other", async () => {
  const sessions = storage.application('default')
  await sessions.commitEvent(event('a', mine, 'In Review', { late: true }), () => null)
  await sessions.commitEvent(event('b', theirs, 'Approved'), () => null)
  const { app, watch } = routes()
  const log = { sessionId: mine, webhookType: 'status.updated', status: 'In Review' }
  watch.logger.info({ ...log, stored: false }, 'webhook')
  watch.logger.info({ ...log, sessionId: theirs, stored: false }, 'webhook')
  const { stored } = await (await app.request('/', { headers: { cookie } })).json()
  expect(stored).toEqual([
    { at: 10, webhookType: 'status.updated', status: 'In Review', marks: ['late'] },
    { at: 20, webhookType: 'status.updated', status: 'In Review', marks: ['duplicate'] },
  ])
})

test('tells strangers nothing, and lets them do nothing', async () => {
  const { app, post } = routes()
  expect((await app.request('/')).status).toBe(401)
  expect((await post('/review', { status: 'Approved' }, {})).status).toBe(401)
  expect((await post('/fault', { fault: 'lose' }, {})).status).toBe(401)
  expect(acts).toEqual([])
})

test('acts on the own Session alone, and only as the drawer may', async () => {
  const { post } = routes()
  expect((await post('/review', { status: 'Approved' })).status).toBe(200)
  for (const wish of [{ status: 'Not Started' }, { status: 'Approved', sessionId: theirs }, 'Approved', null]) {
    expect((await post('/review', wish)).status).toBe(400)
  }
  expect((await post('/fault', { fault: 'lose' })).status).toBe(200)
  expect((await post('/fault', { fault: 'toString' })).status).toBe(400)
  expect(acts).toEqual([`${mine} Approved`, 'lose'])
  expect((await routes({ sessionId: null }).post('/review', { status: 'Approved' })).status).toBe(400)
})

test('has no such buttons where Didit is not the emulator of this process', async () => {
  const { post } = routes({ hasEmulatorControls: false })
  expect((await post('/review', { status: 'Approved' })).status).toBe(404)
  expect((await post('/fault', { fault: 'lose' })).status).toBe(404)
})
