import type { SchemaObject } from './document.ts'

/** A schema as the validator reads it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Where the translated schemas of `components` are kept. */
export const componentsId = 'components'

/** They say something to a reader, nothing about a value. */
const remarks = [
  'title',
  'description',
  'default',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
  'externalDocs',
  'xml',
]

/** They mean the same in both. */
const shared = [
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'required',
]

const saysNothing = (keyword: string) => keyword === 'nullable' || keyword.startsWith('x-') || remarks.includes(keyword)

/**
 * Translates a Schema Object of OpenAPI 3.0 into the JSON Schema that Ajv reads.
 *
 * What differs: `nullable` is a type of its own there, and an `enum` of a nullable field leaves `null` unsaid. An object
 * that lists its properties is closed, unless it says otherwise: a misspelt field would pass for a new one. Whatever
 * this does not know stops the run, so that no rule of the document is left out in silence.
 */
export function toJsonSchema(schema: SchemaObject, isClosed = true): JsonSchema {
  const { $ref } = schema
  // Whatever stands beside a reference does not count in OpenAPI 3.0.
  if (typeof $ref === 'string') return { $ref: `${componentsId}#/$defs/${$ref.replace('#/components/schemas/', '')}` }

  const inner = (value: unknown) => toJsonSchema(value as SchemaObject, isClosed)
  const isNullable = schema.nullable === true
  if (isNullable && schema.type === undefined) throw new Error('"nullable" says nothing without a "type".')

  const result: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    switch (keyword) {
      case 'type':
        result.type = isNullable ? [value, 'null'] : value
        break
      case 'enum':
        result.enum = isNullable ? [...new Set([...(value as unknown[]), null])] : value
        break
      case 'items':
      case 'not':
        result[keyword] = inner(value)
        break
      case 'oneOf':
      case 'anyOf':
        result[keyword] = (value as unknown[]).map(inner)
        break
      case 'allOf':
        // Each part of a whole sees the fields of the others: none of them can be closed by itself.
        result.allOf = (value as SchemaObject[]).map((part) => toJsonSchema(part, false))
        break
      case 'properties':
        result.properties = Object.fromEntries(
          Object.entries(value as object).map(([name, property]) => [name, inner(property)]),
        )
        break
      case 'additionalProperties':
        result.additionalProperties = typeof value === 'boolean' ? value : inner(value)
        break
      default:
        if (shared.includes(keyword)) result[keyword] = value
        else if (!saysNothing(keyword)) throw new Error(`What "${keyword}" asks for would not be checked.`)
    }
  }
  if (isClosed && result.properties !== undefined && result.additionalProperties === undefined) {
    result.additionalProperties = false
  }
  return result
}
