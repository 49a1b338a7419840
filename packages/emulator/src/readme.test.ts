import { readFileSync } from 'node:fs'
import { createEmulator } from '@didit-verify/emulator'
import { expect, test } from 'vitest'
import { usage } from './cli-flags.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const readme = read('../README.md')

test('README example', async () => {
  // <example>
  const statuses: string[] = []
  const emulator = createEmulator({
    apiKey: 'test',
    webhookUrl: 'http://app.test/webhook',
    fetch: async (request) => {
      statuses.push((await request.json()).status)
      return new Response()
    },
  })
  const created = await emulator.fetch(
    new Request(`${emulator.url}/v3/session/`, {
      method: 'POST',
      headers: { 'x-api-key': 'test', 'content-type': 'application/json' },
      body: JSON.stringify({ workflow_id: '11111111-2222-3333-4444-555555555555', vendor_data: 'user-1' }),
    }),
  )
  const { session_id } = await created.json()
  emulator.control.finish(session_id, 'Approved')
  await emulator.control.idle() // statuses is now ['Approved']
  // </example>
  expect(statuses).toEqual(['Approved'])
  emulator.close()
})

test('the README shows the example that runs, and the flags that the command knows', () => {
  const [, body = ''] = /\/\/ <example>\n([\s\S]*?) *\/\/ <\/example>/.exec(read('./readme.test.ts')) ?? []
  const lines = body.replace(/^ {2}/gm, '').trimEnd()
  expect(readme).toContain(`import { createEmulator } from '@didit-verify/emulator'\n\n${lines}\n`)
  const flags = [...usage.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag)
  expect(flags.length).toBeGreaterThan(7)
  for (const flag of flags) expect(readme).toContain(`\`${flag}`)
})
