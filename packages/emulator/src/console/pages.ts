import { isUnfinished, sessionStatuses } from '@didit-verify/core/schemas'
import { html } from 'hono/html'
import type { ApiContext } from '../api/context.ts'
import { fullNameOf } from '../decision/session-row.ts'
import { viewOf } from '../decision/view.ts'
import type { Faults } from '../runtime/faults.ts'
import { readJson } from '../runtime/json.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import type { Application } from '../sessions/workflows.ts'
import type { Delivery } from '../webhooks/delivery.ts'
import { webhookTypes } from '../webhooks/destinations.ts'
import { checksOf, pretty } from './decision-view.ts'
import { badge, fact, type Html, live, moment, options } from './layout.ts'

const pageSize = 50
const nameOf = (applications: readonly Application[], applicationId: string) => {
  const names = ['Main application', 'Partner application']
  const index = applications.findIndex((known) => known.applicationId === applicationId)
  return names[index] ?? applicationId
}

/** How the list of Sessions is narrowed down. */
export interface SessionQuery {
  readonly status: string
  readonly application: string
  readonly search: string
  readonly page: number
}

export function sessionsPage(context: ApiContext, query: SessionQuery): Html {
  const { sessions, applications, environment, clock } = context
  const text = query.search.trim().toLowerCase()
  const personOf = (session: StoredSession) => fullNameOf(viewOf(session, environment, clock.now()))
  const isMeant = (session: StoredSession) => {
    if (text === '') return true
    const words = [session.sessionId, String(session.sessionNumber), session.request.vendorData, personOf(session)]
    return words.some((word) => word?.toLowerCase().includes(text))
  }
  const all = [...sessions.list()]
    .reverse()
    .filter(({ status }) => query.status === '' || status === query.status)
    .filter(({ application }) => query.application === '' || application.applicationId === query.application)
    .filter(isMeant)
  const shown = all.slice(query.page * pageSize, (query.page + 1) * pageSize)
  const pageLink = (page: number, label: string) => {
    const { status, application, search } = query
    return html`<a class="button" href="/console?${new URLSearchParams({ status, application, search, page: String(page) })}">${label}</a>`
  }
  const statuses = sessionStatuses.map((status) => [status, status] as const)
  const names = applications.map(({ applicationId }) => [applicationId, nameOf(applications, applicationId)] as const)
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
      html`<p class="hint">${all.length === 0 ? 'No Session is like that.' : `${all.length} in all, newest first.`}</p>
      <ul class="rows">
        ${shown.map(
          (session) => html`<li class="row">
            <a class="name" href="/console/sessions/${session.sessionId}">${session.sessionNumber} · ${personOf(session) ?? session.request.vendorData ?? 'nobody named'}</a>
            ${badge(session.status)}
            <dl class="facts">
              ${fact('User', session.request.vendorData ?? '–')}
              ${fact(session.apiService === null ? 'Workflow' : 'Standalone check', session.workflow.label)}
              ${fact('Application', nameOf(applications, session.application.applicationId))}
              ${fact('Created', moment(session.createdAt))}
            </dl>
          </li>`,
        )}
      </ul>
      <p class="actions">${query.page > 0 ? pageLink(query.page - 1, 'Newer') : ''}${(query.page + 1) * pageSize < all.length ? pageLink(query.page + 1, 'Older') : ''}</p>`,
    )}`
}

function deliveryRow(delivery: Delivery, index: number): Html {
  const last = delivery.attempts.at(-1)
  const answers = delivery.attempts.map(({ status }) => status ?? 'no answer').join(', ')
  const marks = [
    delivery.test ? 'test' : null,
    delivery.resent ? 'resent' : null,
    delivery.forged ? 'forged' : null,
  ].filter((mark) => mark !== null)
  return html`<li class="row">
    <a class="name" href="/console/deliveries/${index}">${delivery.webhookType}${delivery.status === '' ? '' : ` · ${delivery.status}`}</a>
    ${badge(delivery.state)}
    <dl class="facts">
      ${fact('To', delivery.url)}
      ${fact('Answers', answers === '' ? '–' : answers)}
      ${fact('Last try', last === undefined ? '–' : moment(last.at))}
      ${marks.length === 0 ? '' : fact('Marked', marks.join(', '))}
      ${delivery.sessionId === '' ? '' : fact('Session', html`<a href="/console/sessions/${delivery.sessionId}">${delivery.sessionId}</a>`)}
    </dl>
    ${
      last === undefined
        ? ''
        : html`<form method="post" action="/console/deliveries/${last.uuid}/resend"><button>Resend</button></form>`
    }
  </li>`
}

/** The deliveries, newest first, each with its place in the whole list. */
const deliveryRows = (deliveries: readonly Delivery[], isMeant: (delivery: Delivery) => boolean): Html => {
  const rows = deliveries
    .map((delivery, index) => ({ delivery, index }))
    .filter(({ delivery }) => isMeant(delivery))
    .reverse()
    .slice(0, 200)
  return rows.length === 0
    ? html`<p class="hint">Nothing was sent.</p>`
    : html`<ul class="rows">${rows.map(({ delivery, index }) => deliveryRow(delivery, index))}</ul>`
}

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
        ${fact('Application', nameOf(applications, session.application.applicationId))}
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
          <p>It is gone for good, with its webhooks that are still on their way.</p>
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

export const deliveriesPage = ({ sender }: ApiContext): Html => html`
  <h1>Deliveries</h1>
  <p class="hint">Newest first. Resending signs anew, with the time of now.</p>
  ${live(
    'deliveries',
    deliveryRows(sender.deliveries(), () => true),
  )}`

export function deliveryPage(delivery: Delivery): Html {
  return html`
    <div class="top"><h1>${delivery.webhookType}</h1>${badge(delivery.state)}</div>
    <div class="card">
      <dl class="facts">
        ${fact('To', delivery.url)}
        ${fact('Event', delivery.eventId === '' ? '–' : html`<code>${delivery.eventId}</code>`)}
        ${delivery.sessionId === '' ? '' : fact('Session', html`<a href="/console/sessions/${delivery.sessionId}">${delivery.sessionId}</a>`)}
      </dl>
    </div>
    <h2>Tries</h2>
    <ul class="rows">
      ${delivery.attempts.map(
        ({ at, status, tookMs, error }) => html`<li class="row">
          <span>${moment(at)}${error === undefined ? '' : html` · ${error}`}</span>
          <span class="badge">${status ?? 'no answer'} · ${tookMs} ms</span>
        </li>`,
      )}
    </ul>
    <div class="card">
      <h2>Headers</h2>
      <pre tabindex="0" aria-label="Headers">${pretty(delivery.headers)}</pre>
    </div>
    <div class="card">
      <h2>Body</h2>
      <pre tabindex="0" aria-label="Body">${pretty(readJson(delivery.body))}</pre>
    </div>`
}

export function destinationsPage({ applications, destinations, sender }: ApiContext): Html {
  const triesOf = (uuid: string) =>
    sender.known().reduce((sum, { destinationId, attempts }) => sum + (destinationId === uuid ? attempts.length : 0), 0)
  return html`
    <h1>Destinations</h1>
    <p class="hint">They are made and changed by <code>/v3/webhook/destinations/</code>, with the key of their application.</p>
    ${applications.map(({ applicationId }) => {
      const list = destinations.list(applicationId)
      return html`<h2>${nameOf(applications, applicationId)}</h2>
        ${list.length === 0 ? html`<p class="hint">None: its events go nowhere.</p>` : ''}
        <ul class="rows">
          ${list.map(
            (destination) => html`<li class="row">
              <span class="name">${destination.label}</span>
              ${badge(destination.enabled ? 'enabled' : 'off')}
              <dl class="facts">
                ${fact('Address', destination.url)}
                ${fact('Version', destination.version)}
                ${fact('Tries', triesOf(destination.uuid))}
                ${fact('Events', destination.subscribedEvents.length === 0 ? 'none' : destination.subscribedEvents.join(', '))}
              </dl>
              <form class="inline" method="post" action="/console/destinations/${destination.uuid}/try">
                <input type="hidden" name="application" value="${applicationId}">
                <div><label for="type-${destination.uuid}">Sample event</label><select id="type-${destination.uuid}" name="type">${options(
                  webhookTypes.map((type) => [type, type]),
                  'status.updated',
                )}</select></div>
                <button>Send the sample</button>
                <button formaction="/console/destinations/${destination.uuid}/switch">${destination.enabled ? 'Switch off' : 'Switch on'}</button>
              </form>
              <details><summary>Secret</summary><p><code>${destination.secret}</code></p></details>
            </li>`,
          )}
        </ul>`
    })}`
}

/** Faults that are switched with one press; the rest can be set as JSON. */
export const presets: readonly (readonly [label: string, fault: Faults])[] = [
  ['Hold webhooks for 10 s', { delayMs: 10_000 }],
  ['Send webhooks twice', { duplicate: true }],
  ['Swap neighbouring webhooks', { reorder: true }],
  ['Lose webhooks', { drop: true }],
  ['Forge webhooks', { forge: true }],
  ['Fail the API with 500', { api: { status: 500 } }],
  ['Limit the API with 429', { api: { status: 429 } }],
  ['Slow the API by 2 s', { api: { delayMs: 2000 } }],
  ['No credits', { noCredits: true }],
  ['Session in a filed report', { filedReport: true }],
  ['The page claims Approved', { pageClaims: 'Approved' }],
  ['The page is silent', { silentPage: true }],
  ['The page posts text', { stringMessages: true }],
  ['The page refuses frames', { blockFrame: true }],
]

/** Whether a fault is in force just as a preset has it. */
export const isOn = (current: Faults, preset: Faults): boolean =>
  Object.entries(preset).every(
    ([name, value]) => JSON.stringify(current[name as keyof Faults]) === JSON.stringify(value),
  )

const jumps = [
  [60, '1 minute'],
  [300, '5 minutes'],
  [3600, '1 hour'],
  [86_400, '1 day'],
  [604_800, '7 days'],
] as const

export function controlsPage({ faults, clock }: ApiContext, typed?: string): Html {
  const current = faults.current()
  return html`
    <h1>Faults and time</h1>
    <div class="card">
      <h2>Faults</h2>
      ${live(
        'faults',
        html`<form class="switches" method="post" action="/console/faults/switch">
          ${presets.map(
            ([label, fault], index) =>
              html`<button name="preset" value="${index}" aria-pressed="${String(isOn(current, fault))}">${label}</button>`,
          )}
        </form>`,
      )}
      <details>
        <summary>All faults as JSON</summary>
        <form method="post" action="/console/faults">
          <label for="faults">Replaces what is in force</label>
          <textarea id="faults" name="faults" spellcheck="false">${typed ?? JSON.stringify(current, null, 2)}</textarea>
          <div class="actions"><button class="primary">Set the faults</button></div>
        </form>
      </details>
    </div>
    <div class="card">
      <h2>Time</h2>
      ${live('time', html`<p>${moment(clock.now())}</p>`)}
      <form class="inline" method="post" action="/console/clock">
        ${jumps.map(([seconds, label]) => html`<button name="seconds" value="${seconds}">Skip ${label}</button>`)}
      </form>
      <p class="hint">Retries that fall due are made, links whose time is over expire.</p>
    </div>
    <div class="card">
      <h2>Start over</h2>
      <details>
        <summary>Forget everything</summary>
        <form method="post" action="/console/reset">
          <p>Sessions, deliveries, destinations and faults are gone, and the time is the real one again.</p>
          <button class="danger">Forget everything</button>
        </form>
      </details>
    </div>`
}
