import type { AddressInfo } from 'node:net'
import { createEmulator, type Emulator, type EmulatorOptions } from '@didit-verify/emulator'
import { createAdaptorServer } from '@hono/node-server'

/** A server on a free port of this machine. */
export interface OnLoopback {
  /** Without a trailing slash. */
  readonly url: string
  close(): Promise<void>
}

/** Serves a handler on a free port. `create` runs after the port is known, because answers may contain the URL. */
export async function serveOnLoopback(
  create: (url: string) => (request: Request) => Response | Promise<Response>,
): Promise<OnLoopback> {
  let handle: ReturnType<typeof create> | undefined
  const server = createAdaptorServer({
    fetch: (request) => handle?.(request) ?? new Response(null, { status: 503 }),
    overrideGlobalObjects: false,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  handle = create(url)
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

/** The requests that an emulator received, in order, such as `POST /v3/session/`. */
export type Asked = readonly string[]

/** Serves an emulator on a free port, and records the requests below `/v3/`. */
export async function serveEmulator(
  options: EmulatorOptions = {},
): Promise<OnLoopback & { readonly emulator: Emulator; readonly asked: Asked }> {
  const asked: string[] = []
  let emulator: Emulator | undefined
  const server = await serveOnLoopback((url) => {
    const created = createEmulator({ ...options, url })
    emulator = created
    return (request) => {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith('/v3/')) asked.push(`${request.method} ${pathname}`)
      return created.fetch(request)
    }
  })
  if (emulator === undefined) throw new Error('The emulator was not created.')
  return {
    ...server,
    emulator,
    asked,
    close: async () => {
      emulator?.close()
      await server.close()
    },
  }
}
