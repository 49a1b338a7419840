import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sqliteStorage } from '../sqlite.ts'

const here = dirname(fileURLToPath(import.meta.url))
const packageRoot = join(here, '../..')
// Below node_modules, so that the bundle finds the drivers that it leaves outside and git does not find it.
const folder = mkdtempSync(join(realpathSync(packageRoot), 'node_modules/.crash-test-'))
const database = join(folder, 'crash.db')
const program = join(folder, 'writer.mjs')

/** Commits events without end, many at a time, and prints each key once it is acknowledged. */
const writer = `
  import { writeSync } from 'node:fs'
  import { sqliteStorage } from '../sqlite.ts'
  import { makeEvent, makeRecord } from './sample-records.ts'

  const [path, run] = process.argv.slice(2)
  const storage = sqliteStorage({ path })
  await storage.open()
  const application = storage.application('shop')
  for (let index = 0; ; index++) {
    await Promise.all(Array.from({ length: 1 + (index % 8) }, async (_, place) => {
      const key = [run, index, place].join('-')
      const { record } = await application.commitEvent(makeEvent({ key, sessionId: 's1' }), (current) =>
        current ? { ...current, revision: current.revision + 1 } : makeRecord('s1', { revision: 1 }))
      // Synchronous: what was acknowledged is out of this process before it can be killed.
      writeSync(1, key + ' ' + record.revision + '\\n')
    }))
  }
`

beforeAll(async () => {
  await build({
    stdin: { contents: writer, resolveDir: here, loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@didit-verify/source'],
    external: ['libsql', 'kysely'],
    logLevel: 'silent',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Lets the writer acknowledge `count` events, then kills it in the midst of the next. */
async function crash(run: number, count: number): Promise<string[]> {
  const child: ChildProcess = spawn(process.execPath, [program, database, String(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: string[] = []
  if (!child.stdout) throw new Error('The writer has no output.')
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    acknowledged.push(line)
    if (acknowledged.length === count) child.kill('SIGKILL')
  })
  const [[, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')])
  expect(signal).toBe('SIGKILL')
  return acknowledged
}

test('keeps every acknowledged event through kill -9, again and again', { timeout: 60_000 }, async () => {
  const acknowledged: string[] = []
  for (let run = 0; run < 10; run++) acknowledged.push(...(await crash(run, 40 + run * 13)))

  const storage = sqliteStorage({ path: database })
  await storage.open()
  const application = storage.application('shop')
  const events = await application.listEvents('s1')
  const session = await application.getSession('s1')
  await storage.close()

  const stored = new Set(events.map((event) => event.key))
  const keys = acknowledged.map((line) => line.split(' ')[0] as string)
  expect(keys.length).toBeGreaterThan(900)
  expect(keys.filter((key) => !stored.has(key))).toEqual([])
  // Event and Session went together: one revision and one count for each stored event, acknowledged or not.
  expect(session).toMatchObject({ seq: events.length, revision: events.length })
  // And no number was given out twice, as it would be if a commit had been taken back after its acknowledgement.
  expect(new Set(acknowledged.map((line) => line.split(' ')[1])).size).toBe(acknowledged.length)
})
