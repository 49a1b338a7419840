import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from '@didit-verify/emulator'
import { getRequestListener } from '@hono/node-server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCli } from './run-cli.ts'

let folder: string
const undo: (() => Promise<unknown>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'didit-verify-cli-'))
})
afterEach(async () => {
  for (const step of undo.splice(0)) await step()
  rmSync(folder, { recursive: true, force: true })
})

async function run(args: string[], variables: Record<string, string> = {}) {
  const out: string[] = []
  const errors: string[] = []
  const result = await runCli(args, variables, { out: (line) => out.push(line), error: (line) => errors.push(line) })
  if ('running' in result) undo.push(() => result.running.close())
  return { result, out, errors }
}

const variables = () => ({
  DIDIT_API_KEY: 'key-of-a-test',
  DIDIT_WEBHOOK_SECRET: 'hook-of-a-test',
  DIDIT_WORKFLOW_ID: '11111111-2222-3333-4444-555555555555',
  DIDIT_TICKET_SECRET: 'ticket-secret-of-a-test-0123456789',
  DIDIT_AUTH: 'anonymous',
  DIDIT_BASE_URL: 'http://127.0.0.1:9',
  ALLOWED_ORIGINS: 'http://localhost:4000',
  DATABASE_URL: join(folder, 'test.db'),
  LOG_LEVEL: 'silent',
  PORT: '0',
})

test('serves until it is told to stop', async () => {
  const didit = createEmulator({ apiKey: variables().DIDIT_API_KEY })
  const hosted = createServer(getRequestListener(didit.fetch))
  await new Promise<void>((resolve) => hosted.listen(0, '127.0.0.1', resolve))
  undo.push(() => new Promise((resolve) => hosted.close(resolve).closeAllConnections()))
  const { result, errors } = await run(['serve'], {
    ...variables(),
    DIDIT_BASE_URL: `http://127.0.0.1:${(hosted.address() as AddressInfo).port}`,
  })
  if (!('running' in result)) throw new Error(errors.join('\n'))
  const { address } = result.running
  expect(errors).toEqual([`didit-verify-server listens on ${address}`])
  const ready = await fetch(`${address}/health/ready`)
  expect(await ready.json()).toMatchObject({ status: 'ready' })
  const current = await fetch(`${address}/sessions/current`)
  expect(current.status).toBe(404)
  expect(current.headers.get('set-cookie')).toBeNull()
  const started = await fetch(`${address}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(started.status).toBe(201)
  const [cookie = ''] = started.headers.get('set-cookie')?.split(';') ?? []
  expect(cookie).toMatch(/^didit_anonymous=/)
  expect((await fetch(`${address}/sessions/current`, { headers: { cookie } })).status).toBe(200)
  expect((await fetch(new URL('/', address))).status).toBe(404)
  await result.running.close()
  await expect(fetch(`${address}/health/live`)).rejects.toThrow()
})

/** Sends a request head as it is written, and returns the head of the answer. */
async function sendHead(address: string, head: string): Promise<string> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  socket.write(`${head}\r\n\r\n`)
  const [answer] = await once(socket, 'data')
  socket.destroy()
  return String(answer)
}

test.each([
  ['65', {}],
  ['7', { KEEP_ALIVE_SECONDS: '7' }],
])('keeps an idle connection for %s s, and needs no Host', async (seconds, added) => {
  const { result, errors } = await run([], { ...variables(), ...added })
  if (!('running' in result)) throw new Error(errors.join('\n'))
  const { address } = result.running
  const path = new URL(`${address}/health/ready`).pathname
  const kept = await sendHead(address, `GET ${path} HTTP/1.1\r\nHost: a.example`)
  expect(kept).toMatch(/^HTTP\/1\.1 200 /)
  expect(kept).toMatch(new RegExp(`keep-alive: timeout=${seconds}\r`, 'i'))
  // The forms of HAProxy's `option httpchk`.
  for (const head of [`GET ${path} HTTP/1.0`, `GET ${path} HTTP/1.1`]) {
    expect(await sendHead(address, head)).toMatch(/^HTTP\/1\.1 200 /)
  }
})

test.each(['0', '-1', '1.5', 'a minute', '3601'])('refuses KEEP_ALIVE_SECONDS=%s in a sentence', async (value) => {
  const { result, errors } = await run([], { ...variables(), KEEP_ALIVE_SECONDS: value })
  expect(result).toEqual({ exitCode: 2 })
  expect(errors).toEqual([expect.stringContaining('KEEP_ALIVE_SECONDS')])
})

test('says in a sentence that the port is taken', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  undo.push(() => new Promise((resolve) => other.close(resolve)))
  const { port } = other.address() as AddressInfo
  const { result, errors } = await run([], { ...variables(), PORT: String(port) })
  expect(result).toEqual({ exitCode: 1 })
  expect(errors).toEqual([`Port ${port} is in use. Stop the other program, or set PORT to another port.`])
})

test('says in a sentence each that settings are missing', async () => {
  const { result, errors } = await run([])
  expect(result).toEqual({ exitCode: 2 })
  expect(errors).toHaveLength(6)
})

test('says in a sentence that the file is not a database', async () => {
  const path = join(folder, 'notes.txt')
  writeFileSync(path, 'Dear diary, this is no database. '.repeat(100))
  const { result, errors } = await run([], { ...variables(), DATABASE_URL: path })
  expect(result).toEqual({ exitCode: 2 })
  expect(errors).toHaveLength(1)
})

test('helps, and names its version', async () => {
  const help = await run(['--help'])
  expect(help.result).toEqual({ exitCode: 0 })
  const others = ['TRUST_PROXY', 'KEEP_ALIVE_SECONDS']
  for (const name of [...Object.keys(variables()), ...others]) expect(help.out[0]).toContain(name)
  expect(await run(['-v'])).toMatchObject({ result: { exitCode: 0 }, out: [expect.stringMatching(/^\d+\.\d+\.\d+/)] })
})

test.each([[['dance']], [['serve', 'twice']], [['--loud']]])('refuses the arguments %o', async (args) => {
  expect(await run(args, variables())).toMatchObject({
    result: { exitCode: 2 },
    errors: [expect.stringMatching(/--help/)],
  })
})
