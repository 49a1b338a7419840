import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDiditServer, type DiditServer } from '../../src/index.ts'
import { sqliteStorage } from '../../src/sqlite.ts'
import { apiKey, origin, ticketSecret, webhookSecret, workflowId } from '../../testing/test-server.ts'

const here = dirname(fileURLToPath(import.meta.url))
// Below node_modules, so that the bundle finds the drivers that it leaves outside and git does not find it.
const folder = mkdtempSync(join(realpathSync(join(here, '../..')), 'node_modules/.erase-test-'))
const program = join(folder, 'eraser.mjs')
const count = 6
const ids = Array.from({ length: count }, (_, index) => `0000000${index}-aaaa-4bbb-8ccc-dddddddddddd`)

/** Erases a user with six Sessions, of which Didit deletes two and then says no more, and prints what it does. */
const eraser = `
  import { writeSync } from 'node:fs'
  import { createDiditServer } from '../../src/index.ts'
  import { sqliteStorage } from '../../src/sqlite.ts'
  import { makeEvent, makeRecord } from '../../testing/records.ts'

  const [path, options, ids] = process.argv.slice(2).map((text, index) => (index === 0 ? text : JSON.parse(text)))
  // Synchronous: what is said is out of this process before it can be killed.
  const say = (line) => writeSync(1, line + '\\n')
  const storage = sqliteStorage({ path })
  await storage.open()
  for (const sessionId of ids) {
    await storage.application('default').commitEvent(makeEvent({ key: 'event-' + sessionId, sessionId }), () =>
      makeRecord(sessionId, { userId: 'user-ada', workflow: 'default', environment: 'live' }))
  }
  let deleted = 0
  const fetch = async (url) => {
    say('asked')
    if (deleted === 2) return new Promise(() => {})
    deleted += 1
    return new Response(null, { status: 204 })
  }
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  const didit = createDiditServer({ ...options, authenticate: () => null, storage, logger: quiet, didit: { fetch } })
  await didit.start()
  say('erasing')
  const erasure = didit.erase('user-ada')
  const watch = setInterval(() => say('later'), 1)
  await erasure
  clearInterval(watch)
`
const options = {
  apiKey,
  webhookSecrets: [webhookSecret],
  environment: 'live' as const,
  workflows: { default: workflowId },
  ticketSecret,
  allowedOrigins: [origin],
}

beforeAll(async () => {
  await build({
    stdin: { contents: eraser, resolveDir: here, loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@didit-verify/source'],
    external: ['libsql', 'kysely', 'pino'],
    logLevel: 'silent',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the eraser and kills it as soon as it has said that line so often. */
async function crash(path: string, line: string, times: number) {
  const child = spawn(process.execPath, [program, path, JSON.stringify(options), JSON.stringify(ids)])
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint += chunk
  })
  let said = 0
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (it) => {
    if (it !== line) return
    said += 1
    if (said === times) child.kill('SIGKILL')
  })
  const [[, signal]] = await Promise.all([once(child, 'close'), once(lines, 'close')])
  expect({ signal, complaint }).toEqual({ signal: 'SIGKILL', complaint: '' })
}

async function open(path: string) {
  const asked: string[] = []
  const storage = sqliteStorage({ path })
  const didit: DiditServer = createDiditServer({
    ...options,
    authenticate: () => null,
    storage,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    didit: {
      fetch: async (input) => {
        asked.push(/session\/([^/]+)\/delete/.exec(String(input))?.[1] ?? '')
        return Response.json({ detail: 'Not found.' }, { status: 404 })
      },
    },
  })
  await didit.start()
  await didit.tick()
  return { asked, storage, didit }
}

test.each([
  ['erasing', 1],
  ['later', 1],
  ['asked', 1],
  ['asked', 3],
  ['asked', 6],
  ['later', 30],
])('an erasure that kill -9 ends at "%s" (%i) is whole after a restart', { timeout: 20_000 }, async (line, times) => {
  const path = join(folder, `${line}-${times}.db`)
  await crash(path, line, times)
  const { asked, storage, didit } = await open(path)
  const left = await storage.application('default').listSessions({ userId: 'user-ada' })
  // All of it or nothing, and once a call has gone out, all of it.
  expect(line === 'asked' ? [0] : [0, count]).toContain(left.length)
  const wasErased = left.length === 0
  // Didit deletes two at the most before the crash: the others are asked for without anybody's doing.
  if (wasErased) expect(asked.length).toBeGreaterThanOrEqual(count - 2)
  else expect(asked).toEqual([])
  expect(await didit.erase('user-ada')).toEqual({ sessions: wasErased ? 0 : count, pending: 0 })
  await didit.close()
  for (const file of readdirSync(folder).filter((name) => name.startsWith(`${line}-${times}.`))) {
    const bytes = readFileSync(join(folder, file), 'latin1')
    for (const trace of ['user-ada', ...ids]) expect(bytes.includes(trace)).toBe(false)
  }
})
