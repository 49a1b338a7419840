import type { MediaType, OpenApiDocument, Operation } from './document.ts'
import type { Fault } from './finding.ts'
import type { Route } from './routes.ts'
import type { SchemaCheck } from './schema-check.ts'
import { fromText, mediaTypeOf, parseJson } from './text.ts'

/** Returns the faults of a request to an operation. Consumes the body. */
export async function checkRequest(
  request: Request,
  { operation, names, pattern }: Route,
  { components }: OpenApiDocument,
  check: SchemaCheck,
): Promise<Fault[]> {
  const { pathname, searchParams } = new URL(request.url)
  const inPath = pattern.exec(pathname)?.slice(1) ?? []
  const inQuery = new Map<string, string>(searchParams)
  const textAt = { path: (name: string) => inPath[names.indexOf(name)], query: (name: string) => inQuery.get(name) }
  return [
    ...parameterFaults(operation, (place, name) =>
      place === 'path' || place === 'query' ? textAt[place](name) : (request.headers.get(name) ?? undefined),
    ),
    ...unknownFaults(operation, inQuery.keys()),
    ...securityFaults(operation, request.headers),
    ...(await bodyFaults(operation, request)),
  ]

  function parameterFaults(
    { parameters = [] }: Operation,
    read: (place: string, name: string) => string | undefined,
  ): Fault[] {
    return parameters.flatMap(({ name, in: place, required = false, schema }) => {
      const pointer = `${place}/${name}`
      const text = read(place, name)
      if (text === undefined) return required ? [{ pointer, rule: 'required', detail: 'is missing' }] : []
      return schema === undefined ? [] : check.value(schema, fromText(text, schema.type), pointer)
    })
  }

  function unknownFaults({ parameters = [] }: Operation, given: Iterable<string>): Fault[] {
    const known = parameters.filter((it) => it.in === 'query').map(({ name }) => name)
    return [...given]
      .filter((name) => !known.includes(name))
      .map((name) => ({ pointer: `query/${name}`, rule: 'additionalProperties', detail: 'is not in the document' }))
  }

  function securityFaults({ security = [{}] }: Operation, headers: Headers): Fault[] {
    const schemes = components?.securitySchemes ?? {}
    const hasHeader = (name: string) => schemes[name]?.in === 'header' && headers.has(schemes[name].name ?? '')
    if (security.some((all) => Object.keys(all).every(hasHeader))) return []
    return [{ pointer: '', rule: 'security', detail: 'has none of the required credentials' }]
  }

  async function bodyFaults({ requestBody }: Operation, { body, headers }: Request): Promise<Fault[]> {
    if (body === null) return requestBody?.required ? [{ pointer: '', rule: 'required', detail: 'has no body' }] : []
    const type = mediaTypeOf(headers)
    const media = requestBody?.content[type]
    if (media === undefined) return [{ pointer: '', rule: 'content', detail: `has a body of the type "${type}"` }]
    const value = type === 'multipart/form-data' ? await readForm(request, media) : parseJson(await request.text())
    if (value === undefined) return [{ pointer: '', rule: 'content', detail: 'has a body that is not valid JSON' }]
    return check.body(media, value, false)
  }
}

/** Returns the fields of a form as an object. A file becomes a string, because schemas describe it as one. */
async function readForm(request: Request, { schema }: MediaType): Promise<Record<string, unknown>> {
  const properties = (schema?.properties ?? {}) as Record<string, { type?: unknown }>
  return Object.fromEntries(
    [...(await request.formData())].map(([name, value]) => [
      name,
      typeof value === 'string' ? fromText(value, properties[name]?.type) : `file ${value.name}`,
    ]),
  )
}
