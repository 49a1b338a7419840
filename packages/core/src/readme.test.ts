/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { flush } from '../testing/fake-clock.ts'
import { hostedUrl, snapshotOf } from '../testing/fake-companion.ts'
import { read } from '../testing/sample-schemas.ts'
import { setUp } from '../testing/set-up.ts'
import type { SessionState } from './index.ts'
import { decisionSchema } from './schemas/index.ts'

test('README example', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const code = /```js\nimport \{ createDiditClient \} from '@didit-verify\/core'\n([^`]+)```/.exec(readme)?.[1]
  expect(code).toBeDefined()
  const { client, companion } = setUp()
  const states: SessionState[] = []
  const lines: unknown[][] = []
  const given = {
    createDiditClient: ({ endpoint }: { endpoint: string }) => {
      expect(endpoint).toBe(client.endpoint)
      return client
    },
    show: (state: SessionState) => states.push(state),
    present: async (url: string) => {
      expect(url).toBe(hostedUrl)
      await flush()
      companion.stream.snapshot(snapshotOf({ status: 'Approved', revision: 2 }))
    },
    console: { log: (...line: unknown[]) => lines.push(line) },
  }
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  await new AsyncFunction(...Object.keys(given), `'use strict'\n${code}`)(...Object.values(given))
  expect(lines).toEqual([['Approved', 'webhook']])
  expect(states.map(({ flow }) => flow)).toContain('creating')
  expect(states.at(-1)).toMatchObject({ phase: 'approved', flow: 'opening', url: null, loaded: true })
})

test('README example: a Decision read by its schema', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const code = /```js\nimport \{ decisionSchema \} from '@didit-verify\/core\/schemas'\n([^`]+)```/.exec(readme)?.[1]
  expect(code).toBeDefined()
  const describe = new Function('decisionSchema', `'use strict'\n${code}\nreturn describe`)(decisionSchema)
  expect(describe(read('decision.full.json'))).toEqual(['In Review', 'Passport', 'Ilse'])
  expect(describe(read('decision.not-started.json'))).toEqual(['Not Started', undefined, undefined])
})
