import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { EmulatorServer } from './listen.ts'
import { runCli } from './run-cli.ts'

const servers: EmulatorServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function run(line: string) {
  const out: string[] = []
  const errors: string[] = []
  const argv = line === '' ? [] : line.split(' ')
  const result = await runCli(argv, { out: (text) => out.push(text), error: (text) => errors.push(text) })
  if ('server' in result) servers.push(result.server)
  return { out, errors, result }
}

test('serves on a free port of the loopback interface and says where', async () => {
  const { out, result } = await run('--port 0')
  const { emulator } = (result as { server: EmulatorServer }).server
  expect(emulator.url).toMatch(/^http:\/\/localhost:[1-9]\d*$/)
  expect(out.join('\n')).toContain(`Didit emulator: ${emulator.url}`)

  const created = await fetch(`${emulator.url}/v3/session/`, {
    method: 'POST',
    headers: { 'x-api-key': 'didit-emulator-key', 'content-type': 'application/json' },
    body: JSON.stringify({ workflow_id: '11111111-2222-3333-4444-555555555555' }),
  })
  const { url } = await created.json()
  expect(url.startsWith(`${emulator.url}/session/`)).toBe(true)
  expect((await fetch(url)).status).toBe(200)
  const sessions = await fetch(`${emulator.url}/_emulator/sessions`)
  expect(await sessions.json()).toMatchObject([{ url }])
})

test('frees its port when it is closed, open connections or not', async () => {
  const { result } = await run('--port 0')
  const { server } = result as { server: EmulatorServer }
  await fetch(server.emulator.url)
  await server.close()
  await expect(fetch(server.emulator.url)).rejects.toThrow()
  servers.length = 0
})

test('answers a busy port with a sentence and exit 1', async () => {
  const busy = createServer()
  await new Promise<void>((resolve) => busy.listen(0, 'localhost', resolve))
  const { port } = busy.address() as AddressInfo
  const { result, errors } = await run(`--port ${port}`)
  busy.close()
  expect(result).toEqual({ exitCode: 1 })
  expect(errors).toEqual([`Port ${port} is taken. Stop what uses it, or choose another one with --port.`])
})

test('answers a wrong flag with a sentence and exit 2, a call for help with the usage and exit 0', async () => {
  expect(await run('--nonsense')).toMatchObject({ result: { exitCode: 2 }, out: [] })
  const help = await run('--help')
  expect(help.result).toEqual({ exitCode: 0 })
  expect(help.out.join()).toContain('--webhook-secret')
})

test('prints the built-in key, never one that it was given, nor any secret', async () => {
  expect((await run('--port 0')).out.join()).toContain('didit-emulator-key')
  const given = await run('--port 0 --api-key somebodys-key --webhook-secret somebodys-secret')
  expect(given.out.join()).not.toContain('somebodys')
})
