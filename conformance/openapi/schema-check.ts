import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { MediaType, OpenApiDocument, SchemaObject } from './document.ts'
import { examplesOf, formOf, schemaOfExamples } from './examples.ts'
import type { Fault } from './finding.ts'
import { componentsId, type JsonSchema, toJsonSchema } from './json-schema.ts'

/** Holds values against the schemas of one document. */
export interface SchemaCheck {
  /** What is wrong with a value; `at` is where it was found. */
  value(schema: SchemaObject, value: unknown, at: string): Fault[]
  /** What is wrong with a body. Where there is no schema, the examples tell what is right. */
  body(media: MediaType, value: unknown, isError: boolean): Fault[]
}

/** The third hit of a list and its first are the same place: which one it was says nothing. */
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
 * Of the choices of a `oneOf`, all of which failed, only the one that came closest is told of: the others were not meant.
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

/** @throws When the document asks for something that would not be checked. */
export function createSchemaCheck({ components }: OpenApiDocument): SchemaCheck {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    // With the value at fault in each error.
    verbose: true,
  })
  addFormats.default(ajv)
  // A number as a text, which no registered format is.
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
