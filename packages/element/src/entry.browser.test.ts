import { expect, test } from 'vitest'
import * as define from './define.ts'
import * as entry from './index.ts'
import * as jsx from './jsx.ts'

test('exports these names from "."', () => {
  expect(Object.keys(entry)).toMatchInlineSnapshot(`
    [
      "DiditVerify",
    ]
  `)
})

test('exports these names from "./define", and registers the element', () => {
  expect(Object.keys(define)).toMatchInlineSnapshot(`
    [
      "DiditVerify",
    ]
  `)
  expect(customElements.get('didit-verify')).toBe(entry.DiditVerify)
})

test('exports types only from "./jsx"', () => {
  expect(Object.keys(jsx)).toMatchInlineSnapshot(`[]`)
})
