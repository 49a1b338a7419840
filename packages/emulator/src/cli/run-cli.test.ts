import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { EmulatorServer } from '../listen.ts'
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

test('serves on a free port of the loopback interface and prints the address', async () => {
  const { out, result } = await run('--port 0')
  const { emulator } = (result as { server: EmulatorServer }).server
  expect(emulator.url).toMatch(/^http:\/\/localhost:[1-9]\d*$/)
  expect(out.join('\n')).toContain(`Didit emulator: ${emulator.url}`)
  expect((await fetch(`${emulator.url}/console`)).status).toBe(200)
  expect(out.join('\n')).toContain(`${emulator.url}/console`)

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

test('frees its port when it is closed, even with open connections', async () => {
  const { result } = await run('--port 0')
  const { server } = result as { server: EmulatorServer }
  await fetch(server.emulator.url)
  await server.close()
  await expect(fetch(server.emulator.url)).rejects.toThrow()
  servers.length = 0
})

test('answers a busy port with a message and exit code 1', async () => {
  const busy = createServer()
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve))
  const { port } = busy.address() as AddressInfo
  const { result, errors } = await run(`--port ${port}`)
  busy.close()
  expect(result).toEqual({ exitCode: 1 })
  expect(errors).toEqual([`Port ${port} is in use. Stop the program that uses it, or choose another port with --port.`])
})

test('answers an invalid flag with a message and exit code 2, and --help with the usage and exit code 0', async () => {
  expect(await run('--nonsense')).toMatchObject({ result: { exitCode: 2 }, out: [] })
  const help = await run('--help')
  expect(help.result).toEqual({ exitCode: 0 })
  expect(help.out.join()).toContain('--webhook-secret')
})

test('prints the default key and secret, but never given ones', async () => {
  const builtIn = (await run('--port 0')).out.join()
  expect(builtIn).toContain('didit-emulator-key')
  expect(builtIn).toContain('didit-emulator-webhook-secret')
  const given = await run('--port 0 --api-key somebodys-key --webhook-secret somebodys-secret')
  expect(given.out.join()).not.toContain('somebodys')
})

test('delivers the signed bytes over the network, and does not follow redirects', async () => {
  const seen: string[] = []
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const signed = createHmac('sha256', 'a-secret').update(Buffer.concat(chunks)).digest('hex')
    seen.push(`${request.url} ${signed === request.headers['x-signature']} ${request.headers['content-type']}`)
    response.writeHead(seen.length === 1 ? 200 : 307, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  const { result } = await run(`--port 0 --webhook-secret a-secret --webhook-url http://127.0.0.1:${port}/hook`)
  const { emulator } = (result as { server: EmulatorServer }).server
  const created = await emulator.fetch(
    new Request(`${emulator.url}/v3/session/`, {
      method: 'POST',
      headers: { 'x-api-key': 'didit-emulator-key', 'content-type': 'application/json' },
      body: JSON.stringify({ workflow_id: '11111111-2222-3333-4444-555555555555', metadata: 'Zoë' }),
    }),
  )
  const { session_id } = await created.json()
  emulator.control.finish(session_id, 'In Progress')
  emulator.control.finish(session_id, 'Approved')
  await emulator.control.idle()
  receiver.closeAllConnections()
  receiver.close()
  expect(seen).toEqual(Array(2).fill('/hook true application/json'))
  expect(emulator.control.deliveries().map(({ state }) => state)).toEqual(['delivered', 'failed'])

  emulator.control.finish(session_id, 'Declined')
  await emulator.control.idle()
  expect(emulator.control.deliveries().at(-1)).toMatchObject({
    state: 'retrying',
    attempts: [{ status: null, error: expect.stringMatching(/^fetch failed \([A-Z_]+\)$/) }],
  })
})
