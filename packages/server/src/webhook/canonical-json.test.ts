import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns, propertyTimeoutMs } from '../../../../scripts/property-runs.ts'
import { canonicalize, depthLimit } from './canonical-json.ts'

const cases = propertyRuns({ usual: 2_000, most: 1_000_000 }).numRuns

describe('canonicalize', () => {
  test.each([
    [
      'sorts keys at every depth and drops blanks',
      '{ "b": 1,\r\n\t"a": [ { "d": 1, "c": 2 } ] }',
      '{"a":[{"c":2,"d":1}],"b":1}',
    ],
    ['sorts integer-like keys as text', '{"2":0,"10":0,"9":0}', '{"10":0,"2":0,"9":0}'],
    [
      'sorts by code point, not by UTF-16 unit',
      '{"\u{1F600}":0,"\uFF21":0,"\uE000":0}',
      '{"\uE000":0,"\uFF21":0,"\u{1F600}":0}',
    ],
    ['tells two emoji apart', '{"\u{1F600}":0,"\u{1F5FF}":0}', '{"\u{1F5FF}":0,"\u{1F600}":0}'],
    ['puts a prefix first', '{"ab":0,"a":0,"":0}', '{"":0,"a":0,"ab":0}'],
    ['keeps __proto__ as a key', '{"b":0,"__proto__":{"a":1}}', '{"__proto__":{"a":1},"b":0}'],
    ['lets the last of equal keys win, however it is written', '{"a":1,"\\u0061":2}', '{"a":2}'],
    [
      'keeps all digits of an integer',
      '[9007199254740993,-12345678901234567890123]',
      '[9007199254740993,-12345678901234567890123]',
    ],
    ['writes minus zero as zero', '[-0,-0.0,0e5,-1e-999]', '[0,0,0,0]'],
    ['writes whole floats as integers', '[98.0,1E2,5e0,100.00]', '[98,100,5,100]'],
    [
      'writes every digit of a large float',
      '[1e21,123456789012345678901.0]',
      '[1000000000000000000000,123456789012345683968]',
    ],
    [
      'writes small floats as Python does',
      '[0.0001,0.00001,1e-7,0.00001234,5e-324]',
      '[0.0001,1e-05,1e-07,1.234e-05,5e-324]',
    ],
    ['writes fractions in their shortest form', '[0.30000000000000004,-3.70380]', '[0.30000000000000004,-3.7038]'],
    ['writes what overflows as Python does', '[1e999,-1e999]', '[Infinity,-Infinity]'],
    ['escapes as little as it can', '"\\/\\u004C\\u007f\\u2028\\ud83d\\ude00"', '"/L\u007f\u2028\u{1F600}"'],
    [
      'escapes controls in lower case',
      '"\\u0000\\u001F\\b\\f\\n\\r\\t\\"\\\\"',
      '"\\u0000\\u001f\\b\\f\\n\\r\\t\\"\\\\"',
    ],
    // As characters they would all turn into U+FFFD in UTF-8, and one signature would fit several bodies.
    ['keeps lone surrogates apart', '["\\uD800","\\udfff"]', '["\\ud800","\\udfff"]'],
    ['keeps empty things empty', ' { "a" : [ ] , "b" : { } , "c" : "" } ', '{"a":[],"b":{},"c":""}'],
    ['reads a bare value', ' null ', 'null'],
  ])('%s', (_, text, expected) => {
    expect(canonicalize(text)).toBe(expected)
  })

  test('leaves out a key of the outermost object only', () => {
    expect(canonicalize('{"t":1,"a":{"t":2},"\\u0074":3}', { omit: 't' })).toBe('{"a":{"t":2}}')
    expect(canonicalize('{"t":1}', { omit: 't' })).toBe('{}')
    expect(canonicalize('[{"t":1}]', { omit: 't' })).toBe('[{"t":1}]')
  })

  test.each([
    ...[
      '',
      ' ',
      '{',
      '[',
      '"',
      '"a',
      '"\\',
      '"\\"',
      '{"a"',
      '{"a":',
      '{"a":1',
      '{"a":1,',
      '[1',
      '[1,',
      'nul',
      'tru',
      '-',
      '1e',
    ],
    ...[
      '{}}',
      '[]]',
      '1 2',
      '[1,]',
      '{"a":1,}',
      '{,}',
      '[,]',
      '{a:1}',
      "{'a':1}",
      '{"a" 1}',
      '{1:1}',
      '[1 2]',
      'null0',
    ],
    ...['01', '-01', '+1', '.5', '1.', '1.e5', '1e+', '0x1', 'NaN', 'Infinity', '--1', '1_000', 'True', 'undefined'],
    ...['"\n"', '"\u0000"', '"\\x41"', '"\\u12"', '"\\u12g4"', '"\\U0041"', '\uFEFF{}', '\u00A01', '\u000B1', '/**/1'],
  ])('refuses %j, as JSON.parse does', (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    expect(() => canonicalize(text)).toThrow(SyntaxError)
  })

  test('quotes nothing of the text in its complaint', () => {
    expect.assertions(2)
    for (const text of ['{"first_name":"Ilse\u0001"}', '{"first_name":"Ilse\\x"}']) {
      try {
        canonicalize(text)
      } catch (error) {
        expect(String(error)).toMatch(/^SyntaxError: Not JSON at position \d+\.$/)
      }
    }
  })

  test('reads down to the limit of depth, and stops there with a RangeError', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
    expect(canonicalize(nested(depthLimit))).toBe(nested(depthLimit))
    expect(() => canonicalize(nested(depthLimit + 1))).toThrow(RangeError)
    expect(() => canonicalize('['.repeat(1_000_000))).toThrow(RangeError)
    expect(() => canonicalize('{"a":'.repeat(200_000))).toThrow(RangeError)
  })

  test('does not let large floats blow up a small text', () => {
    expect(canonicalize(`[${'1e300,'.repeat(300)}0]`)).toHaveLength(90_000 + 600 + 3)
    expect(() => canonicalize(`[${'1e300,'.repeat(400)}0]`)).toThrow(RangeError)
  })

  test('takes time in proportion to the text, whatever its form', () => {
    const hostile: Record<string, (size: number) => string> = {
      escapes: (size) => `"${'\\n'.repeat(size / 2)}"`,
      'open strings': (size) => `[${'"\\'.repeat(size / 2)}`,
      digits: (size) => '1'.repeat(size),
      blanks: (size) => `[${' '.repeat(size)}1]`,
      'short items': (size) => `[${'0,'.repeat(size / 2)}0]`,
      'one deep text': (size) => `${'['.repeat(500)}"${'x'.repeat(size)}"${']'.repeat(500)}`,
      'keys alike': (size) => `{${Array.from({ length: size / 200 }, (_, n) => `"${'k'.repeat(180)}${n}":0`).join()}}`,
      'repeated keys': (size) => `{${'"a":{},'.repeat(size / 7)}"a":0}`,
    }
    for (const [name, make] of Object.entries(hostile)) {
      const text = make(1 << 20)
      const startedAt = performance.now()
      try {
        canonicalize(text)
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError)
      }
      // Some 50 ms; anything that grows with the square would take minutes.
      expect(performance.now() - startedAt, name).toBeLessThan(3_000)
    }
  })

  test(
    'agrees with a second form, made another way, on any text',
    () => {
      const seen = { accepted: 0, refused: 0 }
      fc.assert(
        fc.property(anyText, (text) => {
          const expected = attempt(reference, text)
          seen[expected === null ? 'refused' : 'accepted'] += 1
          // Compared by hand: a million expect() calls would take longer than the work itself.
          const actual = attempt(canonicalize, text)
          if (actual !== expected) expect(actual).toBe(expected)
        }),
        { numRuns: cases },
      )
      if (cases > 100_000)
        console.log(`${cases} cases, ${seen.accepted} of them JSON and ${seen.refused} not: no difference`)
      // Otherwise one side of the comparison was hardly tried.
      expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(cases / 10)
    },
    propertyTimeoutMs,
  )
})

