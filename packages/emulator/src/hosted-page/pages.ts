import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import { html, raw } from 'hono/html'
import { companyOf } from '../personas/companies.ts'
import { ageOn, personOf } from '../personas/people.ts'
import { scenarioCatalogue } from '../sessions/scenarios.ts'
import { scenarioSlugOf } from '../sessions/session-scenario.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { progressList, walkScreens } from './screens.ts'
import type { PageSession } from './script.ts'
import { walkOf } from './walk.ts'

/** Outcomes with a button on the page, in the order of the buttons. */
export const outcomes = ['Approved', 'Declined', 'In Review', 'Abandoned', 'Expired'] as const

const rightToLeft = ['ar', 'fa', 'he']
const directionOf = (language: string) =>
  rightToLeft.includes(language.toLowerCase().split('-')[0] ?? '') ? 'rtl' : 'ltr'

/** Parts of one page. */
export interface PageParts {
  readonly title: string
  readonly language: string
  readonly body: unknown
  readonly session?: PageSession
  /** URL to which the page redirects after two seconds without a script. */
  readonly redirectUrl?: string | null
}

/** Creates the HTML document of a page. */
export const layout = ({ title, language, body, session, redirectUrl = null }: PageParts) => html`<!doctype html>
<html lang="en" dir="${directionOf(language)}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/_page/page.css">
    ${redirectUrl === null ? '' : html`<meta http-equiv="refresh" content="2; url=${redirectUrl}">`}
    ${session === undefined ? '' : raw('<script src="/_page/page.js" defer></script>')}
  </head>
  <body data-session="${JSON.stringify(session ?? null)}">
    <header>
      <p class="brand"><strong>Didit emulator</strong> <span>For tests only. No picture leaves this browser.</span></p>
      <button type="button" class="close" id="close" aria-label="Close" hidden>×</button>
    </header>
    <main>${body}</main>
  </body>
</html>`

/** Creates the choice of a sandbox scenario. As on the vendor's page, it is possible until the Session begins. */
const scenarioPicker = (session: StoredSession) => {
  const chosen = scenarioSlugOf(session)
  return html`
        <label for="scenario">Sandbox scenario</label>
        <select id="scenario">
          ${chosen === null ? html`<option value="">None: choose an outcome</option>` : ''}
          ${scenarioCatalogue().map(({ slug, title }) => html`<option value="${slug}" ${slug === chosen ? raw('selected') : ''}>${title}</option>`)}
        </select>`
}

/** Data for the body of an unfinished Session's page. */
export interface OpenPage {
  readonly session: StoredSession
  readonly path: string
  readonly language: string
  readonly now: number
  readonly isSandbox: boolean
}

/** Creates the body of an unfinished Session's page: all steps, and the buttons of the outcomes. */
export const openBody = ({ session, path, language, now, isSandbox }: OpenPage) => {
  const canArm = isSandbox && session.status === 'Not Started'
  const workflow = walkOf(session)
  const person = personOf(session)
  return html`
  ${progressList(workflow)}
  <div class="card">
    <section data-screen="start" aria-labelledby="start-title">
      <h1 id="start-title" tabindex="-1">Verify your identity</h1>
      <noscript><p>${workflow.label}. Without JavaScript you cannot take pictures. Choose an outcome below.</p></noscript>
      <div id="walk" hidden>
        <p>${workflow.label}: ${workflow.summary}. Or choose an outcome below now.</p>
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

/** Creates the body of a page with a message, and a link back if there is a callback. */
export const messageBody = (title: string, text: string, returnTo: string | null = null) => html`
  <div class="card"><section>
    <h1>${title}</h1>
    <p>${text}</p>
    ${returnTo === null ? '' : html`<div class="actions"><a class="button primary" href="${returnTo}">Return</a></div>`}
  </section></div>`

/** Creates the body of a finished Session's page. */
export const finishedBody = (status: KnownSessionStatus, returnTo: string | null) =>
  status === 'Expired'
    ? messageBody('This link has expired', 'It was not opened in time. Ask for a new one.', returnTo)
    : messageBody('Already finished', `This Session is ${status}. There is nothing left to do here.`, returnTo)

/** Creates the body of the page that follows the choice of an outcome without JavaScript. */
export const justFinishedBody = (status: KnownSessionStatus, returnTo: string | null) =>
  messageBody(
    `Outcome: ${status}`,
    returnTo === null
      ? 'The webhook is being sent. You can close this page.'
      : 'The webhook is being sent. You will be sent back in a moment.',
    returnTo,
  )
