import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const packagesRoot = new URL('../packages/', import.meta.url).pathname

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return sourceFiles(path)
    return /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) ? [path] : []
  })
}

/** Removes docstrings, which may show an import. */
const withoutDocs = (code: string) => code.replaceAll(/\/\*\*.*?\*\//gs, '')

/** Returns every module that the shipped sources of a package import, with the importing file. */
function imports(name: string): { from: string; file: string }[] {
  const src = join(packagesRoot, name, 'src')
  return sourceFiles(src).flatMap((path) =>
    [...withoutDocs(readFileSync(path, 'utf8')).matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((found) => ({
      from: found[1] ?? '',
      file: path.slice(src.length + 1),
    })),
  )
}

const ours = (name: string) => imports(name).filter(({ from }) => from.startsWith('@didit-verify/'))

test('core imports nothing of ours', () => {
  expect(imports('core').length).toBeGreaterThan(0)
  expect(ours('core')).toEqual([])
})

test('element imports core only', () => {
  const allowed = ['@didit-verify/core', '@didit-verify/core/hosted-frame', '@didit-verify/core/live-client']
  expect(ours('element').length).toBeGreaterThan(0)
  expect(ours('element').filter(({ from }) => !allowed.includes(from))).toEqual([])
})

test('react imports core, and element in its wrapper alone', () => {
  const others = ours('react').filter(({ from }) => from !== '@didit-verify/core')
  expect(others.length).toBeGreaterThan(0)
  expect(others.filter(({ file }) => file !== 'didit-verify.tsx' && file !== 'didit-verify.ts')).toEqual([])
})

test.each(['server', 'emulator'])('%s imports the schemas of core only', (name) => {
  expect(ours(name).length).toBeGreaterThan(0)
  expect(ours(name).filter(({ from }) => from !== '@didit-verify/core/schemas')).toEqual([])
})

test('no zod is imported outside the schemas, server and emulator', () => {
  const inBrowser = ['core', 'element', 'react'].flatMap((name) =>
    imports(name).filter(({ from, file }) => from.startsWith('zod') && !file.startsWith('schemas/')),
  )
  expect(inBrowser).toEqual([])
  expect(imports('core').some(({ from }) => from === 'zod/mini')).toBe(true)
})

test('nothing outside the schemas of core reaches into them', () => {
  expect(imports('core').filter(({ from, file }) => !file.startsWith('schemas/') && from.includes('schemas/'))).toEqual(
    [],
  )
})

test('the entry of server reaches no database driver', () => {
  const src = join(packagesRoot, 'server/src')
  const seen = new Set<string>()
  const external = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const [, from = ''] of readFileSync(path, 'utf8').matchAll(
      /^(?:import|export)\s(?:[^'"=]*\sfrom\s)?['"]([^'"]+)['"]/gm,
    )) {
      if (from.startsWith('.')) visit(join(path, '..', from))
      else external.add(from)
    }
  }
  visit(join(src, 'index.ts'))
  expect(seen.size).toBeGreaterThan(5)
  expect([...external].filter((name) => /^(libsql|kysely|pg|node:sqlite)/.test(name))).toEqual([])
})

const root = new URL('..', import.meta.url).pathname
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  // Leaves out a file whose deletion is not committed yet, and the empty piece after the last path.
  .filter((path) => path !== '' && existsSync(join(root, path)))

/** Patterns of text that only fits one machine: a folder there, or the address of its packages. */
const ofOneMachine = [
  /(?<![\w.<>}~:-])\/(?:work|root|tmp|home|Users)\/\w+/,
  /\b[A-Za-z]:\\{1,2}Users\\/,
  /https?:\/\/[\w.-]*(?:registry|npm|verdaccio|artifactory|nexus)[\w.-]*/,
  // Only with an address, since a decision about a company has a field `registry`.
  /^\s*(?:@[\w-]+:)?registry\s*[=:]\s*['"]?(?:https?:)?\/\//m,
  /\btarball: *['"]?https?:/,
]

test('no tracked file names a folder of one machine, or where packages come from', () => {
  expect(tracked).toContain('pnpm-lock.yaml')
  const found = tracked.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return ofOneMachine.flatMap((pattern) => {
      const at = text.search(pattern)
      return at < 0 ? [] : [`${path}:${text.slice(0, at).split('\n').length}`]
    })
  })
  expect(found).toEqual([])
})

test.each([
  `const file = '${'/work'}/packages'`,
  `open("${'/tmp'}/x.json")`,
  `see ${'C:'}\\Users\\me`,
  `resolution: {tarball: ${'http:'}//cache.test/a.tgz}`,
  `${'https:'}//registry.example.test/pnpm`,
  `@scope:${'registry'}=//cache.test`,
])('finds "%s"', (text) => {
  expect(ofOneMachine.some((pattern) => pattern.test(text))).toBe(true)
})

test.each([
  'https://bank.example/home/page',
  'packages/core/tmp/x',
  '/api/didit/work/',
  'the global registry: it',
  '  registry: objectOf({',
])('lets "%s" pass', (text) => {
  expect(ofOneMachine.some((pattern) => pattern.test(text))).toBe(false)
})
