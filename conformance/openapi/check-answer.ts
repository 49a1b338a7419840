import { type AnswerObject, follow, type MediaType, type OpenApiDocument, type Operation } from './document.ts'
import type { Fault } from './finding.ts'
import type { SchemaCheck } from './schema-check.ts'
import { fromText, mediaTypeOf, parseJson } from './text.ts'

/** Returns the faults of an operation's answer. Consumes the body. `standIn` replaces the schema of a JSON body. */
export async function checkAnswer(
  answer: Response,
  { responses }: Operation,
  document: OpenApiDocument,
  check: SchemaCheck,
  standIn: MediaType | undefined,
): Promise<Fault[]> {
  const found = responses[answer.status] ?? responses[`${Math.floor(answer.status / 100)}XX`] ?? responses.default
  if (found === undefined) {
    return [{ pointer: '', rule: 'status', detail: `is not one of ${Object.keys(responses).join(', ')}` }]
  }
  const { headers = {}, content } = follow<AnswerObject>(document, found)
  return [...headerFaults(headers), ...(await contentFaults(content))]

  function headerFaults(headers: NonNullable<AnswerObject['headers']>): Fault[] {
    return Object.entries(headers).flatMap(([name, { schema }]) => {
      const pointer = `header/${name}`
      const text = answer.headers.get(name)
      if (text === null) return [{ pointer, rule: 'header', detail: 'is missing' }]
      return schema === undefined ? [] : check.value(schema, fromText(text, schema.type), pointer)
    })
  }

  async function contentFaults(content: AnswerObject['content']): Promise<Fault[]> {
    const fault = (detail: string): Fault[] => [{ pointer: '', rule: 'content', detail }]
    const bytes = new Uint8Array(await answer.arrayBuffer())
    if (content === undefined) return bytes.length > 0 ? fault('has a body') : []
    const type = mediaTypeOf(answer.headers)
    const media = content[type]
    if (media === undefined) return fault(`is of the type "${type}", not ${Object.keys(content).join(' or ')}`)
    if (bytes.length === 0) return fault('has no body')
    if (type !== 'application/json') return []
    const value = parseJson(new TextDecoder().decode(bytes))
    return value === undefined ? fault('is not valid JSON') : check.body(standIn ?? media, value, answer.status >= 400)
  }
}
