// Packs the public packages as npm would get them, with `publishConfig` applied and `workspace:` replaced, and lints them.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const require = createRequire(import.meta.url)
const root = fileURLToPath(new URL('..', import.meta.url))
const attw = join(dirname(require.resolve('@arethetypeswrong/cli/package.json')), 'dist/index.js')

/** Returns what publint finds in a tarball, suggestions included, one line each. */
async function publintFaults(path) {
  const { messages, pkg } = await publint({ pack: { tarball: readFileSync(path) } })
  return messages.map((message) => `publint, ${message.type}: ${formatMessage(message, pkg)}`)
}

/** Resolves to what attw prints when types of a tarball are resolved wrongly. CommonJS is left out: we ship none. */
function attwFaults(path) {
  return new Promise((resolve, reject) => {
    const args = [attw, path, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--no-color']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve(code === 0 ? [] : [`attw: ${output.trim()}`]))
  })
}

/** Packs every public package into the folder and returns the paths. pnpm's output is shown only if it fails. */
function pack(pnpm, folder) {
  const args = ['--yes', pnpm, '-r', '--filter', './packages/*', 'pack', '--pack-destination', folder]
  const { status, error, stdout, stderr } = spawnSync('npx', args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status === 0) {
    const names = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
    if (names.length === 0) throw new Error('Nothing was packed.')
    return names.map((name) => join(folder, name))
  }
  console.error(`The packages could not be packed.\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`)
  process.exit(1)
}

/**
 * Packs every public package into `tarballs/` and prints the line that installs them in another project.
 *
 * @param options.pnpm - Name and version of the pnpm that packs: npm could not, as it does not know this workspace.
 */
export function packPackages({ pnpm }) {
  const folder = join(root, 'tarballs')
  // A tarball of an older version would be installed with the new ones.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const paths = pack(pnpm, folder)
  console.log(`Packed ${paths.map((path) => basename(path)).join(', ')}.`)
  console.log('Install all of them in your project, since each needs the others:')
  console.log(`  npm install ${paths.map((path) => (path.includes(' ') ? `"${path}"` : path)).join(' ')}`)
}

/**
 * Packs every public package and lints what came out; ends the process when anything is wrong.
 *
 * @param options.pnpm - Name and version of the pnpm that packs: npm could not, as it does not know this workspace.
 */
export async function checkPackages({ pnpm }) {
  const folder = mkdtempSync(join(tmpdir(), 'didit-verify-packed-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const tarballs = pack(pnpm, folder)
  let failed = false
  // One after another, the two linters of each side by side: two cores are all that is counted on.
  for (const path of tarballs) {
    const faults = (await Promise.all([publintFaults(path), attwFaults(path)])).flat()
    console.log(`${basename(path)}: ${faults.length === 0 ? 'ok' : 'NOT OK'}`)
    for (const fault of faults) console.error(fault.replaceAll(/^/gm, '  '))
    failed ||= faults.length > 0
  }
  if (!failed) return
  console.error(
    '\nMend "exports", "files" or "publishConfig" in the package.json that is named. Every entry needs both "types" and "default", in "exports" and in "publishConfig".',
  )
  process.exit(1)
}
