import * as z from 'zod/mini'

/**
 * Fields of the bodies and queries that we send. Each error message names the expected value and never the given one, which
 * may be personal data and would end in a log.
 */

/** Text of a certain form. */
export const matching = (isIt: (value: string) => boolean, expected: string) =>
  z.string(expected).check(z.refine(isIt, expected))

/** Text that is not empty. An empty filter would match everything, and an empty name would match no one. */
export const text = matching((it) => it.trim() !== '', 'Expected text that is not empty.')
export const textUpTo = (length: number) =>
  matching((it) => it.trim() !== '' && it.length <= length, `Expected text of 1 to ${length} characters.`)
/** Text that may be empty, as Didit takes it. */
export const anyText = z.string('Expected text.')
export const flag = z.boolean('Expected true or false.')

// The vendor's own examples are not RFC UUIDs, so any 8-4-4-4-12 hex digits are accepted.
export const guid = z.guid('Expected 32 hex digits as 8-4-4-4-12.')

/** A whole number, or where `isWhole` is false any number, between two others. */
export function numberFrom(least: number, most = Number.POSITIVE_INFINITY, isWhole = true) {
  const kind = isWhole ? 'a whole number' : 'a number'
  const expected = `Expected ${kind} ${most === Number.POSITIVE_INFINITY ? `from ${least} on` : `from ${least} to ${most}`}.`
  return z
    .number(expected)
    .check(z.refine((it) => it >= least && it <= most && (!isWhole || Number.isSafeInteger(it)), expected))
}

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `Expected one of ${values.join(', ')}.`)

export const day = matching(isDay, 'Expected a day as YYYY-MM-DD.')
export const moment = matching(
  (it) => /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(it) && !Number.isNaN(Date.parse(it)),
  'Expected a moment with its zone, such as 2026-11-24T12:00:00Z.',
)
/** An email address. Its length is checked first, since the expression takes quadratic time. */
export const email = matching(
  (it) => it.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(it),
  'Expected an e-mail address.',
)
export const phoneNumber = matching(
  (it) => /^\+[1-9]\d{4,14}$/.test(it),
  'Expected a number in E.164 form, such as +34600111222.',
)
export const ipAddress = z.union([z.ipv4(), z.ipv6()], 'Expected an IPv4 or IPv6 address.')
export const alpha2 = matching((it) => /^[A-Z]{2}$/.test(it), 'Expected a country as two capital letters.')
export const alpha3 = matching((it) => /^[A-Z]{3}$/.test(it), 'Expected a country as three capital letters.')
/** Only the format is checked, since Didit adds languages over time. */
export const language = matching(
  (it) => /^[a-z]{2,3}(-[A-Z]{2})?$/.test(it),
  'Expected a language such as es or pt-BR.',
)
/** An address of the web or of an app: `myapp://done` is one. */
export const address = matching((it) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(it), 'Expected an absolute URL.')

export const json = z.unknown().check(z.refine(isJson, 'Expected what can be written as JSON.'))
/** The object that comes back with an answer. */
export const metadata = z.custom<Readonly<Record<string, unknown>> | null>(
  (it) => it === null || (typeof it === 'object' && !Array.isArray(it) && isJson(it)),
  'Expected an object that can be written as JSON.',
)

/**
 * Several values in one field, as a list or separated by commas as Didit writes them. No blanks beside a comma: Didit would
 * treat them as part of the value and find nothing.
 */
export function commaList(isItem: (item: string) => boolean, expected: string) {
  return z.custom<string | readonly string[]>((it) => {
    const items: unknown = typeof it === 'string' ? it.split(',') : it
    return (
      Array.isArray(items) &&
      items.length > 0 &&
      items.every((one) => typeof one === 'string' && one === one.trim() && isItem(one))
    )
  }, expected)
}

function isDay(value: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00Z`) : null
  // Otherwise 31 February would become a day in March.
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)
}

function isJson(value: unknown): boolean {
  try {
    return value === undefined || JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}
