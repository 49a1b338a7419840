// Runs every root command: installs what is missing, then does the work, so that Node and npm are all a machine needs.
// npm cannot install this workspace, so the pnpm that package.json pins does it.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { conformanceNotRun, findOpenApi } from './openapi.mjs'
import { checkPorts, devPorts, endWithParent, start, startPorts } from './start.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [command = 'install', ...rest] = process.argv.slice(2)
const pinned = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).packageManager.split(
  '+',
)[0]

/** Runs a program to its end. When it fails, prints the advice and ends this process with the same code. */
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
/** Prints which step runs: the first run may be silent for a minute otherwise. */
const say = (text) => console.error(text)
const build = () => {
  say('Building …')
  return pnpm('-r', '--reporter=append-only', '--loglevel=warn', 'run', 'build')
}
const require = createRequire(import.meta.url)
/**
 * Returns the script behind a package's command, so that it runs without a package manager in between. `path` is relative
 * to a file that the package exports. The callers write `require.resolve` out, so that knip sees that the package is used.
 */
const bin = (file, path) => join(dirname(file), path)

const vitest = (mode, ...args) =>
  node(bin(require.resolve('vitest/package.json'), 'vitest.mjs'), mode, '--config', 'vitest.workspace.ts', ...args)

/** The projects that need neither a browser nor a build. */
const unitProjects = ['core', 'server', 'emulator', 'contract', 'react', 'demo', 'conformance', 'repository'].flatMap(
  (name) => ['--project', name],
)

/** Runs the tests that need neither a browser nor a build; `vitest.workspace.ts` leaves out single files by the variable. */
function unit(mode, args) {
  process.env.DIDIT_VERIFY_UNIT_ONLY = '1'
  return vitest(mode, ...(args.includes('--project') ? [] : unitProjects), ...args)
}

async function test(wanted, ...args) {
  const { requireBrowsers } = await import('./browsers.mjs')
  requireBrowsers(wanted)
  await build()
  await vitest('run', ...args)
}

const biome = (...args) => node(bin(require.resolve('@biomejs/biome/package.json'), 'bin/biome'), 'check', ...args)

/** Checks everything that can be checked without running it. The first step that fails ends the run with advice. */
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

/** Takes `--engine NAME` out of the arguments. Without it, returns every engine. */
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

async function packAll() {
  await build()
  const { packPackages } = await import('./packages.mjs')
  packPackages({ pnpm: pinned })
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
      // `summary-reporter.mjs` repeats it at the end of the run, where it is seen.
      process.env.DIDIT_VERIFY_NOT_RUN = conformanceNotRun()
    }
    return test(undefined, ...args)
  },
  dev: async () => {
    // The pages without JavaScript are served from the build.
    if (!existsSync(join(root, 'apps/demo/dist/basic.html'))) await build()
    const { dev } = await import('./dev.mjs')
    await dev()
    endWithParent()
  },
  'test:unit': (...args) => unit('run', args),
  'test:watch': (...args) => unit('watch', args),
  conformance: (...args) => vitest('run', '--project', 'conformance', ...args),
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
  fuzz: (...args) => {
    process.env.FUZZ_CASES ??= '1000000'
    // Only files with property tests, which all take their number of cases from this module.
    const files = execFileSync('git', ['grep', '-l', 'property-runs.ts', '--', '*.test.ts'], {
      cwd: root,
      encoding: 'utf8',
    })
    return vitest('run', ...(args.length > 0 ? args : files.trim().split('\n')))
  },
  pack: packAll,
  examples: async (...args) => {
    await packAll()
    const { runExamples } = await import('./examples/run-examples.mjs')
    process.exitCode = (await runExamples(args)) ? 0 : 1
  },
  format: () => biome('--write', '.'),
  manifest: async () => (await import('./manifest.mjs')).writeManifest(),
  proxies: async () => {
    await build()
    const { checkProxies } = await import('./proxies.mjs')
    process.exitCode = (await checkProxies()) ? 0 : 1
  },
  soak: async (name, ...args) => {
    const { soak } = await import('./soak.mjs')
    process.exitCode = (await soak(name, args)) ? 0 : 1
  },
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
if (command === 'proxies') (await import('./proxies.mjs')).requireProxies()
if (command === 'start') await checkPorts(startPorts(), 'npm start')
if (command === 'dev') await checkPorts(devPorts(), 'npm run dev')
if (command === 'conformance' && findOpenApi() === null) {
  say(conformanceNotRun())
  process.exit(0)
}
say('Installing what is missing …')
await pnpm('install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn')
await commands[command](...rest)
