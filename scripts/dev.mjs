// Runs the demo for development: Vite serves the app and reloads the page, the emulator and the companion server run in a
// child process that is bundled from the sources and restarted when one of them changes. One Ctrl-C ends everything.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { context } from 'esbuild'
import { createServer } from 'vite'
import { devPorts } from './start.mjs'

const demo = fileURLToPath(new URL('../apps/demo/', import.meta.url))
const host = 'localhost'
/** Beside the built server: `demo-server.ts` finds the built pages by its own place. */
const bundlePath = `${demo}dist-server/dev/main.mjs`

/** Keeps npm packages out of the bundle. Each is imported by its path, since only the package that uses it can find it. */
const npmPackagesStayOutside = {
  name: 'npm-packages-stay-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === 'resolved' || kind === 'entry-point') return
      if (path.startsWith('node:') || path.startsWith('@didit-verify/')) return
      const found = await build.resolve(path, { kind, resolveDir, pluginData: 'resolved' })
      if (found.errors.length > 0) return { errors: found.errors }
      return { path: found.external ? found.path : pathToFileURL(found.path).href, external: true }
    })
  },
}

/** Starts everything, prints the address, and returns once a signal has ended it. */
export async function dev() {
  const [app, server, emulator] = devPorts()
  const origin = `http://${host}:${app.port}`
  const env = {
    ...process.env,
    PORT: String(server.port),
    EMULATOR_PORT: String(emulator.port),
    PUBLIC_ORIGIN: origin,
    // The same over restarts, so that nobody is signed out by a change in the code.
    DIDIT_TICKET_SECRET: process.env.DIDIT_TICKET_SECRET ?? randomBytes(32).toString('base64url'),
  }

  let child = null
  let isStopping = false
  let serverAnswers = () => {}
  const firstStart = new Promise((resolve) => {
    serverAnswers = resolve
  })
  const stopChild = async () => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
  const startChild = async () => {
    const isRestart = child !== null
    await stopChild()
    if (isStopping) return
    if (isRestart) console.log('The server was rebuilt and starts again.')
    child = spawn(process.execPath, ['--enable-source-maps', bundlePath], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.once('data', () => {
      // This first text lists addresses with the server's own port, which nobody opens in development.
      child.stdout.pipe(process.stdout, { end: false })
      serverAnswers()
    })
    child.once('exit', (code) => {
      serverAnswers()
      if (!isStopping && code) console.error('The server ended with an error. It starts again at the next change.')
    })
  }

  mkdirSync(new URL('.', pathToFileURL(bundlePath)), { recursive: true })
  const bundle = await context({
    entryPoints: [`${demo}server/main.ts`],
    outfile: bundlePath,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    conditions: ['@didit-verify/source'],
    plugins: [
      npmPackagesStayOutside,
      {
        name: 'restart-server',
        setup: (build) =>
          build.onEnd(async ({ errors }) => {
            if (errors.length === 0) await startChild()
          }),
      },
    ],
  })
  process.env.DEMO_SERVER = `http://${host}:${server.port}`
  const vite = await createServer({
    root: demo,
    configFile: `${demo}vite.config.ts`,
    server: { host, port: app.port, strictPort: true },
  })
  await Promise.all([bundle.watch(), vite.listen()])
  await firstStart

  console.log(`\nThe demo is ready at ${origin}, and follows every change of the sources.`)
  console.log(`  ${origin}/plain.html   the bare element, no framework`)
  console.log(`  ${origin}/review       the desk of the bank's staff`)
  console.log(`  http://${host}:${emulator.port}   the emulator of Didit`)
  console.log('Ctrl-C ends everything.\n')

  const stop = async () => {
    if (isStopping) return
    isStopping = true
    await Promise.all([bundle.dispose(), stopChild(), vite.close()])
    process.exit(0)
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
}
