import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Real servers on free ports of this machine, for what only a socket shows. */
export function createLoopbackServers() {
  const open: { close(): void; closeAllConnections(): void }[] = []
  return {
    async listen(listener: RequestListener): Promise<string> {
      const server = createServer(listener)
      open.push(server)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    close() {
      for (const server of open.splice(0)) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}
