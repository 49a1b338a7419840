// One way in for every root command: installs what is missing, then does the work, so that Node and npm are all a
// machine needs. npm cannot install this workspace, so the pnpm that package.json pins does it.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { conformanceNotRun, findOpenApi } from './openapi.mjs'
import { checkPorts, start } from './start.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [command = 'install', ...rest] = process.argv.slice(2)
const pinned = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).packageManager.split(
  '+',
)[0]

/** Runs a program to its end; when it fails, says what to do about it and ends this process with the same code. */
function run(program, args, advice) {
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
      if (code !== 0) {
        if (advice) console.error(advice)
        process.exit(code)
      }
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
const require = createRequire(import.meta.url)
/**
 * The script behind a package's command, so that it runs without a package manager in between: `path` is relative to
 * a file of the package that it exports. A literal `require.resolve` lets knip see that the package is used.
 */
const bin = (file, path) => join(dirname(file), path)

const vitest = (...args) =>
  node(bin(require.resolve('vitest/package.json'), 'vitest.mjs'), 'run', '--config', 'vitest.workspace.ts', ...args)

async function test(wanted, ...args) {
  const { requireBrowsers } = await import('./browsers.mjs')
  requireBrowsers(wanted)
  await build()
  await vitest(...args)
}

const biome = (...args) => node(bin(require.resolve('@biomejs/biome/package.json'), 'bin/biome'), 'check', ...args)

/** Everything that can be checked without running it. The first step that fails ends the run, and says what to do. */
async function check() {
  say('Format and lint …')
  await biome('--error-on-warnings', '.')
  say('Changesets …')
  const { checkChangesets } = await import('./changesets.mjs')
  checkChangesets()
  say('Manifest of the element …')
  const { checkManifest } = await import('./manifest.mjs')
  checkManifest()
  await build()
  say('Types …')
  await node(bin(require.resolve('@typescript/native/package.json'), 'bin/tsc'), '-p', 'tsconfig.json')
  await pnpm('-r', '--reporter=append-only', '--loglevel=warn', 'run', 'types')
  say('Unused files, exports and dependencies (knip) …')
  await run(process.execPath, [bin(require.resolve('knip'), '../bin/knip.js')], knipAdvice)
  say('The packages as they would be published (publint, attw) …')
  const { checkPackages } = await import('./packages.mjs')
  await checkPackages({ pnpm: pinned })
}

const knipAdvice = `
knip found something that nothing uses. Mend it by its kind:
  unused file            delete it. If a tool starts it by its path, name it under "entry" in knip.ts.
  unused export or type  delete it, or take the word "export" away if its own file uses it.
  unused dependency      npx ${pinned} --filter PACKAGE remove NAME
  unlisted dependency    npx ${pinned} --filter PACKAGE add NAME (a version of the catalog: NAME@catalog:)
  configuration hint     do what it says in knip.ts; what was excused there is not needed any more.
An exception in knip.ts needs its reason in a comment beside it.`

/** Takes `--engine NAME` out of the arguments; without it every engine is meant. */
async function chosenEngines(args) {
  const { engines } = await import('./browsers.mjs')
  const at = args.indexOf('--engine')
  if (at === -1) return [engines, args]
  const engine = args[at + 1]
  if (!engines.includes(engine)) {
    console.error(`There is no engine "${engine ?? ''}". There are: ${engines.join(', ')}.`)
    process.exit(2)
  }
  return [[engine], args.toSpliced(at, 2)]
}

const commands = {
  install: async () => {},
  build,
  start: async () => {
    await build()
    await start()
  },
  test: (...args) => {
    if (findOpenApi() === null) {
      say(conformanceNotRun())
      // For the end of the run, where it is seen (scripts/summary-reporter.mjs).
      process.env.DIDIT_VERIFY_NOT_RUN = conformanceNotRun()
    }
    return test(undefined, ...args)
  },
  conformance: (...args) => vitest('--project', 'conformance', ...args),
  e2e: async (...args) => {
    const [engines, rest] = await chosenEngines(args)
    const projects = args.includes('--project') ? [] : engines.flatMap((engine) => ['--project', `e2e-${engine}`])
    await test(engines, ...projects, ...rest)
  },
  screenshots: async (...args) => {
    const [[engine]] = await chosenEngines(args)
    const { requireBrowsers } = await import('./browsers.mjs')
    requireBrowsers([engine])
    await build()
    process.env.E2E_ENGINE = engine
    const { runnerImport } = await import('vite')
    const { module } = await runnerImport(
      fileURLToPath(new URL('../apps/demo/testing/screenshots.ts', import.meta.url)),
      {
        configFile: false,
      },
    )
    say(`Taking pictures in ${engine} …`)
    console.log(await module.takeScreenshots(fileURLToPath(new URL('../screenshots', import.meta.url))))
  },
  check,
  changeset: (...args) => node(bin(require.resolve('@changesets/cli/package.json'), 'bin.js'), ...args),
  fuzz: () => pnpm('--filter', '@didit-verify/server', 'run', 'fuzz'),
  format: () => biome('--write', '.'),
  manifest: async () => (await import('./manifest.mjs')).writeManifest(),
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
if (command === 'conformance' && findOpenApi() === null) {
  say(conformanceNotRun())
  process.exit(0)
}
say('Installing what is missing …')
await pnpm('install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn')
await commands[command](...rest)
