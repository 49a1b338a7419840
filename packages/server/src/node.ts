export { anonymousAuth } from './http/anonymous-auth.ts'

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestError } from '@didit-verify/core/schemas'
import { getRequestListener } from '@hono/node-server'
import { type Bindings, peerAddress } from './http/bindings.ts'
import { bodyAlreadyRead } from './http/body.ts'
import { isHost } from './http/host.ts'
import { isBelow, isPlainPath } from './http/path.ts'
import { problemOf, routeNotFound } from './http/problem.ts'
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
 * bytes of its body. Behind a parser it works if the parser keeps them as `rawBody`, or as the `body` of `express.raw()`. With Express and Connect, requests outside `basePath` go to `next`.
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
        // Hosts that imitate a connection, such as those for functions in a cloud, may have none.
        [peerAddress]: (incoming.socket as IncomingMessage['socket'] | undefined)?.remoteAddress,
      }
      return didit.fetch(request, bindings)
    },
    // By default the adapter replaces the global Request and Response of the process.
    { overrideGlobalObjects: false, hostname: 'localhost' },
  )
  return (incoming, outgoing, next) => {
    // Express and Connect remove the mount path from `url`.
    const url = (incoming as { originalUrl?: string }).originalUrl ?? incoming.url ?? '/'
    const [path = ''] = url.split('?', 1)
    const isOurs = isBelow(didit.basePath, path)
    if (next && !isOurs) return next()
    // Checked as it came: the address of a `Request` has been cleaned of dot segments and backslashes already.
    if (!isPlainPath(isOurs ? path.slice(didit.basePath.length) : path)) return refuse(outgoing, routeNotFound(didit))
    if (wasRead(incoming) && !takeReadBody(incoming)) return refuse(outgoing, bodyAlreadyRead())
    const { url: ownUrl } = incoming
    // An address with a host keeps the adapter from its own check of the Host header, which HTTP/1.0 need not have.
    incoming.url = incoming.httpVersionMajor >= 2 ? url : `${schemeOf(incoming)}://${hostOf(incoming)}${url}`
    void listener(incoming, outgoing)
    incoming.url = ownUrl
  }
}

const schemeOf = ({ socket }: IncomingMessage) =>
  (socket as { encrypted?: boolean } | undefined)?.encrypted ? 'https' : 'http'

/** Returns the host of the request. No route depends on it, so a missing or odd one does not fail the request. */
function hostOf({ headers: { host = '' } }: IncomingMessage): string {
  return isHost(host) ? host : 'localhost'
}

function wasRead(incoming: IncomingMessage): boolean {
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return false
  const { 'transfer-encoding': encoding, 'content-length': length } = incoming.headers
  // HTTP/2 needs neither header for a body. Some hosts that imitate a request leave both out, too.
  const hasBody = encoding !== undefined || Number(length) > 0 || incoming.httpVersionMajor >= 2
  return (
    (hasBody && (incoming.readableDidRead || incoming.readableEnded)) || (!hasBody && findReadBody(incoming) !== null)
  )
}

/** Lets the adapter use the bytes that a body parser kept. Returns false when it kept none. */
function takeReadBody(incoming: IncomingMessage): boolean {
  const rawBody = findReadBody(incoming)
  if (rawBody !== null) Object.assign(incoming, { rawBody })
  return rawBody !== null
}

/** Returns the raw bytes of a body: `rawBody` of many hosts, or the `body` that `express.raw()` makes. */
function findReadBody(incoming: IncomingMessage): Buffer | null {
  const { rawBody, body } = incoming as { rawBody?: unknown; body?: unknown }
  if (typeof rawBody === 'string' && rawBody !== '') return Buffer.from(rawBody)
  const bytes = [rawBody, body].find((it): it is Uint8Array => it instanceof Uint8Array && it.byteLength > 0)
  return bytes === undefined ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function refuse(outgoing: ServerResponse, error: RequestError): void {
  const problem = problemOf(error)
  outgoing.writeHead(problem.status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  outgoing.end(JSON.stringify(problem))
}

/** Returns a sink that is ready again when the operating system has taken the last chunk, so that no queue builds up here. */
function toSink(outgoing: ServerResponse): DirectSink {
  return (status, headers) => {
    // A stream lasts for minutes. Its end closes the connection, so that the descriptor is free at once.
    outgoing.shouldKeepAlive = false
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
