import { judgeAnswer } from './check-answer.ts'
import { judgeRequest } from './check-request.ts'
import type { MediaType, OpenApiDocument, SchemaObject } from './document.ts'
import type { Finding } from './finding.ts'
import { createRoutes } from './routes.ts'
import { createSchemaCheck } from './schema-check.ts'

/** What was asked, and what came back. */
export interface Exchange {
  readonly request: Request
  readonly answer: Response
}

/** A schema for an answer that the document describes in words or examples alone. */
export interface StandIn {
  readonly operation: string
  readonly status: number
  /** For which requests. Default all. */
  when?(url: URL): boolean
  /** Made from what the document has elsewhere. */
  schema(document: OpenApiDocument): SchemaObject
  /** Why the document's own is not enough. */
  readonly reason: string
}

export interface Validator {
  /** What is wrong with a request. Its body must not have been read. */
  ofRequest(request: Request): Promise<readonly Finding[]>
  /** What is wrong with the answer to a request. Its body must not have been read. */
  ofAnswer(exchange: Exchange): Promise<readonly Finding[]>
  /** The operation that an answer is told of with, as the document names it; null when it has none. */
  operationOf(exchange: Exchange): string | null
  /** The stand-ins that no answer needed so far. */
  unusedStandIns(): readonly StandIn[]
}

/**
 * Judges requests and answers by an OpenAPI 3.0 document.
 *
 * @param document - The document, as it was parsed.
 * @param standIns - Schemas for where it has none.
 * @throws When the document asks for something that would not be checked.
 */
export function createValidator(document: OpenApiDocument, standIns: readonly StandIn[] = []): Validator {
  const check = createSchemaCheck(document)
  const routeOf = createRoutes(document)
  /** An address without its last slash is told of with the one it leads to. */
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
    async ofRequest(request) {
      const route = routeOf(request)
      const faults = route ? await judgeRequest(request, route, document, check) : [isMissing]
      return faults.map((fault) => ({ operation: route?.name ?? addressOf(request), part: 'request', ...fault }))
    },
    async ofAnswer(exchange) {
      const { request, answer } = exchange
      const route = routeOfAnswer(exchange)
      const faults = route
        ? await judgeAnswer(answer, route.operation, document, check, standInFor(route.name, exchange))
        : [isMissing]
      const operation = route?.name ?? addressOf(request)
      return faults.map((fault) => ({ operation, part: String(answer.status), ...fault }))
    },
    operationOf: (exchange) => routeOfAnswer(exchange)?.name ?? null,
    unusedStandIns: () => standIns.filter((it) => !made.has(it)),
  }
}
