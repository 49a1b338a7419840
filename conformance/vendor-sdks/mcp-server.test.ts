import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serveEmulator } from '../on-loopback.ts'

/** Runs Didit's own MCP server from its published package as a separate process, with the emulator in place of Didit. */

const program = fileURLToPath(import.meta.resolve('@didit-protocol/mcp-server'))
const guard = import.meta.resolve('./loopback-only.mjs')
const kyc = '11111111-2222-3333-4444-555555555555'
const apiKey = 'conformance-key'
const partner = '99999999-2222-4333-8444-555555555555'
/** A PNG of one pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

let didit: Awaited<ReturnType<typeof serveEmulator>>
let client: Client
let stderr: string
let cleanups: (() => Promise<void>)[] = []

beforeEach(async () => {
  didit = await serveEmulator({ apiKey })
  cleanups.push(() => didit.close())
  stderr = ''
  client = await connect(apiKey)
})
afterEach(async () => {
  for (const close of cleanups.reverse()) await close()
  cleanups = []
  expect(stderr).not.toContain('left the machine')
})

/** Starts the program and connects to it as an MCP host does. */
async function connect(key: string): Promise<Client> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['--import', guard, program],
    // The program gets no other variable of this process's environment.
    env: { DIDIT_API_BASE_URL: `${didit.url}/v3`, DIDIT_AUTH_BASE_URL: `${didit.url}/auth/v2`, DIDIT_API_KEY: key },
    stderr: 'pipe',
  })
  transport.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const connected = new Client({ name: 'conformance', version: '1.0.0' })
  await connected.connect(transport)
  cleanups.push(() => connected.close())
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

/** Calls a tool and returns its result. Fails the test when the result is an error. */
async function use(name: string, args: Record<string, unknown> = {}, by = client): Promise<Record<string, unknown>> {
  const { isError, text } = await call(name, args, by)
  expect(isError, text).toBe(false)
  return JSON.parse(text)
}

const create = (more: Record<string, unknown> = {}) => use('didit_create_session', { workflow_id: kyc, ...more })

test('gives its version, and offers the Session tools', async () => {
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

test('lists Sessions by status, page by page', async () => {
  for (const vendor_data of ['one', 'two', 'three']) {
    const { session_id } = await create({ vendor_data })
    if (vendor_data !== 'two') didit.emulator.control.finish(String(session_id), 'Approved')
  }
  const page = await use('didit_list_sessions', { status: 'Approved', limit: '1', offset: '1' })
  expect(page).toMatchObject({ count: 2, results: [{ vendor_data: 'one', status: 'Approved' }] })
})

test('a reviewer approves, declines and requests a resubmission, and the feed shows it', async () => {
  const session_id = String((await create()).session_id)
  didit.emulator.control.finish(session_id, 'In Review')
  const update = (more: Record<string, unknown>) => use('didit_update_session_status', { session_id, ...more })
  const statusNow = async () => (await use('didit_get_session_decision', { session_id })).status

  expect(await update({ new_status: 'Approved', comment: 'The name is hers.' })).toEqual({ session_id })
  expect(await statusNow()).toBe('Approved')
  await update({ new_status: 'Declined', send_email: true, email_address: 'ada@example.test' })
  expect(await statusNow()).toBe('Declined')

  const decision = await use('didit_get_session_decision', { session_id })
  const [{ node_id }] = decision.liveness_checks as [{ node_id: string }]
  await update({ new_status: 'Resubmitted', nodes_to_resubmit: [{ node_id, feature: 'LIVENESS' }] })
  expect(await statusNow()).toBe('Resubmitted')

  await use('didit_add_session_review', { session_id, comment: 'She was called.' })
  const { results } = await use('didit_list_session_reviews', { session_id })
  expect(JSON.stringify(results)).toContain('She was called.')
  expect(JSON.stringify(results)).toContain('The name is hers.')
})

test('deletes several Sessions by their numbers', async () => {
  const [first, second, third] = [await create(), await create(), await create()]
  await use('didit_batch_delete_sessions', { session_numbers: [first?.session_number, third?.session_number] })
  const { results } = await use('didit_list_sessions')
  expect(results).toMatchObject([{ session_id: second?.session_id }])
})

test('fetches the report, although it requests the path without the trailing slash', async () => {
  const session_id = String((await create()).session_id)
  didit.emulator.control.finish(session_id, 'Approved')
  const { raw } = await use('didit_generate_session_pdf', { session_id })
  expect(String(raw).startsWith('%PDF')).toBe(true)
  expect(didit.asked.slice(-2)).toEqual([
    `GET /v3/session/${session_id}/generate-pdf`,
    `GET /v3/session/${session_id}/generate-pdf/`,
  ])
})

test('shares a Session with a partner, whose server imports it', async () => {
  const session_id = String((await create()).session_id)
  didit.emulator.control.finish(session_id, 'Approved')
  // The tool's description names `partner_client_id`, which Didit does not know. The tool passes its input through.
  const refused = await call('didit_share_session', { session_id, partner_client_id: partner })
  expect(refused).toMatchObject({ isError: true })
  expect(refused.text).toContain('for_application_id')

  const { share_token } = await use('didit_share_session', { session_id, for_application_id: partner })
  const theirs = await connect(`${apiKey}-partner`)
  const token = { share_token, workflow_id: kyc, trust_review: true }
  expect(await use('didit_import_shared_session', token, theirs)).toMatchObject({ status: 'Approved' })
  const again = await call('didit_import_shared_session', token, theirs)
  expect(again).toMatchObject({ isError: true })
  expect(again.text).toContain('Didit API 403')
})

test('runs the standalone checks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'didit-conformance-'))
  cleanups.push(async () => rmSync(folder, { recursive: true }))
  const image_path = join(folder, 'picture.png')
  writeFileSync(image_path, picture)

  expect(await use('didit_aml_screening', { full_name: 'Ada Example' })).toMatchObject({ aml: { status: 'Approved' } })
  const address = await use('didit_poa_verification', { document_image_path: image_path, save_api_request: false })
  expect(address).toMatchObject({ poa: { status: 'Approved' } })
  expect(await use('didit_passive_liveness', { image_path })).toMatchObject({ liveness: { status: 'Approved' } })
  expect(await use('didit_age_estimation', { image_path })).toMatchObject({ age_estimation: { status: 'Approved' } })

  const phone_number = '+4520123456'
  expect(await use('didit_phone_send', { phone_number })).toMatchObject({ status: 'Success' })
  expect(await use('didit_phone_check', { phone_number, code: '123456' })).toMatchObject({ status: 'Approved' })
})

describe("a refusal reaches the tool's user, with Didit's message", () => {
  test('an unknown workflow', async () => {
    const { isError, text } = await call('didit_create_session', { workflow_id: kyc.replace('1111', '9999') })
    expect(isError).toBe(true)
    expect(text).toContain('Didit API 400')
    expect(text).toContain('workflow_id')
  })

  test('a wrong key', async () => {
    const withWrongKey = await connect('not-the-key')
    const { isError, text } = await call('didit_create_session', { workflow_id: kyc }, withWrongKey)
    expect(isError).toBe(true)
    expect(text).toContain('Didit API 401')
  })
})
