import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serveEmulator } from '../on-loopback.ts'

/** Didit's own MCP server, as its package has it: a process of its own that calls the emulator where it would call Didit. */

const program = fileURLToPath(import.meta.resolve('@didit-protocol/mcp-server'))
const guard = import.meta.resolve('./loopback-only.mjs')
const kyc = '11111111-2222-3333-4444-555555555555'
const apiKey = 'conformance-key'

let didit: Awaited<ReturnType<typeof serveEmulator>>
let client: Client
let said: string
let open: (() => Promise<void>)[] = []

beforeEach(async () => {
  didit = await serveEmulator({ apiKey })
  open.push(() => didit.close())
  said = ''
  client = await connect(apiKey)
})
afterEach(async () => {
  for (const close of open.reverse()) await close()
  open = []
  expect(said).not.toContain('left the machine')
})

/** Starts the program and speaks to it as an agent's host would. */
async function connect(key: string): Promise<Client> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['--import', guard, program],
    // Nothing else of this process's surroundings.
    env: { DIDIT_API_BASE_URL: `${didit.url}/v3`, DIDIT_AUTH_BASE_URL: `${didit.url}/auth/v2`, DIDIT_API_KEY: key },
    stderr: 'pipe',
  })
  transport.stderr?.on('data', (chunk) => {
    said += chunk
  })
  const connected = new Client({ name: 'conformance', version: '1.0.0' })
  await connected.connect(transport)
  open.push(() => connected.close())
  return connected
}

interface Outcome {
  readonly isError: boolean
  readonly text: string
}

async function call(name: string, args: Record<string, unknown> = {}, by = client): Promise<Outcome> {
  const { content, isError = false } = await by.callTool({ name, arguments: args })
  const [first] = content as { type: string; text: string }[]
  return { isError: isError === true, text: first?.text ?? '' }
}

/** What a tool answered; it must not be an error. */
async function use(name: string, args: Record<string, unknown> = {}, by = client): Promise<Record<string, unknown>> {
  const { isError, text } = await call(name, args, by)
  expect(isError, text).toBe(false)
  return JSON.parse(text)
}

const create = (more: Record<string, unknown> = {}) => use('didit_create_session', { workflow_id: kyc, ...more })

test('says who it is, and offers the tools of a Session', async () => {
  expect(client.getServerVersion()).toMatchObject({ version: '4.0.0' })
  const { tools } = await client.listTools()
  const names = tools.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['didit_create_session', 'didit_get_session_decision']))
})

test('creates a Session, reads its decision before and after a person decides it, and deletes it', async () => {
  const created = await create({
    vendor_data: 'user-7',
    language: 'es',
    metadata: { order: 17 },
    contact_details: { email: 'ada@example.test' },
  })
  expect(created).toMatchObject({ status: 'Not Started', vendor_data: 'user-7', metadata: { order: 17 } })
  expect(created.url).toBe(`${didit.url}/es/session/${created.session_token}`)

  const session_id = String(created.session_id)
  const before = await use('didit_get_session_decision', { session_id })
  expect(before).toMatchObject({ session_id, status: 'Not Started', id_verifications: null })

  didit.emulator.control.finish(session_id, 'Approved')
  const after = await use('didit_get_session_decision', { session_id })
  expect(after).toMatchObject({ session_id, status: 'Approved', id_verifications: [{ status: 'Approved' }] })

  expect(await use('didit_delete_session', { session_id })).toMatchObject({ session_id })
  const gone = await call('didit_get_session_decision', { session_id })
  expect(gone).toMatchObject({ isError: true })
  expect(gone.text).toContain('Didit API 404')
  expect(didit.asked).toEqual([
    'POST /v3/session/',
    `GET /v3/session/${session_id}/decision/`,
    `GET /v3/session/${session_id}/decision/`,
    `DELETE /v3/session/${session_id}/delete/`,
    `GET /v3/session/${session_id}/decision/`,
  ])
})

describe('refusals reach the agent with what Didit says', () => {
  test('an unknown workflow', async () => {
    const { isError, text } = await call('didit_create_session', { workflow_id: kyc.replace('1111', '9999') })
    expect(isError).toBe(true)
    expect(text).toContain('Didit API 400')
    expect(text).toContain('workflow_id')
  })

  test('a wrong key', async () => {
    const stranger = await connect('not-the-key')
    const { isError, text } = await call('didit_create_session', { workflow_id: kyc }, stranger)
    expect(isError).toBe(true)
    expect(text).toContain('Didit API 401')
  })
})
