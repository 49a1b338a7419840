import { expect, test } from 'vitest'
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
      "createHostedFrame",
      "isDecided",
      "isDiditError",
      "isKnownStatus",
      "isUnfinished",
      "needsNewSession",
      "normalizeStatus",
      "phaseOf",
      "phases",
      "readHostedMessage",
      "sessionStatuses",
    ]
  `)
})
