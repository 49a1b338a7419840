export { anonymousAuth } from './http/anonymous-auth.ts'

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Problem } from '@didit-verify/core/schemas'
import { getRequestListener } from '@hono/node-server'
import { type Bindings, peerAddress } from './http/bindings.ts'
import { type DirectSink, directSink } from './relay/sink.ts'
import type { DiditServer } from './server.ts'

/** A handler as node:http, Express and Connect call it. */
export type NodeHandler = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/**
 * Puts a companion server on node:http, Express or Fastify. Streams write straight to the response.
 *
 * Mount it at the root or at the server's `basePath`, before any body parser: a webhook's signature covers the bytes
 * as they came. Requests outside `basePath` go to `next`, where there is one.
 *
 * @param didit - The server.
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
    // Without this the adapter would replace the process's own Request and Response.
    { overrideGlobalObjects: false },
  )
  return (incoming, outgoing, next) => {
    // Express and Connect cut the mount path off `url`.
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
    help: 'A body parser ran before toNodeHandler(didit): mount the handler before express.json() and the like.',
  }
  // 5xx on purpose: Didit then sends the webhook again.
  outgoing.writeHead(500, { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
  outgoing.end(JSON.stringify(problem))
}

/** A sink that is ready again when the system has taken the last chunk, so nothing queues up in this process. */
function toSink(outgoing: ServerResponse): DirectSink {
  return (status, headers) => {
    // Outside the function below, so that no stream holds on to its headers.
    if (!outgoing.destroyed) outgoing.writeHead(status, Object.fromEntries(headers)).flushHeaders()
    return (listener) => {
      const taken = (error?: Error | null) => {
        if (!error) listener.ready()
      }
      outgoing.on('close', listener.gone)
      // A write that loses the race with a disconnect must not end the process.
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
