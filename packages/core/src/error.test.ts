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

test('each section of ERRORS.md says what happened and what to do', () => {
  const text = readFileSync(new URL('../ERRORS.md', import.meta.url), 'utf8')
  const sections = text.split(/^## /m).slice(1)
  for (const section of sections) expect(section).toMatch(/^\S+\n\n\S[^#]+\n\n\*\*What to do\.\*\* \S/)
})

/** Codes of requests that got no answer: `RequestError` with the status 0. */
const noAnswer = ['network', 'timeout']

test('the index of ERRORS.md has every code with its HTTP status and whether to retry', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
  const rows = [...read('../ERRORS.md').matchAll(/^\| \[(.+)\]\(#(.+)\) \| (.+) \| (.+) \| (.+) \|$/gm)].map((row) =>
    row.slice(1),
  )
  const statuses = new Map(
    [...read('../../server/src/http/problem.ts').matchAll(/^ {2}'?([a-z-]+)'?: \{\s*status: (\d+)/gm)].map(
      ([, code, status]) => [code, status],
    ),
  )
  statuses.set('internal', '500')
  expect(statuses.size).toBeGreaterThan(25)
  expect(rows.map(([code]) => code)).toEqual([...errorCodes])
  for (const [code = '', anchor, status, , retryable] of rows) {
    const expected = statuses.get(code)
    // The rule of the React hooks: packages/react/src/query-retry.ts.
    const isRetryable = code !== 'aborted' && (noAnswer.includes(code) || expected === '429' || Number(expected) >= 500)
    expect([code, anchor, status, retryable]).toEqual([code, code, expected ?? '–', isRetryable ? 'yes' : 'no'])
  }
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

test('keeps the cause as it is, and has no cause when none was given', () => {
  const cause = new TypeError('fetch failed')
  expect(new RelayError('Lost.', { cause }).cause).toBe(cause)
  expect('cause' in new RelayError('Lost.')).toBe(false)
})

test('recognises an error of another copy or realm', () => {
  const foreign = runInNewContext(`Object.assign(new Error('x'), { [Symbol.for('didit-verify.error')]: true })`)
  expect(foreign instanceof Error).toBe(false)
  expect(isDiditError(foreign)).toBe(true)
})

test.each([null, undefined, 'text', 7, {}, new Error('Plain.'), { code: 'network' }])(
  '%s is not one of our errors',
  (value) => {
    expect(isDiditError(value)).toBe(false)
  },
)

test('the raw answer, which may hold personal data, does not appear in a listing of the fields', () => {
  const error = new RequestError('didit-rejected', 'No.', { status: 400, raw: { name: 'Fictional Person' } })
  expect(JSON.stringify(error)).not.toContain('Fictional')
  expect(Object.keys(error)).not.toContain('raw')
  expect(error.raw).toEqual({ name: 'Fictional Person' })
})
