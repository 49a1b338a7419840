/**
 * Reads and writes JSON as the vendor's Python service does.
 *
 * `JSON.parse` loses digits beyond 2^53 and drops a `__proto__` key. `JSON.stringify` puts integer-like keys first and
 * formats exponents differently. A signature over such text would be wrong, so the emulator has its own functions.
 */

/** A JSON value. Whole numbers that a double cannot represent are bigints. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json }

/** A JSON object. */
export type JsonObject = { readonly [field: string]: Json }

/** Options of `writeJson`. */
export interface WriteOptions {
  /** Sorts keys by code point, as in a webhook. Default: the order in which they were set. */
  readonly sortKeys?: boolean
  /** Writes non-ASCII characters as lower-case `\uXXXX`, as in the body of a webhook. */
  readonly ascii?: boolean
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
}
const unicodeEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what JSON has to escape
const mustEscape = /["\\\u0000-\u001f]/g
const escapeAll = /["\\]|[^ -~]/g

function writeString(text: string, ascii: boolean): string {
  return `"${text.replace(ascii ? escapeAll : mustEscape, (unit) => shortEscapes[unit] ?? unicodeEscape(unit))}"`
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('JSON cannot represent a number that is not finite.')
  // The vendor converts whole floats to integers first: 98.0 becomes 98, and 1e21 becomes a 1 with 21 zeros.
  if (Number.isInteger(value)) return BigInt(value).toString()
  // Python uses an exponent with two digits below 1e-4. JavaScript uses one with one digit below 1e-6.
  const small = /^(.+)e-(\d+)$/.exec(value.toExponential())
  if (small === null || Number(small[2]) <= 4) return String(value)
  return `${small[1]}e-${(small[2] as string).padStart(2, '0')}`
}

// UTF-8 bytes sort in the order of code points. UTF-16 units do not.
const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** Serializes a value as JSON without white space. */
export function writeJson(value: Json, options: WriteOptions = {}): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return writeNumber(value)
  if (typeof value === 'string') return writeString(value, options.ascii ?? false)
  if (isArray(value)) return `[${value.map((item) => writeJson(item, options)).join(',')}]`
  const keys = Object.keys(value)
  if (options.sortKeys) keys.sort(byCodePoint)
  const members = keys.map(
    (key) => `${writeString(key, options.ascii ?? false)}:${writeJson(value[key] as Json, options)}`,
  )
  return `{${members.join(',')}}`
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value)

/** Tells whether a value is a JSON object, not an array and not null. */
export const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const space = /[ \t\n\r]*/y
const numeral = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside a string
const stringToken = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const word = /true|false|null/y

/**
 * Parses JSON text without loss.
 *
 * @throws {SyntaxError} If the text is not JSON, nests deeper than 200 levels, or contains half a surrogate pair.
 */
export function readJson(text: string): Json {
  let at = 0
  const fail = (): never => {
    throw new SyntaxError(`Unexpected text at position ${at}.`)
  }
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at = pattern.lastIndex
    return match
  }
  const takeMark = (mark: string): boolean => {
    take(space)
    if (text[at] !== mark) return false
    at += 1
    return true
  }
  const takeString = (): string => {
    const token = take(stringToken)
    const value = token ? (JSON.parse(token[0]) as string) : fail()
    return /\p{Surrogate}/u.test(value) ? fail() : value
  }
  const value = (depth: number): Json => {
    if (depth > 200) fail()
    take(space)
    if (text[at] === '"') return takeString()
    if (takeMark('[')) {
      const items: Json[] = []
      if (takeMark(']')) return items
      do items.push(value(depth + 1))
      while (takeMark(','))
      return takeMark(']') ? items : fail()
    }
    if (takeMark('{')) {
      const members: Record<string, Json> = Object.create(null)
      if (takeMark('}')) return members
      do {
        take(space)
        const key = takeString()
        if (!takeMark(':')) fail()
        members[key] = value(depth + 1)
      } while (takeMark(','))
      return takeMark('}') ? members : fail()
    }
    const named = take(word)
    if (named) return named[0] === 'null' ? null : named[0] === 'true'
    const number = take(numeral)
    if (!number) return fail()
    const double = Number(number[0])
    if (number[1] === undefined && number[2] === undefined && !Number.isSafeInteger(double)) return BigInt(number[0])
    return Number.isFinite(double) ? double : fail()
  }
  const result = value(0)
  take(space)
  return at === text.length ? result : fail()
}
