import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDiditFixture, type DiditFixture } from '@didit-verify/emulator/testing'
import { test as base } from '@playwright/test'
import { expect, expectTypeOf, test } from 'vitest'
// @ts-expect-error: a script without types
import { chromiumArgs, findChromium } from '../../../../scripts/browsers.mjs'

const home = fileURLToPath(new URL('../..', import.meta.url))
const playwright = dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json'))

/** Runs a test file with Playwright's own runner, in a project that has this package and Playwright installed. */
async function runInPlaywright(code: string): Promise<{ exitCode: number | null; output: string }> {
  const project = await mkdtemp(join(tmpdir(), 'didit-playwright-'))
  try {
    for (const [name, target] of [
      ['@didit-verify/emulator', home],
      ['@playwright/test', playwright],
    ] as const) {
      const link = join(project, 'node_modules', name)
      await mkdir(dirname(link), { recursive: true })
      await symlink(target, link, 'dir')
    }
    const launchOptions = { executablePath: findChromium(), args: chromiumArgs }
    const config = { testDir: '.', reporter: 'line', timeout: 30_000, use: { launchOptions } }
    await writeFile(join(project, 'package.json'), '{ "type": "module" }')
    await writeFile(join(project, 'playwright.config.ts'), `export default ${JSON.stringify(config)}`)
    await writeFile(join(project, 'example.spec.ts'), code)
    const run = spawn(process.execPath, [join(playwright, 'cli.js'), 'test'], {
      cwd: project,
      env: { PATH: process.env.PATH, HOME: project, NODE_OPTIONS: '--conditions=@didit-verify/source' },
    })
    let output = ''
    run.stdout.on('data', (chunk) => {
      output += chunk
    })
    run.stderr.on('data', (chunk) => {
      output += chunk
    })
    const exitCode = await new Promise<number | null>((resolve) => run.on('close', resolve))
    return { exitCode, output }
  } finally {
    await rm(project, { recursive: true, force: true })
  }
}

test('README example: Playwright', { timeout: 60_000 }, async () => {
  const readme = await readFile(join(home, 'README.md'), 'utf8')
  const example = readme.split('```ts\n').find((block) => block.includes("from '@playwright/test'"))
  const { exitCode, output } = await runInPlaywright(example?.split('```')[0] ?? '')
  expect(output).toContain('1 passed')
  expect(exitCode).toBe(0)
})

test('chooses outcomes in the page itself and in a popup, and says what is missing', { timeout: 60_000 }, async () => {
  const { exitCode, output } = await runInPlaywright(`
    import { createDiditFixture } from '@didit-verify/emulator/testing'
    import { test as base, expect } from '@playwright/test'
    const test = base.extend({ didit: createDiditFixture({ timeoutMs: 5_000 }) })
    test('itself', async ({ page, didit }) => {
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
    const hasty = base.extend({ didit: createDiditFixture({ timeoutMs: 300 }) })
    hasty('nothing open', async ({ page, didit }) => {
      await expect(didit.outcome(page, 'Approved')).rejects.toThrow('No hosted page of http://localhost:')
    })
  `)
  expect(output).toContain('3 passed')
  expect(exitCode).toBe(0)
})

test('fits the fixtures of Playwright', () => {
  const extended = base.extend<{ didit: DiditFixture }>({ didit: createDiditFixture() })
  expect(extended).toBeTypeOf('function')
  expectTypeOf<Parameters<Parameters<typeof extended>[2]>[0]['didit']>().toEqualTypeOf<DiditFixture>()
})
