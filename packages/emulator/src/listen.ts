import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Emulator } from './emulator.ts'

/** An emulator on a port. */
export interface EmulatorServer {
  readonly emulator: Emulator
  /** Ends open connections and frees the port. */
  close(): Promise<void>
}

/**
 * Puts an emulator on a port. It is created once the port is known, since its hosted pages name it.
 *
 * @throws The error of `listen`, with its `code`: `EADDRINUSE` for a busy port.
 */
export async function listen(
  { host, port }: { readonly host: string; readonly port: number },
  create: (address: string) => Emulator,
): Promise<EmulatorServer> {
  let emulator: Emulator | undefined
  const server = createAdaptorServer({
    // Requests cannot arrive before `listening`, when the emulator is there.
    fetch: (request, origin) => (emulator as Emulator).fetch(request, origin),
    overrideGlobalObjects: false,
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const { port: bound } = server.address() as AddressInfo
      const isLocal = host === '127.0.0.1' || host === '0.0.0.0'
      const name = isLocal ? 'localhost' : host.includes(':') ? `[${host}]` : host
      emulator = create(`http://${name}:${bound}`)
      resolve()
    })
  })
  return {
    emulator: emulator as unknown as Emulator,
    close: () =>
      new Promise((resolve) => {
        emulator?.close()
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