function attempt(form: (text: string) => string, text: string): string | null {
  try {
    return form(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/**
 * The second form. `JSON.parse` says what is JSON; a list of tokens becomes a tree; strings are decoded escape by
 * escape, keys compared as lists of code points, and numbers rebuilt from the bits and digits of their double.
 */
function reference(text: string): string {
  JSON.parse(text)
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gu) ?? []
  let next = 0
  return print(grow())

  type Tree = string | Tree[] | { members: [key: string, value: Tree][] }

  function grow(): Tree {
    const token = tokens[next++] as string
    if (token !== '[' && token !== '{') return token
    const items: Tree[] = []
    const end = token === '[' ? ']' : '}'
    while (tokens[next] !== end) {
      items.push(grow())
      if (tokens[next] === ',' || tokens[next] === ':') next += 1
    }
    next += 1
    if (token === '[') return items
    const members: [string, Tree][] = []
    for (let index = 0; index < items.length; index += 2) {
      const key = decode(items[index] as string)
      const earlier = members.findIndex(([other]) => other === key)
      if (earlier >= 0) members.splice(earlier, 1)
      members.push([key, items[index + 1] as Tree])
    }
    return { members }
  }

  function print(tree: Tree): string {
    if (Array.isArray(tree)) return `[${tree.map(print).join(',')}]`
    if (typeof tree === 'object') {
      const sorted = tree.members.toSorted(([a], [b]) => comparePoints(points(a), points(b)))
      return `{${sorted.map(([key, value]) => `${encode(key)}:${print(value)}`).join(',')}}`
    }
    if (tree.startsWith('"')) return encode(decode(tree))
    return /^[a-z]/.test(tree) ? tree : /[.eE]/.test(tree) ? printDouble(Number(tree)) : BigInt(tree).toString()
  }
}

const points = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) as number)

