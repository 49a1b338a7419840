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

  const result: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (shared.includes(keyword)) result[keyword] = value
    else if (keyword === 'type') result.type = schema.nullable === true ? [value, 'null'] : value
    else if (keyword === 'enum') result.enum = enumOf(value as unknown[], schema.nullable === true)
    else if (keyword === 'items' || keyword === 'not') result[keyword] = toJsonSchema(value as SchemaObject, isClosed)
    else if (keyword === 'properties') result.properties = translateAll(value as Record<string, SchemaObject>, isClosed)
    else if (keyword === 'additionalProperties') result[keyword] = additional(value as boolean | SchemaObject, isClosed)
    else if (keyword === 'oneOf' || keyword === 'anyOf') {
      result[keyword] = (value as SchemaObject[]).map((each) => toJsonSchema(each, isClosed))
      // Each part of a whole sees the fields of the others: none of them can be closed by itself.
    } else if (keyword === 'allOf') result.allOf = (value as SchemaObject[]).map((each) => toJsonSchema(each, false))
    else if (keyword === 'nullable') {
      if (value === true && schema.type === undefined) throw new Error('"nullable" says nothing without a "type".')
    } else if (!remarks.includes(keyword) && !keyword.startsWith('x-')) {
      throw new Error(`What "${keyword}" asks for would not be checked.`)
    }
  }
  if (isClosed && result.properties !== undefined && result.additionalProperties === undefined) {
    result.additionalProperties = false
  }
  return result
}

const enumOf = (values: readonly unknown[], isNullable: boolean) =>
  isNullable && !values.includes(null) ? [...values, null] : values

const translateAll = (schemas: Readonly<Record<string, SchemaObject>>, isClosed: boolean) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toJsonSchema(schema, isClosed)]))

const additional = (value: boolean | SchemaObject, isClosed: boolean) =>
  typeof value === 'boolean' ? value : toJsonSchema(value, isClosed)
