import { createEmulator, type TestEmulator } from '@didit-verify/emulator/testing'
import { expect, onTestFinished, test } from 'vitest'
import * as entry from './testing.ts'

const closeAfter = (close: () => Promise<void>) => onTestFinished(close)

/** An emulator whose webhooks are taken by a receiver that answers what it is told. */
function setUp(answers: number[] = []): TestEmulator {
  return createEmulator({
    closeAfter,
    webhookUrl: 'http://app.test/hook',
    fetch: async () => new Response(null, { status: answers.shift() ?? 200 }),
  })
}

test('the entry exports these names and no others', () => {
  expect(Object.keys(entry).sort()).toMatchInlineSnapshot(`
    [
      "createDiditFixture",
      "createEmulator",
    ]
  `)
})

test('starts a session and finishes it, with the webhook delivered', async () => {
  const emulator = setUp()
  const { session_id, status } = await emulator.startSession({ vendor_data: 'user-1' })
  expect(status).toBe('Not Started')
  await emulator.finish(session_id, 'Approved')
  expect(emulator.control.deliveries()).toMatchObject([{ status: 'Approved', state: 'delivered' }])
})

test('says what the emulator answered when it creates no session', async () => {
  const emulator = setUp()
  await expect(emulator.startSession({ callback: 'javascript:1' })).rejects.toThrow(
    'The emulator created no Session: 400 {"callback":["Enter a valid URL."]}',
  )
})

test('waits for a webhook that is still to come, and takes one of before', async () => {
  const emulator = setUp([503])
  const { session_id: sessionId } = await emulator.startSession()
  const awaited = emulator.waitForDelivery({ sessionId, status: 'Declined' })
  await emulator.finish(sessionId, 'Declined')
  await emulator.control.clock({ advanceSeconds: 60 })
  expect((await awaited).attempts.map(({ status }) => status)).toEqual([503, 200])
  expect((await emulator.waitForDelivery({ webhookType: 'status.updated' })).status).toBe('Declined')
})

test('names what it has when the awaited webhook does not come', async () => {
  const emulator = setUp([401])
  const { session_id: sessionId } = await emulator.startSession()
  await emulator.finish(sessionId, 'Approved')
  await expect(emulator.waitForDelivery({ status: 'Approved' }, { timeoutMs: 10 })).rejects.toThrow(
    'No webhook {"status":"Approved"} was taken within 10 ms; there is status.updated Approved (failed).',
  )
  await expect(emulator.waitForDelivery({ status: 'Declined' }, { timeoutMs: 10 })).rejects.toThrow('there is none.')
})

test('listens on a free port, and frees it at the end', async () => {
  const emulator = setUp()
  const before = emulator.url
  const { url } = await emulator.listen()
  expect(url).toMatch(/^http:\/\/localhost:\d+$/)
  expect(url).not.toBe(before)
  expect(emulator.url).toBe(url)
  const session = await emulator.startSession()
  expect((await fetch(session.url as string)).status).toBe(200)
  await emulator.finish(session.session_id, 'Approved')
  expect(emulator.control.deliveries()).toMatchObject([{ state: 'delivered' }])
  await expect(emulator.listen()).rejects.toMatchObject({ code: 'config-invalid' })
  await emulator.close()
  await expect(fetch(session.url as string)).rejects.toThrow()
})

test('refuses to move once a session has a link', async () => {
  const emulator = setUp()
  await emulator.startSession()
  await expect(emulator.listen()).rejects.toMatchObject({
    code: 'config-invalid',
    help: expect.stringContaining('first'),
  })
})

test('closes with the test that made it', async () => {
  let close: (() => Promise<void>) | undefined
  const emulator = createEmulator({
    closeAfter: (closing) => {
      close = closing
    },
  })
  const { url } = await emulator.listen()
  await close?.()
  await expect(fetch(url)).rejects.toThrow()
})
