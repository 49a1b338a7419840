import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Emulator } from './emulator.ts'
import type { RequestOrigin } from './runtime/loopback.ts'

/** An open port. */
export interface BoundPort {
  /** URL of the port, without a trailing slash. */
  readonly address: string
  /** Ends open connections and frees the port. */
  close(): Promise<void>
}

/**
 * Opens a port for a handler. Port 0 picks a free one.
 *
 * @throws The error of `listen`, with its `code`: `EADDRINUSE` for a busy port.
 */
export async function bind(
  { host, port }: { readonly host: string; readonly port: number },
  fetch: (request: Request, origin: RequestOrigin) => Response | Promise<Response>,
): Promise<BoundPort> {
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port: bound } = server.address() as AddressInfo
  const isLocal = host === '127.0.0.1' || host === '0.0.0.0'
  const name = isLocal ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return {
    address: `http://${name}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

/** An emulator that is served on a port. */
export interface EmulatorServer {
  readonly emulator: Emulator
  /** Ends open connections and frees the port. */
  close(): Promise<void>
}

/**
 * Serves an emulator on a port. `create` runs after the port is known, because links to hosted pages contain it.
 *
 * @throws The error of `listen`, with its `code`, or the error of `create`. In both cases the port is free afterwards.
 */
export async function listen(
  options: { readonly host: string; readonly port: number },
  create: (address: string) => Emulator,
): Promise<EmulatorServer> {
  let emulator: Emulator | undefined
  // No request can arrive before the next turn of the event loop. By then the emulator exists.
  const bound = await bind(options, (request, origin) => (emulator as Emulator).fetch(request, origin))
  try {
    emulator = create(bound.address)
  } catch (error) {
    await bound.close()
    throw error
  }
  return {
    emulator,
    close: () => {
      emulator?.close()
      return bound.close()
    },
  }
}
