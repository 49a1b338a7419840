import { checkAnswer } from './check-answer.ts'
import { checkRequest } from './check-request.ts'
import type { MediaType, OpenApiDocument, SchemaObject } from './document.ts'
import type { Finding } from './finding.ts'
import { createRoutes } from './routes.ts'
import { createSchemaCheck } from './schema-check.ts'

/** A request and its answer. */
export interface Exchange {
  readonly request: Request
  readonly answer: Response
}

/** Schema for an answer that the document describes only in words or examples. */
export interface StandIn {
  readonly operation: string
  readonly status: number
  /** Tells whether the schema applies to a request with this URL. Default: all requests. */
  when?(url: URL): boolean
  /** Builds the schema, from other parts of the document where possible. */
  schema(document: OpenApiDocument): SchemaObject
  /** The reason why the document's own schema is not enough. */
  readonly reason: string
}

/** Checks requests and answers against one document. */
export interface Validator {
  /** Returns the faults of a request. Consumes its body. */
  checkRequest(request: Request): Promise<readonly Finding[]>
  /** Returns the faults of an answer. Consumes its body. */
  checkAnswer(exchange: Exchange): Promise<readonly Finding[]>
  /** Returns the document's name of the operation that an answer belongs to, or null if the document has none. */
  operationOf(exchange: Exchange): string | null
  /** Returns the stand-ins that no answer needed so far. */
  unusedStandIns(): readonly StandIn[]
}

/**
 * Creates a validator of requests and answers for an OpenAPI 3.0 document.
 *
 * @param document - The parsed document.
 * @param standIns - Schemas for answers whose schema is missing or incomplete.
 * @throws When a schema has a keyword or a format that would not be checked.
 */
export function createValidator(document: OpenApiDocument, standIns: readonly StandIn[] = []): Validator {
  const check = createSchemaCheck(document)
  const routeOf = createRoutes(document)
  // The answer to a path without its trailing slash is a redirect, and belongs to the operation of the path with it.
  const routeOfAnswer = ({ request: { method, url }, answer }: Exchange) =>
    routeOf({ method, url: answer.status === 301 ? `${url}/` : url })

  const made = new Map<StandIn, MediaType>()
  function standInFor(operation: string, { request, answer }: Exchange): MediaType | undefined {
    const found = standIns.find(
      (it) => it.operation === operation && it.status === answer.status && (it.when?.(new URL(request.url)) ?? true),
    )
    if (found === undefined) return undefined
    const media = made.get(found) ?? { schema: found.schema(document) }
    made.set(found, media)
    return media
  }

  const isMissing = { pointer: '', rule: 'path', detail: 'is not in the document' }
  const addressOf = ({ method, url }: Request) => `${method} ${new URL(url).pathname}`

  return {
    async checkRequest(request) {
      const route = routeOf(request)
      const faults = route ? await checkRequest(request, route, document, check) : [isMissing]
      return faults.map((fault) => ({ operation: route?.name ?? addressOf(request), part: 'request', ...fault }))
    },
    async checkAnswer(exchange) {
      const { request, answer } = exchange
      const route = routeOfAnswer(exchange)
      const faults = route
        ? await checkAnswer(answer, route.operation, document, check, standInFor(route.name, exchange))
        : [isMissing]
      const operation = route?.name ?? addressOf(request)
      return faults.map((fault) => ({ operation, part: String(answer.status), ...fault }))
    },
    operationOf: (exchange) => routeOfAnswer(exchange)?.name ?? null,
    unusedStandIns: () => standIns.filter((it) => !made.has(it)),
  }
}
