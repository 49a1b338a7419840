import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memoryStorage } from '../src/index.ts'
import { sqliteStorage } from '../src/sqlite.ts'
import { makeRecord } from '../testing/records.ts'
import { createTestServer, type TestServer } from '../testing/test-server.ts'

let folder: string
let testServer: TestServer
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'didit-verify-odd-'))
})
afterEach(async () => {
  await testServer.close()
  rmSync(folder, { recursive: true, force: true })
})

const storages = [
  ['memory', () => memoryStorage()],
  ['SQLite', () => sqliteStorage({ path: join(folder, 'test.db') })],
] as const

const odd = [
  ...[true, false, 0, 5, 5n, Number.NaN, Number.POSITIVE_INFINITY, Symbol('u'), null, undefined, '', {}, [], ['u']],
  ...[new Date(), new Uint8Array(3), new String('u'), () => 'u', Object.create(null)],
] as unknown as string[]

describe.each(storages)('on %s', (name, makeStorage) => {
  test('every method that takes an id or an alias refuses what is not a text, and the process lives on', async () => {
    testServer = await createTestServer({ storage: makeStorage() })
    const { didit } = testServer
    const request = new Request('https://app.example.com/', { headers: { 'x-test-user': 'user-ada' } })
    for (const value of odd) {
      const calls = [() => didit.getStatus(value), () => didit.erase(value)]
      if (value !== undefined) {
        calls.push(() => didit.getStatus('user-ada', { workflow: value }))
        calls.push(() => didit.requireVerified(request, { workflow: value }))
      }
      for (const call of calls) {
        await expect(call(), String(typeof value)).rejects.toMatchObject({
          name: 'RequestError',
          code: 'request-invalid',
        })
      }
    }
    expect(await didit.getStatus('user-ada', null as never)).toMatchObject({ verified: false, phase: 'none' })
    for (const text of ['u\0', 'u\ud800']) {
      await expect(didit.getStatus(text)).rejects.toMatchObject({ code: 'request-invalid' })
    }
  })

  test('a sign-in or a vendorData that answers with no text costs a 500, and no Session', async () => {
    for (const value of odd) {
      testServer = await createTestServer({
        storage: makeStorage(),
        server: { authenticate: () => ({ userId: value }) },
      })
      expect((await testServer.call('POST', '/sessions', { body: {} })).status).toBe(500)
      expect((await testServer.call('GET', '/sessions/current')).status).toBe(500)
      await testServer.restart({ authenticate: () => ({ userId: 'u' }), vendorData: () => value })
      expect((await testServer.call('POST', '/sessions', { body: {} })).status).toBe(500)
      expect(testServer.emulator.control.sessions()).toHaveLength(0)
      await testServer.close()
    }
  })

  test('the status of a user with 5,000 Sessions costs little, and is that of the one that counts', async () => {
    testServer = await createTestServer({ storage: makeStorage() })
    await testServer.didit.start()
    const application = testServer.storage.application('default')
    const owned = { userId: 'user-ada', workflow: 'default', environment: 'live' }
    const sessionId = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
    await Promise.all(
      Array.from({ length: 5_000 }, (_, index) =>
        application.commitRead(sessionId(index), 0, () =>
          makeRecord(sessionId(index), {
            ...owned,
            status: index === 7 ? 'Approved' : 'Declined',
            createdAt: index,
            attempt: index + 1,
          }),
        ),
      ),
    )
    const times: number[] = []
    for (let round = 0; round < 20; round += 1) {
      const before = performance.now()
      const status = await testServer.didit.getStatus('user-ada')
      times.push(performance.now() - before)
      expect(status).toMatchObject({ verified: true, sessionId: sessionId(7) })
    }
    const median = times.sort((a, b) => a - b)[10] ?? Number.POSITIVE_INFINITY
    expect(median).toBeLessThan(40)
    console.info(`getStatus with 5,000 Sessions on ${name}: ${median.toFixed(1)} ms (median of 20)`)
  })
})
