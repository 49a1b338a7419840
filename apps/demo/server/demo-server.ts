import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createDiditServer } from '@didit-verify/server'
import { anonymousAuth, toNodeHandler } from '@didit-verify/server/node'
import { sqliteStorage } from '@didit-verify/server/sqlite'
import { getRequestListener } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { listen, type Running } from './listen.ts'
import { createTerminalLog } from './terminal-log.ts'

export interface DemoOptions {
  readonly host: string
  readonly port: number
  /** Where a browser sees the demo, for the check of `Origin`. */
  readonly origin: string
  readonly apiKey: string
  readonly webhookSecret: string
  readonly workflowId: string
  /** Where Didit's API and its hosted page are: the emulator, unless told otherwise. */
  readonly diditUrl: string
  readonly databasePath: string
  /** Signs the tickets; a new one at each start unless given, which ends every ticket of before. */
  readonly ticketSecret: string | undefined
}

/** The built app. The same three steps up from the sources and from the build. */
const files = fileURLToPath(new URL('../dist', import.meta.url))

/** Starts the app and its companion server, which answers below `/api/didit`, on one port. */
export async function startDemo(options: DemoOptions): Promise<Running> {
  const didit = createDiditServer({
    apiKey: options.apiKey,
    webhookSecrets: [options.webhookSecret],
    environment: 'live',
    workflows: { default: options.workflowId },
    authenticate: anonymousAuth(),
    storage: sqliteStorage({ path: options.databasePath }),
    ticketSecret: options.ticketSecret ?? randomBytes(32).toString('base64url'),
    allowedOrigins: [options.origin],
    didit: { baseUrl: options.diditUrl },
    logger: createTerminalLog(),
  })
  await didit.start()

  const app = new Hono()
  const hostedPage = new URL(options.diditUrl).origin
  app.use(
    secureHeaders({
      // What a strict host would send: the element has to work under it.
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        frameSrc: ['https://verify.didit.me', hostedPage],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
      },
      permissionsPolicy: {
        camera: ['self', hostedPage, 'https://verify.didit.me'],
        microphone: ['self', hostedPage, 'https://verify.didit.me'],
      },
    }),
  )
  app.use(serveStatic({ root: files }))

  const answerApi = toNodeHandler(didit)
  const answerFiles = getRequestListener(app.fetch)
  const server = createServer((incoming, outgoing) =>
    answerApi(incoming, outgoing, () => void answerFiles(incoming, outgoing)),
  )
  const running = await listen(server, options).catch(async (error: unknown) => {
    await didit.close({ graceMs: 0 })
    throw error
  })
  return {
    close: async () => {
      await didit.close({ graceMs: 2_000 })
      await running.close()
    },
  }
}
