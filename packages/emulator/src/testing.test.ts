import { createEmulator, type TestEmulator } from '@didit-verify/emulator/testing'
import { expect, onTestFinished, test } from 'vitest'
import * as entry from './testing.ts'

const closeAfter = (close: () => Promise<void>) => onTestFinished(close)

/** Creates an emulator whose webhook receiver answers with the given statuses, then with 200. */
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

test('reports the answer of the emulator if it refuses to create a session', async () => {
  const emulator = setUp()
  await expect(emulator.startSession({ callback: 'javascript:1' })).rejects.toThrow(
    'The emulator did not create a Session: 400 {"callback":["Enter a valid URL."]}',
  )
})

test('waits for a future webhook, and finds a past one', async () => {
  const emulator = setUp([503])
  const { session_id: sessionId } = await emulator.startSession()
  const awaited = emulator.waitForDelivery({ sessionId, status: 'Declined' })
  await emulator.finish(sessionId, 'Declined')
  await emulator.control.clock({ advanceSeconds: 60 })
  expect((await awaited).attempts.map(({ status }) => status)).toEqual([503, 200])
  expect((await emulator.waitForDelivery({ webhookType: 'status.updated' })).status).toBe('Declined')
})

test('lists the matching webhooks when the expected one does not arrive', async () => {
  const emulator = setUp([401])
  const { session_id: sessionId } = await emulator.startSession()
  await emulator.finish(sessionId, 'Approved')
  await expect(emulator.waitForDelivery({ status: 'Approved' }, { timeoutMs: 10 })).rejects.toThrow(
    'No webhook {"status":"Approved"} was delivered within 10 ms. These match: status.updated Approved (failed).',
  )
  await expect(emulator.waitForDelivery({ status: 'Declined' }, { timeoutMs: 10 })).rejects.toThrow(
    'No webhook matches.',
  )
})

test('listens on a free port until it is closed', async () => {
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

test('refuses to listen after the first session', async () => {
  const emulator = setUp()
  await emulator.startSession()
  await expect(emulator.listen()).rejects.toMatchObject({
    code: 'config-invalid',
    help: expect.stringContaining('first'),
  })
})

test('hands its close function to `closeAfter`', async () => {
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
