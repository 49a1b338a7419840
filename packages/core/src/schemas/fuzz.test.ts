import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns, propertyTimeoutMs } from '../../../../scripts/property-runs.ts'
import { filesOf, read, samples } from '../../testing/sample-schemas.ts'

/**
 * Property tests of every schema with samples that are changed at any depth.
 *
 * The seed is fixed, so that every run tries the same cases.
 */

const settings: fc.Parameters<unknown> = { seed: 20_261_124, ...propertyRuns({ usual: 25, most: 2_000 }) }

const timeout = propertyTimeoutMs

type Key = string | number
type Path = readonly Key[]
type Holder = Record<Key, unknown>

const huge = 'x'.repeat(100_000)
const nested = () => {
  let value: unknown = 'bottom'
  for (let level = 0; level < 300; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** Wrong values for a field. Created at each call, since a test may change them. */
const mistakes: readonly (() => unknown)[] = [
  () => null,
  () => '',
  () => huge,
  () => 'Approved',
  () => 0,
  () => -1.5,
  () => 1e308,
  () => true,
  () => [],
  () => [null],
  () => [[{}], 7, 'text'],
  () => ({}),
  () => ({ length: 3, 0: 'a' }),
  () => JSON.parse('{"__proto__":{"status":"Approved"},"constructor":{"prototype":null}}'),
  nested,
]
const extraKeys = ['field_of_tomorrow', 'constructor', 'toString', '__proto__', '0', '']

const tampering = fc.record({
  place: fc.nat(),
  way: fc.constantFrom('remove', 'replace', 'empty', 'add'),
  mistake: fc.nat({ max: mistakes.length - 1 }),
  key: fc.nat({ max: extraKeys.length - 1 }),
})
type Tampering = typeof tampering extends fc.Arbitrary<infer Value> ? Value : never

/** Changes the value in place and returns the path of the change. */
function tamper(value: unknown, { place, way, mistake, key }: Tampering): Path {
  const places = listPlaces(value)
  const path = places[place % places.length] as Path
  const holder = at(value, path.slice(0, -1)) as Holder
  const name = path.at(-1) as Key
  const wrong = mistakes[mistake]?.()
  const target = holder[name]
  if (way === 'add' && isHolder(target)) {
    const added = Array.isArray(target) ? target.length : (extraKeys[key] as string)
    // An assignment would set the prototype instead of a key of this name.
    Object.defineProperty(target, added, { value: wrong, enumerable: true, configurable: true, writable: true })
    return [...path, added]
  }
  if (way === 'empty' && isHolder(target)) holder[name] = Array.isArray(target) ? [] : {}
  else if (way !== 'remove') holder[name] = wrong
  else if (Array.isArray(holder)) holder.splice(Number(name), 1)
  else delete holder[name]
  return path
}

function listPlaces(value: unknown, path: Path = []): Path[] {
  if (!isHolder(value)) return []
  return Object.keys(value).flatMap((name) => {
    const inner = [...path, Array.isArray(value) ? Number(name) : name]
    return [inner, ...listPlaces(value[name], inner)]
  })
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (holder, key) => (isHolder(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined),
    value,
  )
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null
}

/** Returns true when the issue names a path in the input, or a missing field of an existing object. */
function isFound(input: unknown, path: readonly PropertyKey[]): boolean {
  const whole = path as Path
  return whole.length === 0 || isHolder(at(input, whole.slice(0, -1))) || at(input, whole) !== undefined
}

const rows = samples.map(([name, schema, ...prefixes]) => [name, schema, filesOf(prefixes)] as const)

describe.each(rows)('%s', (name, schema, files) => {
  const sample = fc.constantFrom(...files)

  test('says of anything that is tampered with what it is, or where it is wrong', { timeout }, () => {
    fc.assert(
      fc.property(sample, fc.array(tampering, { minLength: 1, maxLength: 5 }), (file, tamperings) => {
        const input: unknown = read(file)
        for (const one of tamperings) if (listPlaces(input).length > 0) tamper(input, one)
        const before = JSON.stringify(input)
        const result = schema.safeParse(input)
        expect(JSON.stringify(input)).toBe(before)
        expect(({} as Holder).status).toBeUndefined()
        if (result.success) {
          // The result has the right types: a second parse turns no further field into null.
          expect(isSame(schema.parse(result.data), result.data)).toBe(true)
        } else {
          expect(result.error.issues.length).toBeGreaterThan(0)
          for (const { path } of result.error.issues) expect(isFound(input, path), path.join('.')).toBe(true)
        }
      }),
      settings,
    )
  })

  test('loses to one odd field that field and no other', { timeout }, () => {
    fc.assert(
      fc.property(sample, tampering, (file, one) => {
        const input: unknown = read(file)
        const path = tamper(input, one)
        const result = schema.safeParse(input)
        if (!result.success) return
        const lost = holdsTogether.test(path.join('.')) ? path.slice(0, -1) : path
        expect(isSame(result.data, input, lost), path.join('.')).toBe(true)
        const [was, is] = [kindOf(at(read(file), path)), kindOf(at(result.data, path))]
        if (was !== 'nothing' && is !== 'nothing' && !takesAnything.test([name, ...path].join('.')))
          expect(is, path.join('.')).toBe(was)
      }),
      settings,
    )
  })

  test('has a type for every field of its fullest sample', () => {
    const [file] = files.toSorted((one, other) => JSON.stringify(read(other)).length - JSON.stringify(read(one)).length)
    const input = read(file as string)
    for (const path of listPlaces(input)) {
      const holder = at(input, path.slice(0, -1)) as Holder
      const key = path.at(-1) as Key
      const right = holder[key]
      if (right === null || takesAnything.test([name, ...path].join('.'))) continue
      holder[key] = typeof right === 'string' ? 7 : 'odd'
      const result = schema.safeParse(input)
      holder[key] = right
      const where = result.success ? at(result.data, path) : result.error.issues.map((issue) => issue.path.join('.'))
      // A list without an unreadable item has a shorter length, unless its items depend on each other.
      const gone = Array.isArray(holder) && !holdsTogether.test(path.join('.')) ? holder[Number(key) + 1] : null
      expect(where ?? null, path.join('.')).toEqual(result.success ? (gone ?? null) : [path.join('.')])
    }
  })
})

/** Fields that cannot be lost alone: numbers in a list by position, the id of a Decision. */
const holdsTogether = /(^|\.)bbox\.\d+$|^decision\.(session_id|status)$/

/** Fields of several possible types: customer data, open objects, and the envelope that all webhooks share. */
const takesAnything =
  /(^|\.)(metadata|additional_data|reasons|previous|current|features\.\d+|properties\.\w+|amount)(\.|$)|_(value|scores|data|fields)\.|^webhookEvent\./

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  return Array.isArray(value) ? 'list' : typeof value
}

/**
 * Compares deeply, except for one path (or a list item missing there) and for keys named `__proto__`, which no schema
 * copies into an object that it knows.
 */
function isSame(one: unknown, other: unknown, except?: Path): boolean {
  if (except?.length === 0) return true
  if (!isHolder(one) || !isHolder(other)) return Object.is(one, other)
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [name, ...rest] = except ?? []
  if (
    Array.isArray(one) &&
    Array.isArray(other) &&
    one.length < other.length &&
    rest.length === 0 &&
    name !== undefined
  ) {
    return isSame(one, other.toSpliced(Number(name), 1))
  }
  const keys = (it: Holder) =>
    Object.keys(it).filter((key) => key !== '__proto__' && (rest.length > 0 || key !== String(name)))
  const [left, right] = [keys(one), keys(other)]
  return (
    left.length === right.length &&
    left.every(
      (key) =>
        Object.hasOwn(other, key) && isSame(one[key], other[key], except && key === String(name) ? rest : undefined),
    )
  )
}
