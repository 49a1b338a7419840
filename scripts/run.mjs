// Runs a root script after a complete install, so that Node and npm are all a machine needs.
// npm cannot install this workspace, so the pnpm that package.json pins does it.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const root = new URL('..', import.meta.url)
const pnpm = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).packageManager.split('+')[0]
const [script, ...rest] = process.argv.slice(2)
const scripts = { build: 'build:all' }

const run = (args) => {
  const done = spawnSync('npx', ['--yes', pnpm, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (done.error) throw done.error
  if (done.signal) process.exit(130)
  if (done.status !== 0) process.exit(done.status ?? 1)
}

run(['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn'])
if (script) run(['run', scripts[script] ?? script, ...rest])
