import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../../../scripts/property-runs.ts'
import { type Json, readJson, writeJson } from './json.ts'

test.each([
  // A number, and how Python prints it after the vendor converts whole floats to integers.
  [98.0, '98'],
  [-0, '0'],
  [1e21, '1000000000000000000000'],
  [0.1, '0.1'],
  [97.18, '97.18'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [0.00001234, '1.234e-05'],
  [0.000001, '1e-06'],
  [-1.5e-7, '-1.5e-07'],
  [5e-324, '5e-324'],
  [12345678901234567890n, '12345678901234567890'],
])('writes %s as Python does', (value, text) => {
  expect(writeJson(value)).toBe(text)
})

test('refuses a number that is not finite', () => {
  expect(() => writeJson(Number.NaN)).toThrow(TypeError)
})

test('sorts keys by code point, where an emoji comes after a full-width letter', () => {
  const value = { '\u{1f600}': 1, Ａ: 2, b: 3, '10': 4, '9': 5 }
  expect(writeJson(value, { sortKeys: true })).toBe('{"10":4,"9":5,"b":3,"Ａ":2,"\u{1f600}":1}')
})

test('escapes only what JSON requires, unless the text must be ASCII', () => {
  const text = 'é/\u007f\u2028"\\\b\u0001\u{1f600}'
  expect(writeJson(text)).toBe('"é/\u007f\u2028\\"\\\\\\b\\u0001\u{1f600}"')
  expect(writeJson(text, { ascii: true })).toBe('"\\u00e9/\\u007f\\u2028\\"\\\\\\b\\u0001\\ud83d\\ude00"')
})

test('keeps large integers and a `__proto__` key, which JSON.parse changes', () => {
  const text = '{"id":9007199254740993,"__proto__":{"a":1},"10":true,"2":[]}'
  expect(writeJson(readJson(text), { sortKeys: true })).toBe(
    '{"10":true,"2":[],"__proto__":{"a":1},"id":9007199254740993}',
  )
})

test.each([
  '',
  '{',
  '[1,]',
  '{"a":1,}',
  '01',
  '1.',
  '+1',
  'nul',
  '"\n"',
  '"\\x"',
  '1 2',
  '1e999',
  '"\\ud800"',
  '[1',
  '{"a"}',
  "{'a':1}",
])('refuses %j', (text) => {
  expect(() => readJson(text)).toThrow(SyntaxError)
})

test('refuses deep nesting instead of overflowing the stack', () => {
  expect(() => readJson('['.repeat(100_000))).toThrow(SyntaxError)
})

test('reads and writes ordinary values as JSON.parse and JSON.stringify do', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ min: 0.001, max: 1e15, noNaN: true }),
  )
  const value = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).tree
  fc.assert(
    fc.property(value, fc.boolean(), (json, ascii) => {
      const text = writeJson(json, { ascii })
      const plain = JSON.parse(JSON.stringify(json))
      expect(JSON.parse(text)).toEqual(plain)
      expect(writeJson(readJson(` ${JSON.stringify(json, null, 1)}\n`), { ascii })).toBe(text)
      expect(/^[\n -~]*$/.test(text) || !ascii).toBe(true)
    }),
    propertyRuns({ usual: 200 }),
  )
})
