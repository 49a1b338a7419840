import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from '@didit-verify/emulator'
import { expect, test } from 'vitest'
import { createDiditServer, type DiditServer, type DiditServerOptions } from '../src/index.ts'
import { toNodeHandler } from '../src/node.ts'
import { sqliteStorage } from '../src/sqlite.ts'
import { apiKey, origin, ticketSecret, webhookSecret, workflowId } from '../testing/test-server.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('README example', async () => {
  // The two files of the example, one after the other.
  const chapter = /## Example\n([\s\S]+?)\n## /.exec(readme)?.[1] ?? ''
  const example = [...chapter.matchAll(/```js\n([\s\S]+?)```/g)].map(([, code]) => code).join('')
  const body = example.replace(/^import .*\n/gm, '').replace('export const didit', 'const didit')
  expect(example.match(/^import /gm)).toHaveLength(6)

  const folder = mkdtempSync(join(tmpdir(), 'didit-verify-readme-'))
  const emulator = createEmulator({
    apiKey,
    webhookSecret,
    webhookUrl: 'http://unused.test/webhook',
    fetch: (request) => didit.fetch(new Request('https://x.test/api/didit/webhook', request)),
  })
  let didit = {} as DiditServer
  let listening: Promise<AddressInfo> | undefined
  let server = {} as Server
  const given = {
    process: {
      env: {
        DIDIT_API_KEY: apiKey,
        DIDIT_WEBHOOK_SECRET: webhookSecret,
        DIDIT_WORKFLOW_ID: workflowId,
        DIDIT_TICKET_SECRET: ticketSecret,
      },
    },
    findUser: (request: Request) => (request.headers.get('cookie') === 'app=42' ? { userId: 'user-42' } : null),
    createDiditServer: (options: DiditServerOptions) => {
      const fetch = async (url: string, init: RequestInit) => emulator.fetch(new Request(url, init))
      didit = createDiditServer({
        ...options,
        didit: { baseUrl: emulator.url, fetch: fetch as typeof globalThis.fetch },
        logger: { debug() {}, info() {}, warn() {}, error() {} },
      })
      return didit
    },
    toNodeHandler,
    sqliteStorage: ({ path }: { path: string }) => sqliteStorage({ path: join(folder, path) }),
    createServer: (listener: RequestListener) => {
      server = createServer(listener)
      return {
        listen: () => {
          const up = (resolve: (address: AddressInfo) => void) => () => resolve(server.address() as AddressInfo)
          listening = new Promise((resolve) => server.listen(0, '127.0.0.1', up(resolve)))
          return server
        },
      }
    },
  }
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const run = new AsyncFunction(...Object.keys(given), `'use strict'\n${body}\nreturn { verified }`)
  const { verified } = (await run(...Object.values(given))) as { verified: boolean }
  expect(verified).toBe(false)

  const { port } = (await listening) as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/api/didit/sessions`, {
    method: 'POST',
    headers: { cookie: 'app=42', origin, 'content-type': 'application/json' },
    body: '{}',
  })
  expect(response.status).toBe(201)
  const { session } = (await response.json()) as { session: { sessionId: string } }
  emulator.control.finish(session.sessionId, 'Approved')
  await emulator.control.idle()
  expect(await didit.getStatus('user-42')).toMatchObject({ phase: 'approved', sessionId: session.sessionId })

  emulator.close()
  await didit.close({ graceMs: 100 })
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

test('the README names every option and every variable there is', () => {
  const source = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
  const options = /optionsShape = .*\(\{\n([\s\S]+?)\n\}\)\n/.exec(source('../src/config.ts'))?.[1] ?? ''
  const names = [...options.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(12)
  for (const name of names) expect(readme).toMatch(new RegExp(`^\\| .*\`${name}\``, 'm'))
  const variables = [...source('../src/cli/environment.ts').matchAll(/(?:plain|secret)\('(\w+)'/g)].map(
    ([, name]) => name,
  )
  expect(variables.length).toBeGreaterThan(10)
  for (const name of variables) expect(readme).toContain(`\`${name}\``)
})
