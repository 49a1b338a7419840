import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Emulator } from './emulator.ts'
import type { RequestOrigin } from './runtime/loopback.ts'

/** A port with something behind it. */
export interface BoundPort {
  /** Without a trailing slash. */
  readonly address: string
  /** Ends open connections and frees the port. */
  close(): Promise<void>
}

/**
 * Opens a port for a handler; 0 for any free one.
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

/** An emulator on a port. */
export interface EmulatorServer {
  readonly emulator: Emulator
  /** Ends open connections and frees the port. */
  close(): Promise<void>
}

/**
 * Puts an emulator on a port. It is created once the port is known, since its hosted pages name it.
 *
 * @throws The error of `listen`, with its `code`, or what `create` throws; the port is free again then.
 */
export async function listen(
  options: { readonly host: string; readonly port: number },
  create: (address: string) => Emulator,
): Promise<EmulatorServer> {
  let emulator: Emulator | undefined
  // Requests cannot arrive before the next turn of the loop, when the emulator is there.
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
