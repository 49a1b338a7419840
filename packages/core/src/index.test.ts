import { expect, test } from 'vitest'
import * as hostedFrame from './hosted-frame.ts'
import * as entry from './index.ts'

test('exports exactly these names', () => {
  expect(Object.keys(entry).sort()).toMatchInlineSnapshot(`
    [
      "ConfigError",
      "ContractError",
      "DiditError",
      "RelayError",
      "RequestError",
      "createDiditClient",
      "idleState",
      "isDecided",
      "isDiditError",
      "isKnownStatus",
      "isUnfinished",
      "needsNewSession",
      "phaseOf",
    ]
  `)
})

test('the protocol of the hosted page has its own entry', () => {
  expect(Object.keys(hostedFrame).sort()).toMatchInlineSnapshot(`
    [
      "createHostedFrame",
      "readHostedMessage",
    ]
  `)
})
