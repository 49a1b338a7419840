import { html } from 'hono/html'
import type { ApiContext } from '../api/context.ts'
import { readJson } from '../runtime/json.ts'
import type { Delivery } from '../webhooks/delivery.ts'
import { pretty } from './decision-view.ts'
import { badge, fact, type Html, live, moment } from './layout.ts'

/** Creates one row of a list of deliveries. `index` is the position in the list of all deliveries. */
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

/** Creates a list of the newest 200 matching deliveries, newest first. */
export const deliveryRows = (deliveries: readonly Delivery[], isMatch: (delivery: Delivery) => boolean): Html => {
  const rows = deliveries
    .map((delivery, index) => ({ delivery, index }))
    .filter(({ delivery }) => isMatch(delivery))
    .reverse()
    .slice(0, 200)
  return rows.length === 0
    ? html`<p class="hint">Nothing was sent.</p>`
    : html`<ul class="rows">${rows.map(({ delivery, index }) => deliveryRow(delivery, index))}</ul>`
}

/** Creates the list of all deliveries. */
export const deliveriesPage = ({ sender }: ApiContext): Html => html`
  <h1>Deliveries</h1>
  <p class="hint">Newest first. Resending creates a new signature with the current time.</p>
  ${live(
    'deliveries',
    deliveryRows(sender.deliveries(), () => true),
  )}`

/** Creates the page of one delivery: its attempts, headers and body. */
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
