import { readFileSync } from 'node:fs'
import { createEmulator, type Emulator } from '@didit-verify/emulator'
import { createEmulator as createTestEmulator } from '@didit-verify/emulator/testing'
import { expect, test } from 'vitest'
import { usage } from './cli/flags.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('README example', async () => {
  const code = /```js\nimport \{ createEmulator \} from '@didit-verify\/emulator'\n([\s\S]+?)```/.exec(readme)?.[1]
  expect(code).toBeDefined()
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const run = new AsyncFunction('createEmulator', `'use strict'\n${code}\nreturn { statuses, emulator }`)
  const { statuses, emulator } = (await run(createEmulator)) as { statuses: string[]; emulator: Emulator }
  expect(statuses).toEqual(['Approved'])
  emulator.close()
})

test('README example: testing kit', async () => {
  const start = "```js\nimport { createEmulator } from '@didit-verify/emulator/testing'\n"
  const code = readme.split(start)[1]?.split('```')[0]
  expect(code).toBeDefined()
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const run = new AsyncFunction('createEmulator', `'use strict'\n${code}\nreturn { statuses, body }`)
  const { statuses, body } = (await run(createTestEmulator)) as { statuses: string[]; body: string }
  expect(statuses).toEqual(['In Review', 'Approved'])
  expect(JSON.parse(body)).toMatchObject({ status: 'Approved', vendor_data: 'user-1' })
})

test('the README shows every flag that the command knows', () => {
  const flags = [...usage.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag)
  expect(flags.length).toBeGreaterThan(7)
  for (const flag of flags) expect(readme).toContain(`\`${flag}`)
})
