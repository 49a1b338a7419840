import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { isDiditError } from '@didit-verify/core/schemas'
import { createLogger } from '../logger.ts'
import { toNodeHandler } from '../node.ts'
import { createDiditServer, type DiditServer } from '../server.ts'
import { sqliteStorage } from '../sqlite.ts'
import { createAuthenticate } from './authenticate.ts'
import type { Settings } from './environment.ts'
import { createProxyFetch } from './proxy.ts'

/** A running server. */
export interface Running {
  /** Its address, with `basePath`. */
  readonly address: string
  /** Stops accepting requests, ends the streams, and finishes requests in progress. */
  readonly close: () => Promise<void>
}

/** Reason why a server did not start, with the exit code. */
export interface Failure {
  readonly sentence: string
  readonly exitCode: 1 | 2
}

/** Starts the companion server on a port. */
export async function serve(settings: Settings): Promise<Running | Failure> {
  const { host, port } = settings
  const logger = createLogger(settings.logLevel)
  let didit: DiditServer
  try {
    const fetch = settings.proxy && (await createProxyFetch(settings.proxy))
    didit = createDiditServer({
      apiKey: settings.apiKey,
      webhookSecrets: settings.webhookSecrets,
      environment: settings.environment,
      workflows: { default: settings.workflowId },
      authenticate: createAuthenticate(settings.auth, { fetch }),
      storage: sqliteStorage({ path: settings.databasePath }),
      ticketSecret: settings.ticketSecret,
      allowedOrigins: settings.allowedOrigins,
      trustProxy: settings.trustProxy,
      didit: { baseUrl: settings.baseUrl, fetch },
      logger,
    })
    await didit.start()
    const { databasePath } = settings
    if (databasePath === ':memory:') logger.warn({ database: databasePath }, 'the data is lost when the server stops')
    else logger.info({ database: resolve(databasePath) }, 'the data is kept in this file')
  } catch (error) {
    return explain(error)
  }

  // Some health checks of HTTP/1.1 name no host, and no route here depends on one.
  const server = createServer({ requireHostHeader: false }, toNodeHandler(didit))
  server.keepAliveTimeout = settings.keepAliveSeconds * 1000
  // Above the keep-alive, because the next request may come in its last moment. `requestTimeout` ends slow requests.
  server.headersTimeout = server.keepAliveTimeout + 5_000
  // Limits the time in which a request must arrive, not its answer, so streams are not affected.
  server.requestTimeout = 30_000
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (error) {
    await didit.close({ graceMs: 0 })
    return { sentence: describeListening(error, host, port), exitCode: 1 }
  }
  const bound = server.address() as AddressInfo
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address

  return {
    address: `http://${name}:${bound.port}${didit.basePath}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      await didit.close({ graceMs: 10_000 })
      server.closeAllConnections()
      await closed
    },
  }
}

function explain(error: unknown): Failure {
  if (!isDiditError(error)) throw error
  const sentences = [error.message, error.help, describeCause(error.cause)]
  return {
    sentence: sentences.filter(Boolean).join(' '),
    exitCode: error.code === 'config-invalid' ? 2 : 1,
  }
}

/** Quotes the fault of the file system or the driver, which names paths and no secret. */
function describeCause(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  const { code } = cause as { code?: unknown }
  const isNamed = typeof code !== 'string' || cause.message.includes(code)
  return `(${isNamed ? cause.message : `${code}: ${cause.message}`})`
}

function describeListening(error: unknown, host: string, port: number): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Stop the other program, or set PORT to another port.`
    case 'EACCES':
      return `Port ${port} is not allowed for this account. Set PORT to a number above 1023.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} is not an address of this machine.`
    default:
      return `The server cannot listen on ${host}, port ${port}: ${(error as Error).message}.`
  }
}
