import { decisionReasons } from '@didit-verify/core/schemas'
import { expect, test } from 'vitest'
import * as define from './define.ts'
import * as entry from './index.ts'
import * as jsx from './jsx.ts'
import { explanationPhrases } from './texts/explanation-phrases.ts'

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

test("has texts for exactly the reasons of the server's allow-list", () => {
  const codes = Object.keys(explanationPhrases).filter((name) => name.includes('-'))
  expect(codes).toEqual([...decisionReasons])
})

test('creates an instance of the class by tag name', () => {
  expect(document.createElement('didit-verify')).toBeInstanceOf(entry.DiditVerify)
})
