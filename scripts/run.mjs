// One way in for every root command: installs what is missing, then does the work, so that Node and npm are all a
// machine needs. npm cannot install this workspace, so the pnpm that package.json pins does it.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { checkPorts, start } from './start.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [command = 'install', ...rest] = process.argv.slice(2)
const pinned = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).packageManager.split(
  '+',
)[0]

/** Runs a program to its end; ends this process with the same code when it fails. */
function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    })
    const forward = (signal) => child.kill(signal)
    process.on('SIGINT', forward).on('SIGTERM', forward)
    child.on('error', (error) => {
      console.error(`${program} could not be started: ${error.message}`)
      process.exit(1)
    })
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward)
      if (signal !== null) process.exit(130)
      if (code !== 0) process.exit(code)
      resolve()
    })
  })
}

const pnpm = (...args) => run('npx', ['--yes', pinned, ...args])
const node = (...args) => run(process.execPath, args)
/** Tells what takes its time: the first run may be silent for a minute otherwise. */
const say = (text) => console.error(text)
const build = () => {
  say('Building …')
  return pnpm('-r', '--reporter=append-only', '--loglevel=warn', 'run', 'build')
}
/** The script behind a package's command, so that it runs without a package manager in between. */
const bin = (name, path) =>
  createRequire(import.meta.url)
    .resolve(`${name}/package.json`)
    .replace('package.json', path)

async function test(...args) {
  const { requireChromium } = await import('./browsers.mjs')
  process.env.CHROMIUM_PATH = requireChromium()
  await build()
  await node(bin('vitest', 'vitest.mjs'), 'run', '--config', 'vitest.workspace.ts', ...args)
}

const commands = {
  install: async () => {},
  build,
  start: async () => {
    await build()
    await start()
  },
  test,
  e2e: (...args) => test('--project', 'e2e', ...args),
  check: async () => {
    await node(bin('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings', '.')
    await build()
    await node(bin('@typescript/native', 'bin/tsc'), '-p', 'tsconfig.json')
    await pnpm('-r', '--reporter=append-only', '--loglevel=warn', 'run', 'types')
  },
  fuzz: () => pnpm('--filter', '@didit-verify/server', 'run', 'fuzz'),
  format: () => node(bin('@biomejs/biome', 'bin/biome'), 'check', '--write', '.'),
  size: async (...args) => {
    await build()
    const { reportSizes } = await import('./size.mjs')
    process.exitCode = (await reportSizes({ isGate: args.includes('--gate') })) ? 0 : 1
  },
}

if (!Object.hasOwn(commands, command)) {
  console.error(`There is no command "${command}". There are: ${Object.keys(commands).join(', ')}.`)
  process.exit(2)
}
if (command === 'start') await checkPorts()
say('Installing what is missing …')
await pnpm('install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn')
await commands[command](...rest)
