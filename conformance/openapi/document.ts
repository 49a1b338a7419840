/** Schema Object of OpenAPI 3.0, not validated yet. */
export type SchemaObject = Readonly<Record<string, unknown>>

export interface Reference {
  readonly $ref: string
}

export interface MediaType {
  readonly schema?: SchemaObject
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required?: boolean
  readonly schema?: SchemaObject
}

export interface AnswerObject {
  readonly headers?: Readonly<Record<string, { readonly schema?: SchemaObject }>>
  readonly content?: Readonly<Record<string, MediaType>>
}

export interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, MediaType>> }
  readonly responses: Readonly<Record<string, AnswerObject | Reference>>
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
}

/** The parts of an OpenAPI 3.0 document that the checks use. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: {
    readonly schemas?: Readonly<Record<string, SchemaObject>>
    readonly responses?: Readonly<Record<string, AnswerObject>>
    readonly securitySchemes?: Readonly<
      Record<string, { readonly type: string; readonly in?: string; readonly name?: string }>
    >
  }
}

/** Returns the target of a reference within the document, or the value itself if it is not a reference. */
export function follow<Kind extends object>(document: OpenApiDocument, value: Kind | Reference): Kind {
  if (!('$ref' in value)) return value
  const { $ref } = value as Reference
  let found: unknown = document
  for (const name of $ref.replace(/^#\//, '').split('/')) {
    found = (found as Record<string, unknown> | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  if (typeof found !== 'object' || found === null) throw new Error(`The document has no "${$ref}".`)
  return follow(document, found as Kind | Reference)
}
