import { expect, test } from 'vitest'
import { readIssues } from './error-body.ts'

test.each([
  ['a detail', { detail: 'Not found.' }, [{ path: '', message: 'Not found.' }]],
  ['a list of details', { detail: ['Unfinished.'] }, [{ path: '', message: 'Unfinished.' }]],
  ['an error', { error: 'No credits.' }, [{ path: '', message: 'No credits.' }]],
  [
    'a list of errors',
    { error: ['The sum is not 100.', 'Too low.'] },
    [
      { path: '', message: 'The sum is not 100.' },
      { path: '', message: 'Too low.' },
    ],
  ],
  ['a field', { workflow_id: 'Invalid workflow_id.' }, [{ path: 'workflow_id', message: 'Invalid workflow_id.' }]],
  [
    'lists of fields',
    { workflow_id: ['This field is required.'], language: ['Unknown.', 'Too long.'] },
    [
      { path: 'workflow_id', message: 'This field is required.' },
      { path: 'language', message: 'Unknown.' },
      { path: 'language', message: 'Too long.' },
    ],
  ],
  [
    'nested fields, as an object and in a list',
    { expected_details: { address: ['Needs a country.'] }, options: [{ code_size: ['Too small.'] }] },
    [
      { path: 'expected_details.address', message: 'Needs a country.' },
      { path: 'options.code_size', message: 'Too small.' },
    ],
  ],
  ['a field that is called detail further in', { a: { detail: 'No.' } }, [{ path: 'a.detail', message: 'No.' }]],
  ['a bare list', ['The status is the same.'], [{ path: '', message: 'The status is the same.' }]],
  ['HTML', '<!doctype html><html></html>', []],
  ['nothing', undefined, []],
  ['null', null, []],
  ['other things', { code: 7, ok: false, why: null }, []],
])('reads %s', (_, body, issues) => {
  expect(readIssues(body)).toEqual(issues)
})

test('stops at a sensible number of issues and depth', () => {
  expect(readIssues(Array.from({ length: 1000 }, (_, n) => `No. ${n}`))).toHaveLength(50)
  let deep: unknown = 'bottom'
  for (let level = 0; level < 10_000; level += 1) deep = { a: deep }
  expect(readIssues(deep)).toEqual([])
  let list: unknown = 'bottom'
  for (let level = 0; level < 100_000; level += 1) list = [list]
  expect(readIssues(list)).toEqual([])
})
