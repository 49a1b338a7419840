import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { type AnswerObject, follow, type MediaType, type OpenApiDocument } from './document.ts'
import { examplesOf, formOf, schemaOfExamples } from './examples.ts'
import { componentsId, type JsonSchema, toJsonSchema } from './json-schema.ts'
import { createRoutes } from './routes.ts'

/** One thing that is not as the document has it. */
export interface Finding {
  /** As the document names it: `GET /v3/session/{sessionId}/decision/`. */
  readonly operation: string
  /** `request`, or the status of the answer. */
  readonly part: string
  /** Where in the body, each place in a list written as `*`; else `query/NAME`, `header/NAME` or nothing. */
  readonly pointer: string
  /** The keyword of the schema, or what else was asked for: `path`, `status`, `content`, `header`, `security`, `form`. */
  readonly rule: string
  readonly detail: string
}

/** What was asked, and what came back. The bodies must not have been read. */
export interface Exchange {
  readonly request: Request
  readonly answer: Response
}

export interface Validator {
  /** What is wrong with a request. Its body must not have been read. */
  ofRequest(request: Request): Promise<readonly Finding[]>
  /** What is wrong with the answer to a request. */
  ofAnswer(exchange: Exchange): Promise<readonly Finding[]>
  /** The operation of a request, as the document names it; null when it has none. */
  operationOf(request: { readonly method: string; readonly url: string }): string | null
}

const mediaTypeOf = (headers: Headers) => headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''

/** The third hit of a list and its first are the same place: which one it was says nothing. */
const pointerOf = ({ instancePath, keyword, params }: ErrorObject) => {
  const named: unknown = { additionalProperties: params.additionalProperty, required: params.missingProperty }[keyword]
  return `${instancePath}${named === undefined ? '' : `/${named}`}`.replaceAll(/\/\d+(?=\/|$)/g, '/*')
}

/** A text from a query or a form as the kind of value the schema wants there, as far as it reads as one. */
function fromText(text: string, type: unknown): unknown {
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (type === 'boolean') return { true: true, false: false }[text] ?? text
  return text
}

/**
 * Judges requests and answers by an OpenAPI 3.0 document.
 *
 * @param document - The document, as it was parsed.
 * @throws When the document asks for something that would not be checked.
 */
