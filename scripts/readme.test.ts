import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = readdirSync(join(root, 'packages'))
const tsc = join(dirname(createRequire(import.meta.url).resolve('@typescript/native/package.json')), 'bin/tsc')

/** Each README, and a folder from which everything it may import is found: the demo has all packages. */
const readmes = [
  { path: 'README.md', home: 'apps/demo' },
  ...packages.map((name) => ({ path: `packages/${name}/README.md`, home: `packages/${name}` })),
]

/** Names that the READMEs use without declaring them. Add a new name here, with its type if the example depends on it. */
const reader = `
export {}
declare global {
  const app: any, express: any, Bun: any, Deno: any
  const userId: string, secret: string, apiKey: string, user: { id: string }, request: Request, form: FormData
  function userOf(request: Request): { userId: string } | null
  function findUser(request: Request): { userId: string } | null
  function findColleague(request: Request): Promise<{ id: string; mayDecide: boolean } | null>
  function show(...values: unknown[]): void
  function present(url: string): void
  const client: import('@didit-verify/core').DiditClient
  const didit: import('@didit-verify/server').DiditServer
  function getDidit(): import('@didit-verify/server').DiditServer
  const queryClient: import('@tanstack/react-query').QueryClient
}
`

/** Packages of the README's frameworks, which are not installed here. `npm run examples` checks them with their own types. */
const frameworks = ['express', 'fastify', 'hono', '@hono/node-server', '@nestjs/common', '@nestjs/core']
  .concat('@google-cloud/functions-framework')
  .map((name) => `declare module '${name}'`)

/** Imports of the reader's own files. What they export is declared in `reader`. */
const ownImports = /^import .+ from '\.{1,2}\/.+'|^ *const .+ = await import\('\.{1,2}\/.+'\)/gm

interface Block {
  readonly language: string
  readonly line: number
  readonly code: string
}

function blocks(text: string): Block[] {
  return [...text.matchAll(/^```(jsx?|tsx?)\n(.*?)^```$/gms)].map(({ index, 1: language = '', 2: code = '' }) => ({
    language,
    line: text.slice(0, index).split('\n').length + 1,
    code: code.replaceAll(ownImports, ''),
  }))
}

const importLine = /^import (?:\{ (.+) \} from )?'.+'$/gm

const namesOf = (code: string) => [...code.matchAll(importLine)].flatMap(([, names = '']) => names.split(', '))

/** Returns the imports of earlier blocks that this block does not repeat. For each name the last import counts. */
function importsBefore(block: Block, all: readonly Block[]): string[] {
  const own = namesOf(block.code)
  const earlier = all.slice(0, all.indexOf(block)).flatMap(({ code }) => code.match(importLine) ?? [])
  return [...new Set(earlier)].filter((line, index, lines) => {
    const again = [...own, ...lines.slice(index + 1).flatMap(namesOf)]
    return !namesOf(line).some((name) => again.includes(name))
  })
}

const folders = [...new Set(readmes.map(({ home }) => join(root, home, '.tsc/readme')))]
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

test('every block of code in a README passes the types of the packages', () => {
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  const files: { strict: string[]; loose: string[] } = { strict: [], loose: [] }
  for (const [index, { path, home }] of readmes.entries()) {
    const all = blocks(readFileSync(join(root, path), 'utf8'))
    for (const block of all) {
      // The imports share one line and the code stands where it does in the README, so that its lines are tsc's.
      const text = `${importsBefore(block, all).join(';')}${'\n'.repeat(block.line - 1)}${block.code}`
      // The README of a browser package may show the backend too, which is another project of the reader.
      const isBackend = home !== 'packages/server' && text.includes("'@didit-verify/server")
      const folder = join(root, isBackend ? 'apps/demo' : home, '.tsc/readme')
      const file = join(folder, `${index}-line-${block.line}.${block.language}`)
      writeFileSync(file, text)
      files[block.language.startsWith('t') ? 'strict' : 'loose'].push(file)
    }
  }
  expect(files.strict.length).toBeGreaterThan(3)
  expect(files.loose.length).toBeGreaterThan(6)

  const names = join(root, 'apps/demo/.tsc/readme/reader.d.ts')
  writeFileSync(names, reader)
  const modules = join(root, 'apps/demo/.tsc/readme/frameworks.d.ts')
  writeFileSync(modules, frameworks.join('\n'))
  // JavaScript is checked for names and shapes, without the checks that need type annotations.
  for (const [kind, options] of Object.entries({
    strict: {},
    loose: {
      strictNullChecks: false,
      exactOptionalPropertyTypes: false,
      noImplicitAny: false,
      allowJs: true,
      checkJs: true,
    },
  })) {
    const project = join(root, `apps/demo/.tsc/readme/tsconfig.${kind}.json`)
    writeFileSync(
      project,
      JSON.stringify({
        extends: join(root, 'tsconfig.base.json'),
        compilerOptions: { noEmit: true, jsx: 'react-jsx', types: ['node'], experimentalDecorators: true, ...options },
        files: [names, modules, ...files[kind as 'strict' | 'loose']],
      }),
    )
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, encoding: 'utf8' })
    // Our sources are checked with their own, stricter options elsewhere.
    const told = stdout.replaceAll(/^packages\/\w+\/src\/.*\n(?: .*\n)*/gm, '')
    const faults = told.replaceAll(
      /^[\w/]+\/\.tsc\/readme\/(\d+)-line-\d+\.\w+/gm,
      (_, index) => readmes[index]?.path ?? '',
    )
    expect(faults, 'Add a name that a README does not declare to `reader` in this file.').toBe('')
    expect(status === 0 || told !== stdout).toBe(true)
  }
}, 60_000)

const order = [
  /^# @didit-verify\/\w+\n\n[^\n]+[.]\n$/m,
  /^## Install\n/m,
  /^## Example\n/m,
  /^## (?:Options|Attributes and properties|`<\w+>`)/m,
  /^## Errors\n[^#]*\bERRORS\.md\b/m,
  /^## What it deliberately does not do\n\n- /m,
]

test.each(packages)('the README of %s has the same order of sections as the others', (name) => {
  const text = readFileSync(join(root, `packages/${name}/README.md`), 'utf8')
  const places = order.map((heading) => text.search(heading))
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  // The list of what the package does not do is the last section.
  expect(text.slice(places.at(-1)).match(/^## /gm)).toHaveLength(1)
})

const documents = [
  ...readmes.map(({ path }) => path),
  ...['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', '.changeset/README.md', 'packages/core/ERRORS.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

test('every link between our own pages leads somewhere', () => {
  const links = documents.flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = '']) => ({
      path,
      link,
    })),
  )
  expect(links.length).toBeGreaterThan(15)
  const lost = links.filter(({ path, link }) => {
    const [file = '', anchor] = link.split('#')
    const target = join(root, file === '' ? path : join(dirname(path), file))
    if (!existsSync(target)) return true
    // A link to a folder shows its README.
    const page = statSync(target).isDirectory() ? join(target, 'README.md') : target
    const anchors = () =>
      readFileSync(page, 'utf8')
        .match(/^#+ .+$/gm)
        ?.map(anchorOf) ?? []
    return anchor !== undefined && !anchors().includes(anchor)
  })
  expect(lost).toEqual([])
})

/** As GitHub names a heading: lower case, no punctuation, dashes for spaces. */
function anchorOf(heading: string): string {
  const text = heading.replace(/^#+ /, '').toLowerCase()
  return text.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
}
