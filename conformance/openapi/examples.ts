import type { MediaType } from './document.ts'
import type { JsonSchema } from './json-schema.ts'

/** The examples of one body, whichever way they are written. */
export function examplesOf({ example, examples = {} }: MediaType): readonly unknown[] {
  const values = Object.values(examples).map(({ value }) => value)
  return example === undefined ? values : [example, ...values]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The form of an error, for where the document has examples and no schema.
 *
 * Which field is at fault and what is said of it differ from case to case. What does not: whether it is a `detail`, an
 * `error`, a field or a bare list, and whether a text or a list of texts stands there.
 */
export function formOf(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(formOf))].sort().join(' ')}]`
  if (!isObject(value)) return value === null ? 'null' : typeof value
  const named = Object.entries(value).map(
    ([name, inner]) => `${['detail', 'error', 'code'].includes(name) ? name : '*'}: ${formOf(inner)}`,
  )
  return `{${[...new Set(named)].sort().join(', ')}}`
}

/** A schema from examples: each field that one of them has, with the kinds of value that they have there. */
export function schemaOfExamples(values: readonly unknown[]): JsonSchema {
  // Null says that there may be none, and nothing of what there may be.
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return {}
  const objects = known.filter(isObject)
  const lists = known.filter((value) => Array.isArray(value))
  const kinds = known.map((value) => (Array.isArray(value) ? 'array' : typeof value))
  const names = [...new Set(objects.flatMap((value) => Object.keys(value)))]
  const of = (name: string) => schemaOfExamples(objects.filter((it) => name in it).map((it) => it[name]))
  return {
    type: [...new Set([...kinds, 'null'])],
    ...(lists.length > 0 ? { items: schemaOfExamples(lists.flat()) } : {}),
    ...(names.length > 0
      ? { properties: Object.fromEntries(names.map((name) => [name, of(name)])), additionalProperties: false }
      : {}),
  }
}
