import { html } from 'hono/html'
import type { ApiContext } from '../api/context.ts'
import type { Faults } from '../runtime/faults.ts'
import { type Html, live, moment } from './layout.ts'

/** Faults with a button. The others can be set as JSON. */
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

/** Tells whether a preset is on, with exactly its values. */
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

/** Creates the page of faults and time. `typed` is the JSON from a form that was refused. */
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
          <label for="faults">Replaces all current faults</label>
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
      <p class="hint">Retries that become due are made, and links that become too old expire.</p>
    </div>
    <div class="card">
      <h2>Start over</h2>
      <details>
        <summary>Delete everything</summary>
        <form method="post" action="/console/reset">
          <p>This deletes all Sessions, deliveries, destinations and faults, and returns to real time.</p>
          <button class="danger">Delete everything</button>
        </form>
      </details>
    </div>`
}
