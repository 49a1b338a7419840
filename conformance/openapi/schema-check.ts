import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { MediaType, OpenApiDocument, SchemaObject } from './document.ts'
import { examplesOf, formOf, schemaOfExamples } from './examples.ts'
import type { Fault } from './finding.ts'
import { componentsId, type JsonSchema, toJsonSchema } from './json-schema.ts'

/** Checks values against the schemas of one document. */
export interface SchemaCheck {
  /** Returns the faults of a value. Their pointers begin with `at`. */
  value(schema: SchemaObject, value: unknown, at: string): Fault[]
  /** Returns the faults of a body. Without a schema, compares the body with the examples. */
  body(media: MediaType, value: unknown, isError: boolean): Fault[]
}

/** Returns the pointer of an error with `*` for list indices: a deviation applies to every item of a list. */
function pointerOf({ instancePath, keyword, params }: ErrorObject): string {
  const named: unknown = { additionalProperties: params.additionalProperty, required: params.missingProperty }[keyword]
  return `${instancePath}${named === undefined ? '' : `/${named}`}`.replaceAll(/\/\d+(?=\/|$)/g, '/*')
}

const faultOf = (error: ErrorObject, at: string): Fault => ({
  pointer: `${at}${pointerOf(error)}`,
  rule: error.keyword === 'type' && error.data === null ? 'null' : error.keyword,
  detail: `${error.message}${error.params.allowedValues ? `: ${error.params.allowedValues}` : ''}`,
})

/**
 * Keeps only the errors of the closest branch of each `oneOf` that failed: the value was not meant to match the others.
 */
function closestOnly(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  let left = [...errors]
  for (const choice of errors.filter(({ keyword, params }) => keyword === 'oneOf' && params.passingSchemas === null)) {
    const within = `${choice.schemaPath}/`
    const isAt = (path: string) => path === choice.instancePath || path.startsWith(`${choice.instancePath}/`)
    const branchOf = ({ schemaPath, instancePath }: ErrorObject) =>
      schemaPath.startsWith(within) && isAt(instancePath) ? schemaPath.slice(within.length).split('/')[0] : undefined
    const counts = new Map<string, number>()
    for (const branch of left.map(branchOf)) if (branch !== undefined) counts.set(branch, (counts.get(branch) ?? 0) + 1)
    const [closest] = [...counts].sort(([, one], [, other]) => one - other)
    if (closest === undefined) continue
    left = left.filter((error) => error !== choice && [undefined, closest[0]].includes(branchOf(error)))
  }
  return left
}

/**
 * Creates the check of one document's schemas.
 *
 * @throws When a schema has a keyword or a format that would not be checked.
 */
export function createSchemaCheck({ components }: OpenApiDocument): SchemaCheck {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    // Puts the invalid value into each error.
    verbose: true,
  })
  addFormats.default(ajv)
  // A number written as a string. The registered formats do not include it.
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/)
  const named = Object.entries(components?.schemas ?? {}).map(([name, schema]) => [name, toJsonSchema(schema)])
  ajv.addSchema({ $id: componentsId, $defs: Object.fromEntries(named) })

  const compiled = new Map<object, ValidateFunction>()
  function check(key: object, schema: () => JsonSchema, value: unknown, at: string): Fault[] {
    const validate = compiled.get(key) ?? ajv.compile(schema())
    compiled.set(key, validate)
    return validate(value) ? [] : closestOnly(validate.errors ?? []).map((error) => faultOf(error, at))
  }

  return {
    value: (schema, value, at) => check(schema, () => toJsonSchema(schema), value, at),
    body(media, value, isError) {
      const { schema } = media
      if (schema !== undefined) return check(schema, () => toJsonSchema(schema), value, '')
      const examples = examplesOf(media)
      if (examples.length === 0) return []
      if (!isError) return check(media, () => schemaOfExamples(examples), value, '')
      const forms = [...new Set(examples.map(formOf))]
      const form = formOf(value)
      if (forms.includes(form)) return []
      return [{ pointer: '', rule: 'form', detail: `is ${form}, and the examples are ${forms.join(' or ')}` }]
    },
  }
}
