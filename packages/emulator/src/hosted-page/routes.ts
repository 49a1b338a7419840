import { isUnfinished, type KnownSessionStatus } from '@didit-verify/core/schemas'
import { type Context, Hono } from 'hono'
import { html, raw } from 'hono/html'
import * as z from 'zod/mini'
import { companyOf } from '../personas/companies.ts'
import { ageOn, personOf } from '../personas/people.ts'
import type { Clock } from '../runtime/clock.ts'
import type { FaultBox } from '../runtime/faults.ts'
import { blockOf, isOfCompanies } from '../sessions/feature-names.ts'
import { scenarioCatalogue, scenarioOf, scenarioSlugOf } from '../sessions/scenarios.ts'
import type { Sessions, StoredSession } from '../sessions/sessions.ts'
import type { PageStep, Workflow } from '../sessions/workflows.ts'
import { progressList, walkScreens } from './screens.ts'
import { type PageOutcome, type PageSession, runHostedPage } from './script.ts'
import { applyStep } from './steps.ts'
import { hostedPageStyles } from './styles.ts'

/** The outcomes the page offers, in the order of its buttons. */
const outcomes = ['Approved', 'Declined', 'In Review', 'Abandoned', 'Expired'] as const
const outcomeSchema = z.object({ status: z.enum(outcomes) })

export interface HostedPageOptions {
  readonly sessions: Sessions
  readonly faults: FaultBox
  readonly clock: Clock
  readonly environment: 'live' | 'sandbox'
}

const rightToLeft = ['ar', 'fa', 'he']
const directionOf = (language: string) =>
  rightToLeft.includes(language.toLowerCase().split('-')[0] ?? '') ? 'rtl' : 'ltr'

/** Adds Didit's two parameters; how an existing query is merged is not documented, so it is kept. */
function callbackUrl(session: StoredSession, reported: string): string | null {
  if (session.callback === null) return null
  const { callback, sessionId } = session
  const added = new URLSearchParams({ verificationSessionId: sessionId, status: reported })
  const [address = '', fragment] = callback.split('#', 2)
  return `${address}${address.includes('?') ? '&' : '?'}${added}${fragment === undefined ? '' : `#${fragment}`}`
}

interface PageParts {
  readonly title: string
  readonly language: string
  readonly body: unknown
  readonly session?: PageSession
  /** Where the page leads by itself after a moment, without any script. */
  readonly goesTo?: string | null
}

const layout = ({ title, language, body, session, goesTo = null }: PageParts) => html`<!doctype html>
<html lang="en" dir="${directionOf(language)}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/_page/page.css">
    ${goesTo === null ? '' : html`<meta http-equiv="refresh" content="2; url=${goesTo}">`}
    ${session === undefined ? '' : raw('<script src="/_page/page.js" defer></script>')}
  </head>
  <body data-session="${JSON.stringify(session ?? null)}">
    <header>
      <p class="brand"><strong>Didit emulator</strong> <span>Nothing here is real. No picture leaves this browser.</span></p>
      <button type="button" class="close" id="close" aria-label="Close" hidden>×</button>
    </header>
    <main>${body}</main>
  </body>
</html>`

/** As on the vendor's page: a sandbox Session that has not begun can still be told how to end. */
const scenarioPicker = (session: StoredSession) => {
  const chosen = scenarioSlugOf(session)
  return html`
        <label for="scenario">Sandbox scenario</label>
        <select id="scenario">
          ${chosen === null ? html`<option value="">None: choose an outcome</option>` : ''}
          ${scenarioCatalogue().map(({ slug, title }) => html`<option value="${slug}" ${slug === chosen ? raw('selected') : ''}>${title}</option>`)}
        </select>`
}

/** The block of the decision that a step of the page fills. */
const blockOfStep: Readonly<Record<PageStep, string>> = {
  document: 'id_verifications',
  face: 'liveness_checks',
  age: 'liveness_checks',
  phone: 'phone_verifications',
  email: 'email_verifications',
  poa: 'poa_verifications',
  questionnaire: 'questionnaire_responses',
  company: 'document_verifications',
}

/** The Workflow as far as it is to be walked: of a Session that was sent back, the steps that were. */
function walkOf({ workflow, resubmission }: StoredSession): Workflow {
  const blocks = resubmission.map(({ feature }) => (feature === 'FACE_MATCH' ? 'liveness_checks' : blockOf(feature)))
  const steps = workflow.steps.filter((step) => blocks.includes(blockOfStep[step]))
  return steps.length > 0 ? { ...workflow, steps } : workflow
}

interface OpenPage {
  readonly session: StoredSession
  readonly path: string
  readonly language: string
  readonly now: number
  readonly isSandbox: boolean
}

const openBody = ({ session, path, language, now, isSandbox }: OpenPage) => {
  const canArm = isSandbox && session.status === 'Not Started'
  const workflow = walkOf(session)
  const person = personOf(session)
  return html`
  ${progressList(workflow)}
  <div class="card">
    <section data-screen="start" aria-labelledby="start-title">
      <h1 id="start-title" tabindex="-1">Verify your identity</h1>
      <noscript><p>${workflow.label}. Without JavaScript no picture can be taken: choose an outcome below.</p></noscript>
      <div id="walk" hidden>
        <p>${workflow.label}: ${workflow.summary}. Or choose an outcome below straight away.</p>
        ${canArm ? scenarioPicker(session) : ''}
        <div class="actions">
          <button type="button" class="primary" id="start">${session.status === 'Not Started' ? 'Start' : 'Continue'}</button>
        </div>
      </div>
    </section>
    ${walkScreens(workflow, { person, company: companyOf(session), age: ageOn(person.dateOfBirth, now) })}
    <p class="notice" id="notice" role="alert" hidden></p>
  </div>
  <form class="outcomes" id="outcomes" method="post" action="${path}/outcome">
    <p id="outcomes-title">Outcome of this test</p>
    <div role="group" aria-labelledby="outcomes-title">
      ${outcomes.map((status) => html`<button name="status" value="${status}">${status}</button>`)}
    </div>
  </form>
  <footer>Session ${session.sessionNumber}${language === '' ? '' : `, language ${language}`}</footer>`
}

