import { isUnfinished } from '@didit-verify/core/schemas'
import { type Context, Hono } from 'hono'
import * as z from 'zod/mini'
import type { Clock } from '../runtime/clock.ts'
import type { FaultBox, Faults } from '../runtime/faults.ts'
import { isBusinessWorkflow } from '../sessions/feature-names.ts'
import { scenarioOf } from '../sessions/session-scenario.ts'
import type { Sessions, StoredSession } from '../sessions/sessions.ts'
import { callbackUrl } from './callback-url.ts'
import { finishedBody, justFinishedBody, layout, messageBody, openBody, outcomes, type PageParts } from './pages.ts'
import { type PageOutcome, type PageSession, pageScript } from './script.ts'
import { applyStep } from './steps.ts'
import { hostedPageStyles } from './styles.ts'
import { walkOf } from './walk.ts'

const outcomeSchema = z.object({ status: z.enum(outcomes) })

/** Dependencies of `createHostedPage`. */
export interface HostedPageOptions {
  readonly sessions: Sessions
  readonly faults: FaultBox
  readonly clock: Clock
  readonly environment: 'live' | 'sandbox'
}

/** Returns the security headers of the pages. */
function securityHeaders({ blockFrame = false }: Faults): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    'media-src blob:',
    "base-uri 'none'",
    "form-action 'self'",
    ...(blockFrame ? ["frame-ancestors 'none'"] : []),
  ].join('; ')
  return {
    'Content-Security-Policy': policy,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    ...(blockFrame ? { 'X-Frame-Options': 'DENY' } : {}),
  }
}

const reportedStatusOf = (session: StoredSession, { pageClaims }: Faults) => pageClaims ?? session.status
const returnUrlOf = (session: StoredSession, faults: Faults) => callbackUrl(session, reportedStatusOf(session, faults))

/** Returns the answer of the server to an outcome. */
function outcomeOf(session: StoredSession, faults: Faults): PageOutcome {
  const returnUrl = returnUrlOf(session, faults)
  return {
    status: session.status,
    reported: reportedStatusOf(session, faults),
    callbackUrl: returnUrl,
    leaves: returnUrl !== null && !faults.stayOnPage,
  }
}

/** Returns the data about a Session that the script of its page needs. */
function pageSessionOf(session: StoredSession, faults: Faults): PageSession {
  const { silentPage = false, stringMessages = false, oldStepNames = false } = faults
  return {
    sessionId: session.sessionId,
    path: `/_page/${session.token}`,
    isFinished: !isUnfinished(session.status),
    silent: silentPage,
    stringMessages,
    oldStepNames,
    steps: walkOf(session).steps,
  }
}

/** Creates the routes of the hosted page: the pages, their assets, and the actions that their script posts. */
export function createHostedPage({ sessions, faults, clock, environment }: HostedPageOptions): Hono {
  const pages = new Hono()

  function page(context: Context): Response | Promise<Response> {
    const { token = '', language = '' } = context.req.param() as { token?: string; language?: string }
    const headers = securityHeaders(faults.current())
    const stored = sessions.byToken(token)
    if (!stored) {
      const body = messageBody('This link is not known', 'It contains a mistake, or the emulator was restarted since.')
      return context.html(layout({ title: 'Link not known', language, body }), 404, headers)
    }
    const session = pageSessionOf(stored, faults.current())
    const isSandbox = environment === 'sandbox'
    const open = { session: stored, path: session.path, language, now: clock.now(), isSandbox }
    const parts: PageParts = session.isFinished
      ? {
          title: 'Finished',
          language,
          body: finishedBody(stored.status, returnUrlOf(stored, faults.current())),
          session,
        }
      : { title: 'Verify your identity', language, body: openBody(open), session }
    return context.html(layout(parts), 200, headers)
  }

  pages.get('/session/:token', page)
  pages.get('/:language/session/:token', page)
  pages.get('/_page/page.css', (context) =>
    context.body(hostedPageStyles, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'no-cache' }),
  )
  pages.get('/_page/page.js', (context) =>
    context.body(pageScript(), 200, { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' }),
  )

  pages.post('/_page/:token/start', (context) => {
    const session = sessions.byToken(context.req.param('token'))
    if (!session || !isUnfinished(session.status)) return context.json({ detail: 'Not open.' }, 409)
    sessions.changeStatus(session, 'In Progress', 'flow')
    return context.json({})
  })

  pages.post('/_page/:token/step', async (context) => {
    const session = sessions.byToken(context.req.param('token'))
    if (!session || !isUnfinished(session.status)) return context.json({ detail: 'Not open.' }, 409)
    const { run, faults: wrong } = applyStep(session.run ?? {}, await context.req.json().catch(() => null))
    session.run = run
    // Status 200, because the browser logs failed requests to its console, and a wrong answer is not an error.
    return context.json(wrong === null ? {} : { faults: wrong })
  })

  // A sandbox scenario decides the outcome. Without one, the tester chooses it.
  pages.post('/_page/:token/submit', (context) => {
    const session = sessions.byToken(context.req.param('token'))
    if (!session || !isUnfinished(session.status)) return context.json({ detail: 'Not open.' }, 409)
    const planned = scenarioOf(session)
    if (planned === null) {
      // The Session of a company waits until its people are verified.
      if (isBusinessWorkflow(session.workflow)) sessions.changeStatus(session, 'Awaiting User', 'flow')
      return context.json({ outcome: null })
    }
    sessions.changeStatus(session, planned.status, 'flow')
    return context.json({ outcome: outcomeOf(session, faults.current()) })
  })

  pages.post('/_page/:token/outcome', async (context) => {
    const session = sessions.byToken(context.req.param('token'))
    const isForm = context.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false
    const body: unknown = isForm ? await context.req.parseBody() : await context.req.json().catch(() => null)
    const wanted = z.safeParse(outcomeSchema, body)
    if (!wanted.success) return context.json({ detail: 'No such outcome.' }, 400)
    const isOpen = session !== undefined && isUnfinished(session.status)
    if (isOpen) sessions.changeStatus(session, wanted.data.status, 'flow')
    if (isForm) {
      // Without JavaScript. Redirect to our own page, because `form-action` also restricts redirects after a form.
      const path = `/_page/${context.req.param('token')}/finished`
      return context.redirect(isOpen || !session ? path : new URL(session.url).pathname, 303)
    }
    return isOpen ? context.json(outcomeOf(session, faults.current())) : context.json({ detail: 'Not open.' }, 409)
  })

  // The page after the form of a page without JavaScript. It redirects to the callback.
  pages.get('/_page/:token/finished', (context) => {
    const session = sessions.byToken(context.req.param('token'))
    if (!session || isUnfinished(session.status)) return page(context)
    const returnUrl = returnUrlOf(session, faults.current())
    const language = session.request.language ?? ''
    const body = justFinishedBody(session.status, returnUrl)
    const redirectUrl = faults.current().stayOnPage ? null : returnUrl
    return context.html(
      layout({ title: 'Finished', language, body, redirectUrl }),
      200,
      securityHeaders(faults.current()),
    )
  })

  return pages
}
