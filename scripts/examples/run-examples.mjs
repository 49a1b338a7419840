// Runs each framework's example of the server's README in a project of its own, from the packed packages.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { checkHost } from './check-host.mjs'
import { readmeFiles } from './readme-files.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(join(root, 'packages/server/README.md'), 'utf8')
const tools = ['readme-files.mjs', 'check-host.mjs', 'run-examples.mjs']

/** Thrown when an example could not be run at all. It counts as not run, which fails the command too. */
class NotRun extends Error {}

/** Stands for the host's own sign-in, which the README leaves to the reader. */
const users = (isTyped) => `export function findUser(request${isTyped ? ': Request' : ''}) {
  const userId = request.headers.get('x-user')
  return userId === null ? null : { userId }
}
`

async function loadExamples() {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => !tools.includes(name))
  const modules = await Promise.all(files.map((name) => import(new URL(name, import.meta.url).href)))
  return modules.flatMap((module) => module.default).map((it) => ({ name: it.section, ...it }))
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** The environment without secrets of the caller, and without settings of the npm that runs this command. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|DIDIT_|DATABASE_URL|NODE_ENV|NODE_OPTIONS|PORT)/i.test(name)),
)

/** Starts a program in a process group of its own and collects its output. */
function startProgram([program, ...args], cwd, more = {}) {
  const command = program === 'node' ? process.execPath : program
  const isWindows = process.platform === 'win32'
  const child = spawn(command, args, {
    cwd,
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !isWindows,
    shell: isWindows && program !== 'node',
  })
  let output = ''
  let code = null
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const ended = new Promise((resolve) => {
    child.on('error', (error) => {
      output += error.message
      code = 1
      resolve(code)
    })
    child.on('close', (exit, signal) => {
      code ??= exit ?? signal
      resolve(code)
    })
  })
  return {
    ended,
    output: () => output,
    hasEnded: () => code !== null,
    async stop() {
      if (code !== null) return
      try {
        // The whole group: npx does not pass signals on.
        process.kill(isWindows ? child.pid : -child.pid, 'SIGKILL')
      } catch {}
      await ended
    },
  }
}

/** Runs a program to its end. A program that needs longer than five minutes counts as hanging. */
async function runToEnd(command, cwd, more) {
  const program = startProgram(command, cwd, more)
  const timer = setTimeout(() => program.stop(), 300_000)
  const code = await program.ended
  clearTimeout(timer)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${program.output().slice(-3000)}`)
}

/** Writes the files of a project, whose code comes from the README. */
function writeProject(folder, example) {
  const { sourceFolder = '.', usersFile = 'users.js' } = example
  const files = {
    'package.json': JSON.stringify({
      name: 'example',
      private: true,
      type: example.isModule === false ? undefined : 'module',
    }),
    [join(usersFile === 'users.js' ? sourceFolder : '.', usersFile)]: users(usersFile.endsWith('.ts')),
    ...(example.withoutDiditFile
      ? {}
      : { [join(sourceFolder, 'didit.js')]: readmeFiles(readme, 'Example')['didit.js'] }),
    ...readmeFiles(readme, example.section),
    ...example.files,
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

async function runExample(example, tarballs, createEmulator, step) {
  const folder = mkdtempSync(join(tmpdir(), 'didit-verify-example-'))
  try {
    writeProject(folder, example)
    step('installing')
    await runToEnd(
      ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs, ...example.install],
      folder,
    )
    if (example.runtime) {
      // npm may leave out the script that links the binary, which is in a package of its own.
      await runToEnd(['npm', 'rebuild', example.runtime], folder).catch(() => {})
      await runToEnd(['npx', '--no-install', example.runtime, '--version'], folder).catch((error) => {
        throw new NotRun(`${example.runtime} could not be installed. ${error.message}`)
      })
    }
    for (const command of example.build ?? []) {
      step(command.slice(2).join(' '))
      await runToEnd(command, folder, example.environment)
    }
    step('running')
    const port = await freePort()
    const url = `http://localhost:${port}`
    const emulator = createEmulator({ webhookUrl: `${url}/api/didit/webhook`, webhookSecret: 'example-webhook-secret' })
    let host
    try {
      await emulator.listen()
      host = startProgram(example.start, folder, {
        ...example.environment,
        PORT: String(port),
        DIDIT_API_KEY: emulator.apiKey,
        DIDIT_WEBHOOK_SECRET: 'example-webhook-secret',
        DIDIT_WORKFLOW_ID: '11111111-2222-3333-4444-555555555555',
        DIDIT_TICKET_SECRET: 'example-ticket-secret-of-32-characters',
        DIDIT_BASE_URL: emulator.url,
      })
      await checkHost({ ...example, url, host, emulator })
    } catch (error) {
      throw new Error(`${error.message}\n${host?.output().slice(-3000) ?? ''}`, { cause: error })
    } finally {
      await host?.stop()
      await emulator.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/**
 * Runs the examples whose names contain one of the given words, or all. Prints a table, and returns whether all passed.
 *
 * @param words - Such as `fastify` or `next`.
 */
export async function runExamples(words) {
  const tarballs = readdirSync(join(root, 'tarballs'))
    .filter((name) => /-(core|server)-[^-]+\.tgz$/.test(name))
    .map((name) => join(root, 'tarballs', name))
  const { createEmulator } = await import(pathToFileURL(join(root, 'packages/emulator/dist/testing.js')).href)
  const all = await loadExamples()
  const isWanted = ({ name }) => words.length === 0 || words.some((it) => name.toLowerCase().includes(it.toLowerCase()))
  const examples = all.filter(isWanted)
  if (examples.length === 0) {
    console.error(`No example has such a name. There are: ${all.map(({ name }) => name).join(', ')}.`)
    return false
  }
  const began = Date.now()
  const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(0)} s`.padStart(6)
  const rows = []
  for (const example of examples) {
    const start = Date.now()
    const step = (text) => console.error(`${seconds(began)}  ${example.name}: ${text} …`)
    try {
      await runExample(example, tarballs, createEmulator, step)
      rows.push([example.name, 'passed', seconds(start)])
    } catch (error) {
      const result = error instanceof NotRun ? 'NOT RUN' : 'FAILED'
      console.error(`${seconds(began)}  ${example.name}: ${result}\n${error.message.replaceAll(/^/gm, '    ')}`)
      rows.push([example.name, result, seconds(start)])
    }
  }
  const width = Math.max(...rows.map(([name]) => name.length))
  console.log(`\nExamples on Node ${process.versions.node}:`)
  for (const [name, result, time] of rows) console.log(`  ${name.padEnd(width)}  ${result.padEnd(7)}  ${time}`)
  return rows.every(([, result]) => result === 'passed')
}
