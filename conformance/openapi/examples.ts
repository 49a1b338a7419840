import type { MediaType } from './document.ts'
import type { JsonSchema } from './json-schema.ts'

/** Returns the examples of one body, from both `example` and `examples`. */
export function examplesOf({ example, examples = {} }: MediaType): readonly unknown[] {
  const values = Object.values(examples).map(({ value }) => value)
  return example === undefined ? values : [example, ...values]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Returns the form of an error, for operations that have examples but no schema.
 *
 * The field at fault and its message differ from case to case. The form is the constant part: whether there is a
 * `detail`, an `error`, a field or a bare list, and whether the value is a string or a list of strings.
 */
export function formOf(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(formOf))].sort().join(' ')}]`
  if (!isObject(value)) return value === null ? 'null' : typeof value
  const named = Object.entries(value).map(
    ([name, inner]) => `${['detail', 'error', 'code'].includes(name) ? name : '*'}: ${formOf(inner)}`,
  )
  return `{${[...new Set(named)].sort().join(', ')}}`
}

/** Creates a schema from examples: all their fields, each with the types of value found there. */
export function schemaOfExamples(values: readonly unknown[]): JsonSchema {
  // Null says that the value may be missing. It does not tell the type.
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
