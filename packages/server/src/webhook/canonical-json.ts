/**
 * The exact text that `X-Signature-V2` covers, made directly from the JSON text of a body.
 *
 * Going through `JSON.parse` and `JSON.stringify` would lose digits beyond 2^53, print small and large numbers in
 * JavaScript's way instead of Python's, list integer-like keys first and mistreat `__proto__`. So this is a tokenizer
 * that sorts and re-prints while it reads, and never holds the body as JavaScript objects.
 *
 * @see Didit docs, "Webhooks", verifying signatures: https://docs.didit.me/integration/webhooks
 */

/** Greatest nesting depth that is read. Didit's own bodies stay under 20. */
export const depthLimit = 512

/**
 * Greatest number of digits that all floats together may gain. `1e308` becomes 309 digits, so a body full of such numbers
 * would grow fiftyfold, and anybody can post one.
 */
const growthLimit = 100_000

/** Options of `canonicalize`. */
export interface CanonicalizeOptions {
  /** A key of the outermost object to leave out. */
  readonly omit?: string | undefined
}

const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y

/**
 * Returns the canonical form of a JSON text: keys sorted by code point, no blanks, strings with the fewest escapes,
 * integers digit for digit, other numbers as Python prints them.
 *
 * Accepts what `JSON.parse` accepts. The last value of a repeated key counts, as there.
 *
 * @param text - One JSON value.
 * @param options.omit - A key of the outermost object to leave out.
 * @throws {SyntaxError} The text is not JSON. The message names the position and quotes nothing.
 * @throws {RangeError} The text nests deeper than `depthLimit`, or would grow too much.
 */
export function canonicalize(text: string, options: CanonicalizeOptions = {}): string {
  let at = 0
  let growth = 0

  const value = readValue(0)
  skipBlanks()
  if (at < text.length) throw unexpected()
  return value

  function readValue(depth: number): string {
    skipBlanks()
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
        return readObject(depth + 1)
      case 0x5b: // [
        return readArray(depth + 1)
      case 0x22: // "
        return JSON.stringify(readString())
      case 0x74: // t
        return readWord('true')
      case 0x66: // f
        return readWord('false')
      case 0x6e: // n
        return readWord('null')
      default:
        return readNumber()
    }
  }

  function readObject(depth: number): string {
    open(depth)
    const members = new Map<string, string>()
    if (!take(0x7d)) {
      do {
        skipBlanks()
        const key = readString()
        if (!take(0x3a)) throw unexpected()
        members.set(key, readValue(depth))
      } while (take(0x2c))
      if (!take(0x7d)) throw unexpected()
    }
    if (depth === 1 && options.omit !== undefined) members.delete(options.omit)

    // Grown with +=, not joined: joining at every level would copy a deep value once per level.
    let out = ''
    for (const key of [...members.keys()].sort(compareCodePoints)) {
      out += `${out === '' ? '{' : ','}${JSON.stringify(key)}:`
      out += members.get(key)
    }
    return out === '' ? '{}' : `${out}}`
  }

  function readArray(depth: number): string {
    open(depth)
    if (take(0x5d)) return '[]'
    let out = `[${readValue(depth)}`
    while (take(0x2c)) {
      out += ','
      out += readValue(depth)
    }
    if (!take(0x5d)) throw unexpected()
    return `${out}]`
  }

  function readString(): string {
    if (text.charCodeAt(at) !== 0x22) throw unexpected()
    const start = at
    let isPlain = true
    for (at += 1; ; at += 1) {
      const unit = text.charCodeAt(at)
      if (unit === 0x22) break
      if (unit === 0x5c) {
        isPlain = false
        at += 1 // an escaped character does not end the string
      } else if (!(unit >= 0x20)) throw unexpected() // a control character, or NaN: the end of the text
    }
    at += 1
    if (isPlain) return text.slice(start + 1, at - 1)
    try {
      return JSON.parse(text.slice(start, at)) as string
    } catch {
      // The original error is dropped: V8 quotes the text in its message, and a body is personal data.
      at = start
      throw unexpected()
    }
  }

  function readNumber(): string {
    number.lastIndex = at
    const token = number.exec(text)
    if (token === null) throw unexpected()
    at = number.lastIndex
    if (token[1] === undefined && token[2] === undefined) return token[0] === '-0' ? '0' : token[0]
    const printed = printFloat(Number(token[0]))
    growth += Math.max(0, printed.length - token[0].length)
    if (growth > growthLimit) throw new RangeError('The numbers of the JSON are too large to be written out.')
    return printed
  }

  function readWord(word: string): string {
    if (!text.startsWith(word, at)) throw unexpected()
    at += word.length
    return word
  }

  function open(depth: number): void {
    if (depth > depthLimit) throw new RangeError(`The JSON nests deeper than ${depthLimit} levels.`)
    at += 1
  }

  function take(unit: number): boolean {
    skipBlanks()
    if (text.charCodeAt(at) !== unit) return false
    at += 1
    return true
  }

  function skipBlanks(): void {
    for (;;) {
      const unit = text.charCodeAt(at)
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return
      at += 1
    }
  }

  function unexpected(): SyntaxError {
    return new SyntaxError(at < text.length ? `Not JSON at position ${at}.` : 'The JSON ends too early.')
  }
}

/** Prints a double as Didit's Python does, after its rule that a whole float becomes an integer. */
function printFloat(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString() // every digit of the exact value; -0 gives 0
  // Infinity comes from tokens such as 1e999, and Python also writes it as a word.
  if (!Number.isFinite(value) || Math.abs(value) >= 1e-4) return String(value)
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1')
}

/** Orders strings by code point; `<` compares UTF-16 units and puts an emoji before U+FF21. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left === right) continue
    // Units that differ in the second half of a pair: the character began one unit earlier.
    const start =
      index > 0 && (isLowSurrogate(left) || isLowSurrogate(right)) && isHighSurrogate(a.charCodeAt(index - 1))
        ? index - 1
        : index
    return (a.codePointAt(start) as number) - (b.codePointAt(start) as number)
  }
  return a.length - b.length
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff
