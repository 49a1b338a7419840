import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDiditFixture, type DiditFixture } from '@didit-verify/emulator/testing'
import { test as base } from '@playwright/test'
import { beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
// @ts-expect-error: a script without types
import { chromiumArgs, findChromium } from '../../../../scripts/browsers.mjs'
// @ts-expect-error: a script without types
import { bundleForNode } from '../../../../scripts/bundle.mjs'

const home = fileURLToPath(new URL('../..', import.meta.url))
const playwright = dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json'))

const outcomesSpec = `
  import { createDiditFixture } from '@didit-verify/emulator/testing'
  import { test as base, expect } from '@playwright/test'
  const test = base.extend({ didit: createDiditFixture({ timeoutMs: 5_000 }) })
  test('page', async ({ page, didit }) => {
    expect(didit.appUrl).toBeNull()
    const { url, session_id } = await didit.emulator.startSession({ language: 'es' })
    await page.goto(url)
    expect(await didit.outcome(page, 'Declined')).toEqual({ sessionId: session_id, status: 'Declined' })
    await expect(page.getByText('Declined').first()).toBeVisible()
  })
  test('popup', async ({ page, didit }) => {
    const { url } = await didit.emulator.startSession()
    await page.goto(didit.emulator.url)
    await page.evaluate((address) => { window.open(address) }, url)
    await didit.outcome(page, 'Expired')
    expect(didit.emulator.control.sessions()).toMatchObject([{ status: 'Expired' }])
  })
  const impatientTest = base.extend({ didit: createDiditFixture({ timeoutMs: 300 }) })
  impatientTest('no page', async ({ page, didit }) => {
    await expect(didit.outcome(page, 'Approved')).rejects.toThrow('No hosted page of http://localhost:')
  })
`

interface Report {
  readonly errors: readonly { readonly message: string }[]
  readonly suites: readonly {
    readonly file: string
    readonly specs: readonly {
      readonly title: string
      readonly ok: boolean
      readonly tests: readonly { readonly results: readonly { readonly error?: { readonly message: string } }[] }[]
    }[]
  }[]
}

/**
 * Runs test files with Playwright's own runner, in a project that has this package and Playwright installed.
 *
 * The package is one bundled file: Playwright would need several seconds to compile the sources itself.
 */
async function runInPlaywright(specs: Readonly<Record<string, string>>): Promise<Report> {
  const project = await mkdtemp(join(tmpdir(), 'didit-playwright-'))
  try {
    const modules = join(project, 'node_modules')
    const emulator = join(modules, '@didit-verify/emulator')
    await mkdir(emulator, { recursive: true })
    await bundleForNode(join(home, 'src/testing.ts'), join(emulator, 'testing.js'))
    await writeFile(
      join(emulator, 'package.json'),
      JSON.stringify({ name: '@didit-verify/emulator', type: 'module', exports: { './testing': './testing.js' } }),
    )
    await mkdir(join(modules, '@playwright'))
    await symlink(playwright, join(modules, '@playwright/test'), 'dir')
    const launchOptions = { executablePath: findChromium(), args: chromiumArgs }
    const config = { testDir: '.', reporter: 'json', workers: 1, timeout: 30_000, use: { launchOptions } }
    await writeFile(join(project, 'package.json'), '{ "type": "module" }')
    await writeFile(join(project, 'playwright.config.ts'), `export default ${JSON.stringify(config)}`)
    for (const [name, code] of Object.entries(specs)) await writeFile(join(project, name), code)
    const run = spawn(process.execPath, [join(playwright, 'cli.js'), 'test'], {
      cwd: project,
      env: { PATH: process.env.PATH, HOME: project },
    })
    const output = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      run[stream].on('data', (chunk) => {
        output[stream] += chunk
      })
    }
    await new Promise((resolve) => run.on('close', resolve))
    if (!output.stdout.startsWith('{')) throw new Error(`Playwright gave no report: ${output.stdout}${output.stderr}`)
    return JSON.parse(output.stdout) as Report
  } finally {
    await rm(project, { recursive: true, force: true })
  }
}

/** Returns each test of a file with `passed`, or with its errors. */
const resultsOf = ({ suites }: Report, file: string) =>
  suites
    .filter((suite) => suite.file === file)
    .flatMap(({ specs }) => specs)
    .map(({ title, ok, tests }) => {
      const errors = tests.flatMap(({ results }) => results.map(({ error }) => error?.message ?? ''))
      return `${title}: ${ok ? 'passed' : errors.join(' ')}`
    })

describe("in Playwright's own runner", () => {
  let report: Report
  // One start of the runner and of the browser serves both files.
  beforeAll(async () => {
    const readme = await readFile(join(home, 'README.md'), 'utf8')
    const example = readme.split('```ts\n').find((block) => block.includes("from '@playwright/test'"))
    report = await runInPlaywright({
      'readme.spec.ts': example?.split('```')[0] ?? '',
      'outcomes.spec.ts': outcomesSpec,
    })
    expect(report.errors).toEqual([])
  }, 60_000)

  test('README example: Playwright', () => {
    expect(resultsOf(report, 'readme.spec.ts')).toEqual(['tells the app that the visitor is approved: passed'])
  })

  test('chooses outcomes in the page itself and in a popup, and reports a missing page', () => {
    expect(resultsOf(report, 'outcomes.spec.ts')).toEqual(['page: passed', 'popup: passed', 'no page: passed'])
  })
})

test('fits the fixtures of Playwright', () => {
  const extended = base.extend<{ didit: DiditFixture }>({ didit: createDiditFixture() })
  expect(extended).toBeTypeOf('function')
  expectTypeOf<Parameters<Parameters<typeof extended>[2]>[0]['didit']>().toEqualTypeOf<DiditFixture>()
})
