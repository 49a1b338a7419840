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
  import { makeEvent, makeRecord } from '../../testing/records.ts'

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

/** Runs the writer until it has acknowledged `count` events or ends by itself, then kills it in the midst of the next. */
async function crash(run: string, count: number, command: readonly string[] = []) {
  const [file = process.execPath, ...before] = [...command, process.execPath]
  const child: ChildProcess = spawn(file, [...before, program, database, run], { stdio: ['ignore', 'pipe', 'pipe'] })
  if (!child.stdout || !child.stderr) throw new Error('The writer has no output.')
  const acknowledged: string[] = []
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint += chunk
  })
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    acknowledged.push(line)
    if (acknowledged.length === count) child.kill('SIGKILL')
  })
  const [[, signal]] = await Promise.all([once(child, 'close'), once(lines, 'close')])
  return { acknowledged, complaint, signal }
}

/** Holds what is stored against all that was ever acknowledged. */
async function expectComplete(acknowledged: readonly string[]) {
  const storage = sqliteStorage({ path: database })
  await storage.open()
  const application = storage.application('shop')
  const events = await application.listEvents('s1')
  const session = await application.getSession('s1')
  await storage.close()

  const stored = new Set(events.map((event) => event.key))
  expect(acknowledged.map((line) => line.split(' ')[0] ?? '').filter((key) => !stored.has(key))).toEqual([])
  // Event and Session went together: one revision and one count for each stored event, acknowledged or not.
  expect(session).toMatchObject({ seq: events.length, revision: events.length })
  // And no number was given out twice, as it would be if a commit had been taken back after its acknowledgement.
  expect(new Set(acknowledged.map((line) => line.split(' ')[1])).size).toBe(acknowledged.length)
}

const acknowledged: string[] = []

test('two processes on one file keep every acknowledged event through kill -9', { timeout: 60_000 }, async () => {
  for (let round = 0; round < 6; round++) {
    const runs = await Promise.all([crash(`${round}a`, 40 + round * 13), crash(`${round}b`, 100 - round * 13)])
    for (const run of runs) {
      expect(run).toMatchObject({ signal: 'SIGKILL', complaint: '' })
      acknowledged.push(...run.acknowledged)
    }
    await expectComplete(acknowledged)
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(6 * 140)
})

test('a disk that takes no more refuses events and keeps the acknowledged ones', { timeout: 60_000 }, async () => {
  // No file of this process may grow beyond some 900 kB: every write fails there, as on a full disk.
  const limited = ['/bin/sh', '-c', 'ulimit -f 1800 && exec "$@"', 'sh']
  const run = await crash('full', 1_000_000, limited)
  expect(run.complaint).toContain("code: 'storage-unavailable'")
  expect(run.signal).toBeNull()
  expect(run.acknowledged.length).toBeGreaterThan(10)
  acknowledged.push(...run.acknowledged)
  await expectComplete(acknowledged)
})
