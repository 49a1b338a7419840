import { expect, test } from 'vitest'
import * as entry from './index.ts'

test('the entry exports these names and no others', () => {
  expect(Object.keys(entry).sort()).toMatchInlineSnapshot(`
    [
      "createEmulator",
    ]
  `)
})
