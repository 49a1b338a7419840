import { afterEach, expect, test } from 'vitest'
import { createTestServer, type TestServer } from '../testing/test-server.ts'

let testServer: TestServer
afterEach(() => testServer.close())

test('an error by which Next.js steers leaves the server as it is, and is not made an answer', async () => {
  const signal = Object.assign(new Error('Dynamic server usage: cookies'), { digest: 'DYNAMIC_SERVER_USAGE' })
  testServer = await createTestServer({
    server: {
      authenticate: () => {
        throw signal
      },
    },
  })
  await expect(testServer.call('GET', '/sessions/current')).rejects.toBe(signal)
  await expect(testServer.didit.requireVerified(new Request('https://app.example.com/'))).rejects.toBe(signal)
})
