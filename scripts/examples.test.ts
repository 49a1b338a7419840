import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { exampleBlocks, publicFunctions } from './examples.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = readdirSync(join(root, 'packages'))
const tsc = join(dirname(createRequire(import.meta.url).resolve('@typescript/native/package.json')), 'bin/tsc')
const folderOf = (name: string) => join(root, `packages/${name}/.tsc/examples`)

afterAll(() => {
  for (const name of packages) rmSync(folderOf(name), { recursive: true, force: true })
})

test('every `@example` of a docstring passes the types of its package', () => {
  const files: string[] = []
  for (const name of packages) {
    const folder = folderOf(name)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const { path, line, language, code } of exampleBlocks(join(root, `packages/${name}/src`))) {
      const file = join(folder, `${relative(root, path).replaceAll(/\W/g, '-')}-line-${line}.${language}`)
      // The code stands on the lines that it has in its file, so that an error names them. Each example is a module.
      writeFileSync(file, `export {};${'\n'.repeat(line - 1)}${code}`)
      files.push(file)
    }
  }
  expect(files.length).toBeGreaterThan(3)
  const project = join(folderOf('react'), 'tsconfig.json')
  writeFileSync(
    project,
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: { noEmit: true, jsx: 'react-jsx', types: ['node'] },
      files,
    }),
  )
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, encoding: 'utf8' })
  // Our sources are checked with their own options elsewhere.
  expect(stdout.replaceAll(/^packages\/\w+\/src\/.*\n(?: .*\n)*/gm, '')).toBe('')
}, 60_000)

test('finds the functions of an entry, also those that a barrel passes on', () => {
  const names = publicFunctions(join(root, 'packages/core')).map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['createDiditClient', 'isDiditError', 'phaseOf']))
})

test('every function of a public entry has an `@example`', () => {
  const missing = packages.flatMap((name) =>
    publicFunctions(join(root, `packages/${name}`))
      .filter(({ hasExample }) => !hasExample)
      .map((it) => `${relative(root, it.path)}: ${it.name}`),
  )
  expect(missing).toEqual([])
})