function comparePoints(a: number[], b: number[]): number {
  const index = a.findIndex((point, at) => point !== b[at])
  if (index < 0) return a.length - b.length
  return index >= b.length ? 1 : (a[index] as number) - (b[index] as number)
}

const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function decode(token: string): string {
  return token
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gu, (_, hex: string | undefined, character: string) =>
      hex === undefined ? (escapes[character] ?? character) : String.fromCharCode(Number.parseInt(hex, 16)),
    )
}

function encode(text: string): string {
  const named = new Map(Object.entries(escapes).map(([letter, character]) => [character, `\\${letter}`]))
  const escaped = text.replace(/["\\]|\p{Cc}|\p{Surrogate}/gu, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`
    if (character >= '\u007f' && character <= '\u009f') return character
    return named.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return `"${escaped}"`
}

function printDouble(value: number): string {
  if (Math.abs(value) === Number.POSITIVE_INFINITY) return value < 0 ? '-Infinity' : 'Infinity'
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const sign = bits >> 63n ? '-' : ''
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const mantissa = (bits & 0xfffffffffffffn) | (exponent === 0 ? 0n : 1n << 52n)
  if (mantissa === 0n) return '0'
  // value = mantissa * 2^shift
  const shift = Math.max(exponent, 1) - 1075
  if (shift >= 0) return sign + (mantissa << BigInt(shift)).toString()
  const unit = 1n << BigInt(-shift)
  if (mantissa % unit === 0n) return sign + (mantissa / unit).toString()
  // Python's layout of the shortest digits: an exponent below 1e-4, else a plain fraction.
  const [digits, power] = Math.abs(value).toExponential().replace('.', '').split('e') as [string, string]
  const point = Number(power)
  if (point < -4) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits[0]}${fraction}e-${String(-point).padStart(2, '0')}`
  }
  if (point < 0) return `${sign}0.${'0'.repeat(-point - 1)}${digits}`
  return `${sign}${digits.slice(0, point + 1)}.${digits.slice(point + 1)}`
}

const { anyText } = fc.letrec<{ value: string; anyText: string }>((tie) => {
  const blank = fc.oneof(
    { weight: 6, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constantFrom(' ', '\n', '\r\n', '\t', '  \t ') },
  )
  const digits = fc.oneof(
    { weight: 4, arbitrary: fc.nat(9).map(String) },
    { weight: 1, arbitrary: fc.constantFrom('00', '30000000000000004', '000001', '99999999999999999999999', '4022') },
    { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 10n ** 40n }).map(String) },
  )
  const number = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom('0', '-0', '1', '-7', '1793000000', '9007199254740993', '1e999', '-0.0') },
    { weight: 1, arbitrary: fc.bigInt().map(String) },
    { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.constantFrom('', '-'),
          digits.map((it) => it.replace(/^0+(?=.)/, '')),
          fc.option(digits, { nil: '' }),
          fc.option(fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-', '-0'), fc.nat(340)), {
            nil: null,
          }),
        )
        .map(
          ([sign, whole, fraction, exponent]) =>
            `${sign}${whole}${fraction && `.${fraction}`}${exponent?.join('') ?? ''}`,
        ),
    },
  )
  const piece = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom('a', 'B', 'z', ' ', '/', '_', '0', 'é', 'e\u0301', '名', '\u007f', '\u0085'),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom('\u2028', '\uFEFF', '\uE000', '\uFF21', '\u{1F600}', '\u{10FFFF}', '\u200F'),
    },
    { weight: 3, arbitrary: fc.constantFrom('\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t') },
    { weight: 2, arbitrary: fc.constantFrom('\\ud83d', '\\uDE00', '\\uD83D\\ude00', '\\udfff', '\\uFF21', '\\ud800') },
    { weight: 1, arbitrary: fc.constantFrom('\ud83d', '\ude00', '\udbff') },
    { weight: 2, arbitrary: fc.nat(0xffff).map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`) },
    { weight: 1, arbitrary: fc.nat(0x7f).map((unit) => `\\u${unit.toString(16).toUpperCase().padStart(4, '0')}`) },
  )
  const string = fc.array(piece, { maxLength: 6 }).map((pieces) => `"${pieces.join('')}"`)
  const key = fc.oneof(
    fc.constantFrom(
      '"a"',
      '"\\u0061"',
      '"b"',
      '"10"',
      '"9"',
      '"2"',
      '""',
      '"__proto__"',
      '"constructor"',
      '"\\u005f_proto__"',
    ),
    fc.constantFrom(
      '"\uE000"',
      '"\uFF21"',
      '"\u{1F600}"',
      '"\\ud83d\\ude00"',
      '"\\ud83d"',
      '"\\ud83d\uFF21"',
      '"\u{1F601}"',
    ),
    string,
  )
  const padded = fc.tuple(blank, tie('value'), blank).map((parts) => parts.join(''))
  const member = fc
    .tuple(blank, key, blank, padded)
    .map(([before, name, after, value]) => `${before}${name}${after}:${value}`)
  const value = fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 1, arbitrary: fc.constantFrom('null', 'true', 'false') },
    { weight: 3, arbitrary: number },
    { weight: 3, arbitrary: string },
    { weight: 3, arbitrary: fc.array(padded, { maxLength: 4 }).map((items) => `[${items.join()}]`) },
    { weight: 5, arbitrary: fc.array(member, { maxLength: 5 }).map((members) => `{${members.join()}}`) },
  )
  // One character wrong, somewhere: most of these are no JSON any more, and some are other JSON.
  const spoilt = fc
    .tuple(
      value,
      fc.nat(),
      fc.nat(1),
      fc.constantFrom(
        '',
        '',
        ',',
        ':',
        '"',
        '\\',
        '{',
        '}',
        '[',
        ']',
        '0',
        '-',
        '.',
        'e',
        'u',
        ' ',
        '\n',
        '\u0001',
        '\uFEFF',
      ),
    )
    .map(([text, place, removed, added]) => {
      const at = place % (text.length + 1)
      return text.slice(0, at) + added + text.slice(at + removed)
    })
  return { value, anyText: fc.oneof(padded, spoilt) }
})
