import { expect, test } from 'vitest'
import * as entry from './index.ts'

test('exports these names', () => {
  expect(Object.keys(entry).sort()).toMatchInlineSnapshot(`
    [
      "DiditProvider",
      "DiditVerify",
      "decisionQuery",
      "diditKeys",
      "sessionQuery",
      "useDecision",
      "useDiditDecision",
      "useDiditSession",
      "useSession",
    ]
  `)
})
