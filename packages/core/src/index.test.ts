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
      "isDecided",
      "isDiditError",
      "isKnownStatus",
      "isUnfinished",
      "needsNewSession",
      "phaseOf",
    ]
  `)
})

test('the hosted page has an entry of its own, for who shows it', () => {
  expect(Object.keys(hostedFrame).sort()).toMatchInlineSnapshot(`
    [
      "createHostedFrame",
      "readHostedMessage",
    ]
  `)
})
