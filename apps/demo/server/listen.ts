import type { Server } from 'node:http'

/** A server that answers, and the way to end it. */
export interface Running {
  readonly close: () => Promise<void>
}

/** Resolves once the server answers on its port; rejects with Node's own error when it cannot. */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<Running> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve({
        close: () =>
          new Promise((done) => {
            server.close(() => done())
            server.closeAllConnections()
          }),
      })
    })
  })
}
