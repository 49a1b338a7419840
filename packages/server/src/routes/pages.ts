import { isDecided, isDiditError } from '@didit-verify/core/schemas'
import { Hono } from 'hono'
import type { Config } from '../config.ts'
import { requireOrigin, requireUser } from '../http/access.ts'
import type { Bindings } from '../http/bindings.ts'
import { renderPage } from '../pages/page.ts'
import { type PageTexts, pageTexts, pickLanguage } from '../pages/page-texts.ts'
import type { StartSession } from '../sessions/start-session.ts'
import type { WaysBack } from '../sessions/ways-back.ts'
import type { ApplicationStorage, SessionRecord } from '../storage/storage.ts'
import { callerOf, welcome } from './caller.ts'
import { readFormWish, readReferrer, toOwnAddress } from './start-input.ts'

/**
 * The flow without JavaScript: a form that leads to Didit, and the page to which Didit returns the person.
 *
 * Anybody can open the return page with any query parameters, and even Didit's own are not signed. The page reads none of
 * them. It goes on to the address stored with a Session of the signed-in user, and never shows how a Session ended.
 */

export interface PageRoutesOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly startSession: StartSession
  readonly waysBack: WaysBack
}

/** Context variables for the error page. */
export interface PageVariables {
  /** True if a person reads the answer. */
  isPage?: boolean
  /** The page that the person came from, if known. */
  wayBack?: string | undefined
}

/** Returns the routes `/start` and `/return`. */
export function pageRoutes(options: PageRoutesOptions): Hono<{ Bindings: Bindings; Variables: PageVariables }> {
  const { config, storage, startSession, waysBack } = options
  const routes = new Hono<{ Bindings: Bindings; Variables: PageVariables }>({ strict: false })

  routes.post('/start', async (c) => {
    const request = c.req.raw
    const referrer = readReferrer(config, request)
    c.set('wayBack', referrer)
    requireOrigin(config, request)
    const user = await requireUser(config, request)
    const form = await readFormWish(config, request)
    const input = { ...form, returnTo: form.returnTo ?? referrer }
    c.set('wayBack', input.returnTo)
    const caller = callerOf(config, request, c.env)
    const { url } = await startSession(user, input, caller)
    welcome(c, user)
    // There is nothing to do and no page to go back to, so our own page says so.
    return c.redirect(url ?? input.returnTo ?? caller.callback, 303)
  })

  routes.get('/return', async (c) => {
    const language = pickLanguage(c.req.header('accept-language') ?? null)
    const { goOn, done } = pageTexts[language] as PageTexts
    const wayBack = await findWayBack(c.req.raw, callerOf(config, c.req.raw, c.env).callback)
    const link = wayBack === undefined ? undefined : { href: wayBack, label: goOn.link, isAutomatic: true }
    const { title, text } = link ? goOn : done
    return renderPage({ language, status: 200, title, text, link }, config.allowedOrigins)
  })

  /** Returns the address at which the signed-in user wanted to continue. A failure to find it is no error for the person. */
  async function findWayBack(request: Request, here: string): Promise<string | undefined> {
    try {
      const { userId } = await requireUser(config, request)
      const newest = await storage.findReturn({ userId, environment: config.environment })
      if (newest !== null && isDecided(newest.status)) await forgetWayBack(newest)
      const address = waysBack.find(userId) ?? newest?.returnTo
      if (!address) return undefined
      const wayBack = new URL(address)
      // A redirect to this same page would never end.
      const isHere = `${wayBack.origin}${wayBack.pathname}`.replace(/\/$/, '') === here
      return isHere ? undefined : toOwnAddress(config, wayBack)
    } catch (err) {
      const isNobody = isDiditError(err) && err.code === 'unauthenticated'
      if (!isNobody) config.logger.warn({ err }, 'a way back could not be looked up')
      return undefined
    }
  }

  /** Removes an address that has been used and leads nowhere a second time: the Session is decided. */
  async function forgetWayBack({ sessionId, seq }: SessionRecord): Promise<void> {
    await storage.commitRead(sessionId, seq, (record) => record && { ...record, returnTo: null })
  }

  return routes
}
