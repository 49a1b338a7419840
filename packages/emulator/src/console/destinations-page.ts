import { html } from 'hono/html'
import type { ApiContext } from '../api/context.ts'
import { webhookTypes } from '../webhooks/destinations.ts'
import { applicationName } from './application-name.ts'
import { badge, fact, type Html, options } from './layout.ts'

/** Creates the list of each application's webhook destinations. */
export function destinationsPage({ applications, destinations, sender }: ApiContext): Html {
  const triesOf = (uuid: string) =>
    sender.known().reduce((sum, { destinationId, attempts }) => sum + (destinationId === uuid ? attempts.length : 0), 0)
  return html`
    <h1>Destinations</h1>
    <p class="hint">Create and change them with <code>/v3/webhook/destinations/</code> and the key of the application.</p>
    ${applications.map(({ applicationId }) => {
      const list = destinations.list(applicationId)
      return html`<h2>${applicationName(applications, applicationId)}</h2>
        ${list.length === 0 ? html`<p class="hint">No destination. Events of this application are not sent.</p>` : ''}
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
