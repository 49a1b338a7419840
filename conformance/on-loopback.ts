import type { AddressInfo } from 'node:net'
import { createEmulator, type Emulator, type EmulatorOptions } from '@didit-verify/emulator'
import { createAdaptorServer } from '@hono/node-server'

/** Something that answers on a free port of this machine. */
export interface OnLoopback {
  /** Without a trailing slash. */
  readonly url: string
  close(): Promise<void>
}

/** Puts a handler on a free port. It is created once the port is known, since what it answers may name it. */
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

/** What an emulator was asked, in the order of asking: `POST /v3/session/`. */
export type Asked = readonly string[]

/** Puts an emulator on a free port, and takes down what it is asked below `/v3/`. */
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
