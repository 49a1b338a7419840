import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDiditApi, createDiditServer } from '@didit-verify/server'
import { anonymousAuth, toNodeHandler } from '@didit-verify/server/node'
import { sqliteStorage } from '@didit-verify/server/sqlite'
import { getRequestListener } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { personHeader } from '../shared/people.ts'
import { toExpectation } from './bank/details.ts'
import { devtoolsRoutes, type EmulatorControls } from './bank/emulator-controls.ts'
import { openBankRecords } from './bank/records.ts'
import { bankRoutes } from './bank/routes.ts'
import { createSignIn } from './bank/sign-in.ts'
import { listen, type Running } from './listen.ts'
import { basicRoutes } from './no-script/routes.ts'
import { createDeskFill, emulatorControl } from './review/fill.ts'
import { createPartner } from './review/partner.ts'
import { reviewRoutes } from './review/routes.ts'
import { createStaffSignIn, toStaff } from './review/sign-in.ts'
import { sameOrigin } from './same-origin.ts'
import { createTerminalLog } from './terminal-log.ts'
import { watchWebhooks } from './webhook-watch.ts'

export interface DemoOptions {
  readonly host: string
  readonly port: number
  /** Origin of the demo as the browser sees it, for the check of `Origin`. */
  readonly origin: string
  readonly apiKey: string
  readonly webhookSecret: string
  readonly workflowId: string
  /** Further Workflows of Didit, by the alias the desk knows them by. */
  readonly furtherWorkflows: Readonly<Record<string, string>>
  /** Base URL of Didit's API and its hosted page. Default: the emulator. */
  readonly diditUrl: string
  readonly databasePath: string
  /** Signs tickets and the bank's cookie; a new one at each start unless given, which signs everybody out. */
  readonly ticketSecret: string | undefined
  /** Acts in Didit's place, for the drawer; null where Didit is not the emulator of this process. */
  readonly emulatorControls: EmulatorControls | null
}

/** The built app. The same three steps up from the sources and from the build. */
const files = fileURLToPath(new URL('../../dist', import.meta.url))
const maxAttempts = 8

/** In the place of a handler that is not there. */
const pass: ReturnType<typeof toNodeHandler> = (_incoming, _outgoing, next) => next?.()

/** Staff routes know no anonymous cookie: a person who has not signed in has no user id there. */
const isForStaff = (request: Request) => new URL(request.url).pathname.startsWith('/api/didit/staff/')

/** Starts the bank and its companion server, which answers below `/api/didit`, on one port. */
export async function startDemo(options: DemoOptions): Promise<Running> {
  const key = options.ticketSecret ?? randomBytes(32).toString('base64url')
  const isSecure = options.origin.startsWith('https:')
  const signIn = createSignIn({ key, isSecure })
  const staffSignIn = createStaffSignIn({ key, isSecure })
  const records = openBankRecords(`${options.databasePath}.bank.json`)
  const storage = sqliteStorage({ path: options.databasePath })
  // The desk has no password, so it opens before the emulator alone: of real people nobody sees anything here.
  const finish = emulatorControl(options.diditUrl)
  const watch = watchWebhooks(createTerminalLog())
  const anybody = anonymousAuth()
  const didit = createDiditServer({
    apiKey: options.apiKey,
    webhookSecrets: [options.webhookSecret],
    environment: 'live',
    workflows: { ...options.furtherWorkflows, default: { id: options.workflowId, maxAttempts } },
    // `/plain.html` asks nobody to sign in: who is not known to the bank is known by a cookie alone.
    // A page of the app is never answered for anybody but the person it was made for.
    authenticate: (request) =>
      signIn.read(request) ?? (request.headers.has(personHeader) || isForStaff(request) ? null : anybody(request)),
    authorizeStaff: finish ? (request) => toStaff(staffSignIn.read(request)) : undefined,
    // The details go to Didit for comparison, and nowhere else.
    session: ({ user }) => {
      const record = records.get(user.userId)
      return record && toExpectation(record.details)
    },
    storage,
    ticketSecret: key,
    allowedOrigins: [options.origin],
    didit: { baseUrl: options.diditUrl },
    logger: watch.logger,
  })
  await didit.start()
  const partner = finish && createPartner({ ...options, key, signIn, staffSignIn })
  await partner?.start()

  // In this order: where the first fails, the details are still there, and asking again forgets both.
  const forget = async (userId: string) => {
    await didit.erase(userId)
    await records.remove(userId)
  }

  const app = new Hono()
  const hostedPage = new URL(options.diditUrl).origin
  app.use(
    secureHeaders({
      // A strict policy, because the element has to work under it.
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        frameSrc: ['https://verify.didit.me', hostedPage],
        // Didit stores the pictures that the desk shows.
        imgSrc: ["'self'", hostedPage],
        // The way to the hosted page without JavaScript is a form that is answered with a redirect.
        formAction: ["'self'", 'https://verify.didit.me', hostedPage],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
      },
      permissionsPolicy: {
        camera: ['self', hostedPage, 'https://verify.didit.me'],
        microphone: ['self', hostedPage, 'https://verify.didit.me'],
      },
      // With none at all a browser also hides the origin of our own forms.
      referrerPolicy: 'same-origin',
    }),
  )
  app.use('/bank/*', sameOrigin(options.origin))
  app.route(
    '/bank/devtools',
    devtoolsRoutes({ didit, storage, signIn, watch, emulatorControls: options.emulatorControls }),
  )
  app.route(
    '/bank',
    bankRoutes({ didit, signIn, records, key, forget, canControlEmulator: options.emulatorControls !== null }),
  )
  if (finish) {
    const workflows = { ...options.furtherWorkflows, default: options.workflowId }
    const { sessions } = createDiditApi({ apiKey: options.apiKey, baseUrl: options.diditUrl })
    const fill = createDeskFill({ sessions, finish, workflows })
    const offered = { harbour: workflows, lantern: { default: options.workflowId } }
    app.route('/bank/review', reviewRoutes({ staffSignIn, signIn, workflows: offered, fill }))
  }
  app.get('/review', (c) => c.html(readFile(join(files, 'review.html'), 'utf8'), 200, { 'Cache-Control': 'no-store' }))
  app.get('/review.html', (c) => c.redirect('/review'))
  app.use('/basic/*', sameOrigin(options.origin))
  const shellPath = join(files, 'basic.html')
  app.route('/basic', basicRoutes({ didit, storage, signIn, records, key, maxAttempts, forget, shellPath }))
  // The shell of those pages is no page of its own.
  app.get('/basic.html', (c) => c.redirect('/basic'))
  app.use(
    serveStatic({
      root: files,
      onFound: (path, c) => {
        // The back button must not show one person's screen to another.
        const isHashed = path.includes('/assets/')
        c.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-store')
      },
    }),
  )

  const answerApi = toNodeHandler(didit)
  const answerPartner = partner ? toNodeHandler(partner) : pass
  const answerFiles = getRequestListener(app.fetch)
  const server = createServer((incoming, outgoing) =>
    answerApi(incoming, outgoing, () => answerPartner(incoming, outgoing, () => void answerFiles(incoming, outgoing))),
  )
  const running = await listen(server, options).catch(async (error: unknown) => {
    await Promise.all([didit.close({ graceMs: 0 }), partner?.close({ graceMs: 0 })])
    throw error
  })
  return {
    close: async () => {
      await Promise.all([didit.close({ graceMs: 2_000 }), partner?.close({ graceMs: 2_000 })])
      await running.close()
    },
  }
}
