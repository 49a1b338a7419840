/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { ConfigError, ContractError, DiditError, errorCodes, isDiditError, RelayError, RequestError } from './error.ts'

test('every code has its heading in ERRORS.md, and no heading is stale', () => {
  const text = readFileSync(new URL('../ERRORS.md', import.meta.url), 'utf8')
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
  expect(headings).toEqual([...errorCodes])
})

test('every heading says what happened and what to do', () => {
  const text = readFileSync(new URL('../ERRORS.md', import.meta.url), 'utf8')
  const sections = text.split(/^## /m).slice(1)
  for (const section of sections) expect(section).toMatch(/^\S+\n\n\S[^#]+\n\n\*\*What to do\.\*\* \S/)
})

test.each([
  [new DiditError('aborted', 'Left.'), 'DiditError', 'aborted'],
  [new ConfigError('Wrong.'), 'ConfigError', 'config-invalid'],
  [new RequestError('network', 'Gone.', { status: 0 }), 'RequestError', 'network'],
  [new RelayError('Lost.'), 'RelayError', 'relay-lost'],
  [new ContractError('Odd.'), 'ContractError', 'answer-invalid'],
])('%s is told apart by its code and keeps its name', (error, name, code) => {
  expect(error).toBeInstanceOf(DiditError)
  expect([error.name, error.code, isDiditError(error)]).toEqual([name, code, true])
})

test('keeps the cause whole, and has none when none was given', () => {
  const cause = new TypeError('fetch failed')
  expect(new RelayError('Lost.', { cause }).cause).toBe(cause)
  expect('cause' in new RelayError('Lost.')).toBe(false)
})

test('knows an error of another copy or realm', () => {
  const foreign = runInNewContext(`Object.assign(new Error('x'), { [Symbol.for('didit-verify.error')]: true })`)
  expect(foreign instanceof Error).toBe(false)
  expect(isDiditError(foreign)).toBe(true)
})

test.each([null, undefined, 'text', 7, {}, new Error('Plain.'), { code: 'network' }])(
  '%s is no error of ours',
  (value) => {
    expect(isDiditError(value)).toBe(false)
  },
)

test('the raw answer, which may hold personal data, is in no listing of the fields', () => {
  const error = new RequestError('didit-rejected', 'No.', { status: 400, raw: { name: 'Fictional Person' } })
  expect(JSON.stringify(error)).not.toContain('Fictional')
  expect(Object.keys(error)).not.toContain('raw')
  expect(error.raw).toEqual({ name: 'Fictional Person' })
})