const messageBody = (title: string, text: string, returnTo: string | null = null) => html`
  <div class="card"><section>
    <h1>${title}</h1>
    <p>${text}</p>
    ${returnTo === null ? '' : html`<div class="actions"><a class="button primary" href="${returnTo}">Return</a></div>`}
  </section></div>`

const finishedBody = (status: KnownSessionStatus, returnTo: string | null) =>
  status === 'Expired'
    ? messageBody('This link has expired', 'Nobody opened it in time. Ask for a new one.', returnTo)
    : messageBody('Already finished', `This Session is ${status}. There is nothing left to do here.`, returnTo)

/** What a person sees who has just chosen an outcome without a script that could say so. */
const justFinishedBody = (status: KnownSessionStatus, returnTo: string | null) =>
  messageBody(
    `Outcome: ${status}`,
    returnTo === null
      ? 'The webhook is on its way. You can close this page.'
      : 'The webhook is on its way. You are taken back in a moment.',
    returnTo,
  )

/** The pages people see, their assets, and what they post back: nothing but the page itself calls that. */
export function createHostedPage({ sessions, faults, clock, environment }: HostedPageOptions): Hono {
  const pages = new Hono()
  const pathOf = (session: StoredSession) => `/_page/${session.token}`

  function headers(): Record<string, string> {
    const { blockFrame } = faults.current()
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

  const reportedOf = (session: StoredSession) => faults.current().pageClaims ?? session.status
  const returnTo = (session: StoredSession) => callbackUrl(session, reportedOf(session))

  function outcomeOf(session: StoredSession): PageOutcome {
    const goesTo = returnTo(session)
    return {
      status: session.status,
      reported: reportedOf(session),
      callbackUrl: goesTo,
      leaves: goesTo !== null && !faults.current().stayOnPage,
    }
  }

  function pageSession(session: StoredSession): PageSession {
    const { silentPage = false, stringMessages = false, oldStepNames = false } = faults.current()
    return {
      sessionId: session.sessionId,
      path: pathOf(session),
      isFinished: !isUnfinished(session.status),
      silent: silentPage,
      stringMessages,
      oldStepNames,
      steps: walkOf(session).steps,
    }
  }

  function page(context: Context): Response | Promise<Response> {
    const { token = '', language = '' } = context.req.param() as { token?: string; language?: string }
    const stored = sessions.byToken(token)
    if (!stored) {
      const body = messageBody('This link is not known', 'It is mistyped, or the emulator was started anew since.')
      return context.html(layout({ title: 'Link not known', language, body }), 404, headers())
    }
    const session = pageSession(stored)
    const isSandbox = environment === 'sandbox'
    const open = { session: stored, path: session.path, language, now: clock.now(), isSandbox }
    const parts: PageParts = session.isFinished
      ? { title: 'Finished', language, body: finishedBody(stored.status, returnTo(stored)), session }
      : {
          title: 'Verify your identity',
          language,
          body: openBody(open),
          session,
        }
    return context.html(layout(parts), 200, headers())
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
    // No failed request: a browser would write that to its console, and this is for the person to mend.
    return context.json(wrong === null ? {} : { faults: wrong })
  })

  // What happens then is the sandbox's doing where a scenario was named, else the choice of whoever tests.
  pages.post('/_page/:token/submit', (context) => {
    const session = sessions.byToken(context.req.param('token'))
    if (!session || !isUnfinished(session.status)) return context.json({ detail: 'Not open.' }, 409)
    const planned = scenarioOf(session)
    if (planned === null) {
      // A company's Session is not decided before its people have verified themselves.
      if (isOfCompanies(session.workflow)) sessions.changeStatus(session, 'Awaiting User', 'flow')
      return context.json({ outcome: null })
    }
    sessions.changeStatus(session, planned.status, 'flow')
    return context.json({ outcome: outcomeOf(session) })
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
      // Without JavaScript. To a page of our own, not to the callback: `form-action` counts for where a form is sent on.
      const path = `/_page/${context.req.param('token')}/finished`
      return context.redirect(isOpen || !session ? path : new URL(session.url).pathname, 303)
    }
    return isOpen ? context.json(outcomeOf(session)) : context.json({ detail: 'Not open.' }, 409)
  })

  // Where the form of a page without JavaScript ends up; it goes on to the callback by itself.
  pages.get('/_page/:token/finished', (context) => {
    const session = sessions.byToken(context.req.param('token'))
    if (!session || isUnfinished(session.status)) return page(context)
    const back = returnTo(session)
    const language = session.request.language ?? ''
    const body = justFinishedBody(session.status, back)
    const goesTo = faults.current().stayOnPage ? null : back
    return context.html(layout({ title: 'Finished', language, body, goesTo }), 200, headers())
  })

  return pages
}

/** The text of the page's script. */
export const pageScript = () => `(${runHostedPage.toString()})(window)\n`
