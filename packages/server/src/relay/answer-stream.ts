import type { Context } from 'hono'
import type { Bindings } from '../http/bindings.ts'
import { type Chunk, createBodySink, directSink, type OpenSink } from './sink.ts'
import { streamHeaders } from './sse.ts'

/** Answers with an event stream: directly on the connection when the host supports that, else as the response body. */
export function answerStream<Env extends { Bindings: Bindings }>(
  c: Context<Env>,
  start: (openSink: OpenSink) => void,
): Response {
  const direct = c.env?.[directSink]
  if (direct) {
    const response = c.body(null, 200, streamHeaders)
    start(direct(200, response.headers))
    // Tells @hono/node-server that the response has already been sent.
    response.headers.set('x-hono-already-sent', 'true')
    return response
  }
  let body: ReadableStream<Chunk> | null = null
  start((listener) => {
    const opened = createBodySink(listener)
    body = opened.body
    return opened.sink
  })
  return c.newResponse(body, 200, streamHeaders)
}