export function createValidator(document: OpenApiDocument): Validator {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
  })
  addFormats.default(ajv)
  // A number as a text, which no registered format is.
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/)
  const schemas = Object.entries(document.components?.schemas ?? {})
  ajv.addSchema({
    $id: componentsId,
    $defs: Object.fromEntries(schemas.map(([name, schema]) => [name, toJsonSchema(schema)])),
  })
  const routeOf = createRoutes(document)
  const compiled = new Map<unknown, ValidateFunction>()
  const compile = (key: unknown, schema: () => JsonSchema): ValidateFunction => {
    const known = compiled.get(key)
    if (known) return known
    const made = ajv.compile(schema())
    compiled.set(key, made)
    return made
  }

  /** What Ajv says of a value, at the place it is found in. */
  function errorsOf(validate: ValidateFunction, value: unknown, at = ''): Omit<Finding, 'operation' | 'part'>[] {
    if (validate(value)) return []
    return (
      (validate.errors ?? [])
        // It only says that none of the others holds, and those say why.
        .filter(({ keyword }) => keyword !== 'anyOf')
        .map((error) => ({
          pointer: `${at}${pointerOf(error)}`,
          rule: error.keyword,
          detail: `${error.message}${error.params.allowedValues ? `: ${error.params.allowedValues}` : ''}`,
        }))
    )
  }

  function bodyErrors(media: MediaType, value: unknown, isError: boolean): Omit<Finding, 'operation' | 'part'>[] {
    const { schema } = media
    if (schema !== undefined)
      return errorsOf(
        compile(schema, () => toJsonSchema(schema)),
        value,
      )
    const examples = examplesOf(media)
    if (examples.length === 0) return []
    if (!isError)
      return errorsOf(
        compile(media, () => schemaOfExamples(examples)),
        value,
      )
    const forms = [...new Set(examples.map(formOf))]
    const form = formOf(value)
    return forms.includes(form)
      ? []
      : [{ pointer: '', rule: 'form', detail: `is ${form}, and the examples are ${forms.join(' or ')}` }]
  }

  async function readForm(request: Request, media: MediaType): Promise<unknown> {
    const properties = (media.schema?.properties ?? {}) as Record<string, { type?: unknown }>
    const form = await request.formData()
    return Object.fromEntries(
      [...form].map(([name, value]) => [
        name,
        typeof value === 'string' ? fromText(value, properties[name]?.type) : `file ${value.name}`,
      ]),
    )
  }

  return {
    operationOf: (request) => routeOf(request)?.name ?? null,

    async ofRequest(request) {
      const { method, url, headers } = request
      const { pathname, searchParams } = new URL(url)
      const route = routeOf(request)
      const of = (found: Omit<Finding, 'operation' | 'part'>): Finding => ({
        operation: route?.name ?? `${method} ${pathname}`,
        part: 'request',
        ...found,
      })
      if (!route) return [of({ pointer: '', rule: 'path', detail: 'is not in the document' })]
      const { operation, names, pattern } = route
      const findings: Finding[] = []
      const add = (...found: Omit<Finding, 'operation' | 'part'>[]) => findings.push(...found.map(of))

      const values = new Map<string, string>(searchParams)
      const inPath = pattern.exec(pathname)?.slice(1) ?? []
      const parameters = operation.parameters ?? []
      for (const { name, in: place, required = false, schema } of parameters) {
        const at = `${place}/${name}`
        const text =
          place === 'path' ? inPath[names.indexOf(name)] : place === 'query' ? values.get(name) : headers.get(name)
        if (text === undefined || text === null) {
          if (required) add({ pointer: at, rule: 'required', detail: 'is missing' })
        } else if (schema !== undefined) {
          add(
            ...errorsOf(
              compile(schema, () => toJsonSchema(schema)),
              fromText(text, schema.type),
              at,
            ),
          )
        }
      }
      for (const name of values.keys()) {
        const isKnown = parameters.some((it) => it.in === 'query' && it.name === name)
        if (!isKnown) add({ pointer: `query/${name}`, rule: 'additionalProperties', detail: 'is not in the document' })
      }

      const schemes = document.components?.securitySchemes ?? {}
      const isProven = (operation.security ?? [{}]).some((all) =>
        Object.keys(all).every((name) => schemes[name]?.in === 'header' && headers.has(schemes[name]?.name ?? '')),
      )
      if (!isProven) add({ pointer: '', rule: 'security', detail: 'brings none of the credentials that are asked for' })

      const type = mediaTypeOf(headers)
      const media = operation.requestBody?.content[type]
      const isEmpty = request.body === null
      if (isEmpty) {
        if (operation.requestBody?.required) add({ pointer: '', rule: 'required', detail: 'has no body' })
      } else if (media === undefined) {
        add({ pointer: '', rule: 'content', detail: `has a body of the type "${type}"` })
      } else {
        const isForm = type === 'multipart/form-data'
        const body = isForm ? await readForm(request, media) : await request.json().catch(() => undefined)
        if (body === undefined) add({ pointer: '', rule: 'content', detail: 'has a body that is no JSON' })
        else add(...bodyErrors(media, body, false))
      }
      return findings
    },

    async ofAnswer({ request, answer }) {
      const route = routeOf(request)
      const of = (found: Omit<Finding, 'operation' | 'part'>): Finding => ({
        operation: route?.name ?? `${request.method} ${new URL(request.url).pathname}`,
        part: String(answer.status),
        ...found,
      })
      if (!route) return [of({ pointer: '', rule: 'path', detail: 'is not in the document' })]
      const { responses } = route.operation
      const found = responses[answer.status] ?? responses[`${Math.floor(answer.status / 100)}XX`] ?? responses.default
      if (found === undefined) {
        return [of({ pointer: '', rule: 'status', detail: `is none of ${Object.keys(responses).join(', ')}` })]
      }
      const { headers = {}, content } = follow<AnswerObject>(document, found)
      const findings: Finding[] = []
      for (const [name, { schema }] of Object.entries(headers)) {
        const text = answer.headers.get(name)
        const at = `header/${name}`
        if (text === null) findings.push(of({ pointer: at, rule: 'header', detail: 'is missing' }))
        else if (schema !== undefined) {
          const errors = errorsOf(
            compile(schema, () => toJsonSchema(schema)),
            fromText(text, schema.type),
            at,
          )
          findings.push(...errors.map(of))
        }
      }

      const bytes = new Uint8Array(await answer.arrayBuffer())
      const type = mediaTypeOf(answer.headers)
      const media = content?.[type]
      if (content === undefined) {
        if (bytes.length > 0) findings.push(of({ pointer: '', rule: 'content', detail: 'has a body' }))
      } else if (media === undefined) {
        const detail = `is of the type "${type}", not ${Object.keys(content).join(' or ')}`
        findings.push(of({ pointer: '', rule: 'content', detail }))
      } else if (type === 'application/json') {
        const text = new TextDecoder().decode(bytes)
        findings.push(...jsonErrors(media, text, answer.status >= 400).map(of))
      } else if (bytes.length === 0) {
        findings.push(of({ pointer: '', rule: 'content', detail: 'has no body' }))
      }
      return findings
    },
  }

  function jsonErrors(media: MediaType, text: string, isError: boolean): Omit<Finding, 'operation' | 'part'>[] {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return [{ pointer: '', rule: 'content', detail: 'is no JSON' }]
    }
    return bodyErrors(media, value, isError)
  }
}
