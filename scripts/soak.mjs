// Long runs that look for faults: `npm run soak -- model`, `npm run soak -- outage`.
import { fork } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const server = fileURLToPath(new URL('../packages/server', import.meta.url))
const usage = `npm run soak -- model [--histories 1000000] [--sqlite 10000] [--seed 1]
npm run soak -- outage [--sessions 500] [--seed 1]`

/** Runs one of the soaks. Returns true when it found no fault. */
export async function soak(name, args) {
  if (name === 'model') return soakModel(readNumbers(args, { histories: 1_000_000, sqlite: 10_000, seed: 1 }))
  if (name === 'outage') return soakOutage(readNumbers(args, { sessions: 500, seed: 1 }))
  console.error(usage)
  process.exit(2)
}

function readNumbers(args, defaults) {
  const numbers = { ...defaults }
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at].replace(/^--/, '')
    const value = Number(args[at + 1])
    if (!Object.hasOwn(defaults, name) || !Number.isInteger(value) || value < 0) {
      console.error(usage)
      process.exit(2)
    }
    numbers[name] = value
  }
  return numbers
}

/** Bundles TypeScript of packages/server/testing and calls `use` with the file. */
async function withBundle(contents, use) {
  // Below node_modules, so that the bundle finds the drivers that it leaves outside and git does not find it.
  const folder = mkdtempSync(join(realpathSync(server), 'node_modules/.soak-'))
  try {
    const outfile = join(folder, 'soak.mjs')
    await build({
      stdin: { contents, resolveDir: join(server, 'testing'), loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@didit-verify/source'],
      external: ['libsql', 'kysely', 'pino'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'error',
    })
    return await use(outfile)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const modelWorker = `
  import { soakModel } from './model-soak.ts'
  const [from, histories, storage] = process.argv.slice(2)
  const tell = (counts) => process.send(counts)
  tell(await soakModel({ from: Number(from), histories: Number(histories), storage, onProgress: tell }))
  process.disconnect()
`

async function soakModel({ histories, sqlite, seed }) {
  return withBundle(modelWorker, async (file) => {
    const inMemory = await runHistories(file, { storage: 'memory', histories, seed })
    const onSqlite = await runHistories(file, { storage: 'sqlite', histories: sqlite, seed: seed + histories })
    const wrong = inMemory.wrong + onSqlite.wrong
    console.log(`${wrong} wrong`)
    return wrong === 0
  })
}

const outageWorker = `
  import { runOutage } from './outage.ts'
  const [sessions, seed] = process.argv.slice(2)
  process.send(await runOutage({ sessions: Number(sessions), seed: Number(seed) }))
  process.disconnect()
`

/** Drops every webhook for an hour of virtual time, and prints how long verdicts were wrong and what that cost. */
async function soakOutage({ sessions, seed }) {
  return withBundle(outageWorker, async (file) => {
    let outage
    await runWorker(file, [String(sessions), String(seed)], (result) => {
      outage = result
    })
    const { wrong, minutesUntilRight, calls, mostCallsInAMinute } = outage
    console.log(
      `${sessions} Sessions, an hour without webhooks (seed ${seed}): ${wrong} wrong ${minutesUntilRight} minutes after its end, ` +
        `${calls} calls to Didit without creations, at most ${mostCallsInAMinute} in a minute`,
    )
    return wrong === 0 && mostCallsInAMinute <= 300
  })
}

async function runHistories(file, { storage, histories, seed }) {
  const startedAt = performance.now()
  const workers = Math.max(1, Math.min(availableParallelism(), Math.ceil(histories / 1_000)))
  const share = Math.ceil(histories / workers)
  const latest = []
  const sum = (name) => latest.reduce((total, counts) => total + counts[name], 0)
  const total = () => ({
    histories: sum('histories'),
    commits: sum('commits'),
    wrong: sum('wrong'),
    mostLastReads: Math.max(0, ...latest.map(({ mostLastReads }) => mostLastReads)),
  })
  const print = () => {
    const seconds = (performance.now() - startedAt) / 1_000
    const { histories: done, commits, wrong, mostLastReads } = total()
    const of = done === histories ? '' : ` of ${histories.toLocaleString('en')}`
    console.log(
      `${storage}: ${done.toLocaleString('en')}${of} histories (seeds from ${seed}), ${commits.toLocaleString('en')} commits, ` +
        `${seconds.toFixed(0)} s, ${Math.round(done / seconds).toLocaleString('en')} histories/s, ` +
        `at most ${mostLastReads} reads to settle, ${wrong} wrong`,
    )
  }
  const progress = setInterval(print, 10_000)
  await Promise.all(
    Array.from({ length: workers }, (_, index) => {
      const from = index * share
      const count = Math.max(0, Math.min(share, histories - from))
      return runWorker(file, [String(seed + from), String(count), storage], (counts) => {
        latest[index] = counts
      })
    }),
  )
  clearInterval(progress)
  print()
  for (const report of latest.flatMap(({ reports }) => reports)) console.log(`\n${report}`)
  return total()
}

/** Runs a worker process to its end. A worker that ends by itself with a fault ends the soak. */
function runWorker(file, args, onMessage) {
  return new Promise((resolve, reject) => {
    const child = fork(file, args)
    process.once('exit', () => child.kill())
    child.on('message', onMessage)
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with code ${code}.`))))
  })
}
