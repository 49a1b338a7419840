import type { SchemaObject } from './document.ts'

/** A schema in the dialect that Ajv reads. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The `$id` under which Ajv knows the translated schemas of `components`. */
export const componentsId = 'components'

/** Keywords that describe the schema to a reader and do not restrict values. */
const annotations = [
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

/** Keywords with the same meaning in OpenAPI 3.0 and in JSON Schema. */
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

const isAnnotation = (keyword: string) =>
  keyword === 'nullable' || keyword.startsWith('x-') || annotations.includes(keyword)

/**
 * Translates a Schema Object of OpenAPI 3.0 into the JSON Schema that Ajv reads.
 *
 * JSON Schema has a type `null` instead of `nullable`, and OpenAPI does not repeat `null` in the `enum` of a nullable
 * field. An object that lists its properties is closed unless the schema says otherwise, so that a misspelt field is
 * not taken for a new one. An unknown keyword throws, so that no rule of the document is silently skipped.
 */
export function toJsonSchema(schema: SchemaObject, isClosed = true): JsonSchema {
  const { $ref } = schema
  // OpenAPI 3.0 ignores the siblings of a reference.
  if (typeof $ref === 'string') return { $ref: `${componentsId}#/$defs/${$ref.replace('#/components/schemas/', '')}` }

  const inner = (value: unknown) => toJsonSchema(value as SchemaObject, isClosed)
  const isNullable = schema.nullable === true
  if (isNullable && schema.type === undefined) throw new Error('"nullable" has no effect without a "type".')

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
        // Each part also sees the fields of the other parts, so a part cannot be closed by itself.
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
        else if (!isAnnotation(keyword)) throw new Error(`The keyword "${keyword}" would not be checked.`)
    }
  }
  if (isClosed && result.properties !== undefined && result.additionalProperties === undefined) {
    result.additionalProperties = false
  }
  return result
}
