import { isUnfinished, sessionStatuses } from '@didit-verify/core/schemas'
import { html } from 'hono/html'
import type { ApiContext } from '../api/context.ts'
import { fullNameOf } from '../decision/session-row.ts'
import { viewOf } from '../decision/view.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { applicationName } from './application-name.ts'
import { checksOf, pretty } from './decision-view.ts'
import { deliveryRows } from './delivery-pages.ts'
import { badge, fact, type Html, live, moment, options } from './layout.ts'

const pageSize = 50

/** Filters and page of the list of Sessions. */
export interface SessionQuery {
  readonly status: string
  readonly application: string
  readonly search: string
  readonly page: number
}

/** Creates the list of Sessions with its filters. */
export function sessionsPage(context: ApiContext, query: SessionQuery): Html {
  const { sessions, applications, environment, clock } = context
  const text = query.search.trim().toLowerCase()
  const personOf = (session: StoredSession) => fullNameOf(viewOf(session, environment, clock.now()))
  const isMatch = (session: StoredSession) => {
    if (text === '') return true
    const words = [session.sessionId, String(session.sessionNumber), session.request.vendorData, personOf(session)]
    return words.some((word) => word?.toLowerCase().includes(text))
  }
  const all = [...sessions.list()]
    .reverse()
    .filter(({ status }) => query.status === '' || status === query.status)
    .filter(({ application }) => query.application === '' || application.applicationId === query.application)
    .filter(isMatch)
  const shown = all.slice(query.page * pageSize, (query.page + 1) * pageSize)
  const pageLink = (page: number, label: string) => {
    const { status, application, search } = query
    return html`<a class="button" href="/console?${new URLSearchParams({ status, application, search, page: String(page) })}">${label}</a>`
  }
  const statuses = sessionStatuses.map((status) => [status, status] as const)
  const names = applications.map(
    ({ applicationId }) => [applicationId, applicationName(applications, applicationId)] as const,
  )
  return html`
    <h1>Sessions</h1>
    <form class="filters" method="get" action="/console" role="search" aria-label="Sessions">
      <div><label for="status">Status</label><select id="status" name="status">${options([['', 'Any'], ...statuses], query.status)}</select></div>
      <div><label for="application">Application</label><select id="application" name="application">${options([['', 'Both'], ...names], query.application)}</select></div>
      <div><label for="search">Name, user, number or id</label><input id="search" name="search" value="${query.search}"></div>
      <div><button class="primary">Show</button></div>
    </form>
    ${live(
      'sessions',
      html`<p class="hint">${all.length === 0 ? 'No Session matches.' : `${all.length} in all, newest first.`}</p>
      <ul class="rows">
        ${shown.map(
          (session) => html`<li class="row">
            <a class="name" href="/console/sessions/${session.sessionId}">${session.sessionNumber} · ${personOf(session) ?? session.request.vendorData ?? 'no name'}</a>
            ${badge(session.status)}
            <dl class="facts">
              ${fact('User', session.request.vendorData ?? '–')}
              ${fact(session.apiService === null ? 'Workflow' : 'Standalone check', session.workflow.label)}
              ${fact('Application', applicationName(applications, session.application.applicationId))}
              ${fact('Created', moment(session.createdAt))}
            </dl>
          </li>`,
        )}
      </ul>
      <p class="actions">${query.page > 0 ? pageLink(query.page - 1, 'Newer') : ''}${(query.page + 1) * pageSize < all.length ? pageLink(query.page + 1, 'Older') : ''}</p>`,
    )}`
}

/** Creates the page of one Session: its data, checks and webhooks. */
export function sessionPage(context: ApiContext, session: StoredSession): Html {
  const { applications, environment, clock, sender, url } = context
  const decision = viewOf(session, environment, clock.now())
  const { sessionId } = session
  const isOpen = session.apiService === null && isUnfinished(session.status)
  return html`
    <div class="top"><h1>Session ${session.sessionNumber}</h1>${live('status', badge(session.status))}</div>
    <div class="card">
      <dl class="facts">
        ${fact('Person', fullNameOf(decision) ?? '–')}
        ${fact('User', session.request.vendorData ?? '–')}
        ${fact(session.apiService === null ? 'Workflow' : 'Standalone check', session.workflow.label)}
        ${fact('Application', applicationName(applications, session.application.applicationId))}
        ${fact('Created', moment(session.createdAt))}
        ${fact('Link ends', session.apiService === null ? moment(session.expiresAt) : '–')}
        ${fact('Id', html`<code>${sessionId}</code>`)}
      </dl>
      <form class="inline" method="post" action="/console/sessions/${sessionId}/finish">
        <div><label for="status">Set the status</label><select id="status" name="status">${options(
          sessionStatuses.map((status) => [status, status]),
          session.status,
        )}</select></div>
        <button class="primary">Set</button>
        ${isOpen ? html`<a class="button" href="${new URL(session.url).pathname}">Hosted page</a>` : ''}
      </form>
      <details>
        <summary>Delete</summary>
        <form method="post" action="/console/sessions/${sessionId}/delete">
          <p>This cannot be undone. Pending webhooks of the Session are deleted too.</p>
          <button class="danger">Delete this Session</button>
        </form>
      </details>
    </div>
    <h2>Checks</h2>
    ${live('checks', checksOf(decision, url))}
    <h2>Webhooks</h2>
    ${live(
      'webhooks',
      deliveryRows(sender.deliveries(), (delivery) => delivery.sessionId === sessionId),
    )}
    <div class="card"><details><summary>The decision as JSON</summary><pre tabindex="0" aria-label="Decision">${pretty(decision)}</pre></details></div>`
}
