export { anonymousAuth } from './http/anonymous-auth.ts'

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Problem } from '@didit-verify/core/schemas'
import { getRequestListener } from '@hono/node-server'
import { type Bindings, peerAddress } from './http/bindings.ts'
import { type DirectSink, directSink } from './relay/sink.ts'
import type { DiditServer } from './server.ts'

/** Request handler for node:http, Express and Connect. */
export type NodeHandler = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/**
 * Returns a handler that serves a companion server from node:http, Express or Fastify.
 *
 * Mount it at the root or at the server's `basePath`, before any body parser: the signature of a webhook covers the raw
 * bytes of its body. With Express and Connect, requests outside `basePath` go to `next`.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { DiditServer } from '@didit-verify/server'
 * import { toNodeHandler } from '@didit-verify/server/node'
 *
 * declare const didit: DiditServer
 *
 * createServer(toNodeHandler(didit)).listen(4200)
 * ```
 *
 * @param didit - The companion server, from `createDiditServer`.
 */
export function toNodeHandler(didit: Pick<DiditServer, 'basePath' | 'fetch'>): NodeHandler {
  const listener = getRequestListener(
    (request, { incoming, outgoing }) => {
      const bindings: Bindings = {
        [directSink]: toSink(outgoing as ServerResponse),
        [peerAddress]: incoming.socket.remoteAddress,
      }
      return didit.fetch(request, bindings)
    },
    // By default the adapter replaces the global Request and Response of the process.
    { overrideGlobalObjects: false },
  )
  return (incoming, outgoing, next) => {
    // Express and Connect remove the mount path from `url`.
    const url = (incoming as { originalUrl?: string }).originalUrl ?? incoming.url ?? '/'
    if (next && !isUnder(didit.basePath, url)) return next()
    if (wasRead(incoming)) return refuse(outgoing)
    incoming.url = url
    void listener(incoming, outgoing)
  }
}

function isUnder(basePath: string, url: string): boolean {
  const path = url.split('?', 1)[0] ?? ''
  return path === basePath || path.startsWith(`${basePath}/`)
}

function wasRead(incoming: IncomingMessage): boolean {
  const hasBody = incoming.headers['transfer-encoding'] !== undefined || Number(incoming.headers['content-length']) > 0
  return hasBody && (incoming.readableDidRead || incoming.readableEnded)
}

function refuse(outgoing: ServerResponse): void {
  const problem: Problem = {
    type: 'urn:didit-verify:error:internal',
    title: 'Something went wrong on our side.',
    status: 500,
    code: 'internal',
    help: 'A body parser ran before toNodeHandler(didit). Mount the handler before express.json() and other body parsers.',
  }
  // 5xx, so that Didit sends the webhook again.
  outgoing.writeHead(500, { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
  outgoing.end(JSON.stringify(problem))
}

/** Returns a sink that is ready again when the operating system has taken the last chunk, so that no queue builds up here. */
function toSink(outgoing: ServerResponse): DirectSink {
  return (status, headers) => {
    // Outside the function below, so that a stream does not keep its headers in memory.
    if (!outgoing.destroyed) outgoing.writeHead(status, Object.fromEntries(headers)).flushHeaders()
    return (listener) => {
      const taken = (error?: Error | null) => {
        if (!error) listener.ready()
      }
      outgoing.on('close', listener.gone)
      // A write after a disconnect emits an error, which would end the process without a listener.
      outgoing.on('error', listener.gone)
      if (outgoing.destroyed) listener.gone()
      else listener.ready()
      return {
        write: (chunk) => void outgoing.write(chunk, taken),
        end: (chunk) => void outgoing.end(chunk),
        cut: () => void outgoing.destroy(),
      }
    }
  }
}
