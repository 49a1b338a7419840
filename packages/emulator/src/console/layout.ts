import { html, raw } from 'hono/html'

/** Result of `html`, or an empty string. */
export type Html = ReturnType<typeof html> | ''

/** Pages in the navigation of the console, in order. */
export const tabs = [
  ['/console', 'Sessions'],
  ['/console/deliveries', 'Deliveries'],
  ['/console/destinations', 'Destinations'],
  ['/console/controls', 'Faults and time'],
] as const

/** Parts of one page of the console. */
export interface ConsolePage {
  readonly title: string
  /** The selected tab of the navigation. */
  readonly tab: (typeof tabs)[number][0]
  readonly body: unknown
  /** Message about an action that failed. */
  readonly fault?: string | undefined
}

/** Creates the HTML document of a page of the console. */
export const consoleLayout = ({ title, tab, body, fault }: ConsolePage) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} – Didit emulator</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/_page/page.css">
    <link rel="stylesheet" href="/console/console.css">
    ${raw('<script src="/console/console.js" defer></script>')}
  </head>
  <body>
    <header>
      <p class="brand"><strong>Didit emulator</strong> <span>Console. All data is invented.</span></p>
      <button type="button" class="close" id="live" hidden>Pause updates</button>
    </header>
    <main>
      <nav aria-label="Console">
        ${tabs.map(([path, label]) => html`<a href="${path}" ${path === tab ? raw('aria-current="page"') : ''}>${label}</a>`)}
      </nav>
      ${fault === undefined ? '' : html`<p class="said" role="alert">${fault}</p>`}
      ${body}
    </main>
  </body>
</html>`

/** Creates the body of a page that does not exist. */
export const notFound = () => html`<h1>Not found</h1>`

/** Colour of each status. The text is always shown, so the colour is never the only sign. */
const tones: Readonly<Record<string, string>> = {
  Approved: 'good',
  delivered: 'good',
  Declined: 'bad',
  failed: 'bad',
  dropped: 'bad',
  Expired: 'bad',
  'Kyc Expired': 'bad',
  'In Review': 'wait',
  Resubmitted: 'wait',
  retrying: 'wait',
  held: 'wait',
  sending: 'wait',
}

/** Creates a colored label, such as a status. */
export const badge = (text: string) => html`<span class="badge ${tones[text] ?? ''}">${text}</span>`

/** Formats a time of the emulator's clock. */
export function moment(epochMs: number) {
  const iso = new Date(epochMs).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`
}

/** Creates one entry of a definition list. */
export const fact = (name: string, value: unknown) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`

/** Creates a part of a page that the script keeps up to date. */
export const live = (name: string, body: unknown) => html`<div data-live="${name}">${body}</div>`

/** Creates the options of a `select` element. */
export const options = (values: readonly (readonly [value: string, label: string])[], chosen: string) =>
  values.map(
    ([value, label]) => html`<option value="${value}" ${value === chosen ? raw('selected') : ''}>${label}</option>`,
  )

/** Creates the page at the root of the emulator's address. */
export const startPage = () => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Didit emulator</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/_page/page.css">
  </head>
  <body>
    <header><p class="brand"><strong>Didit emulator</strong> <span>All data is invented.</span></p></header>
    <main>
      <div class="card">
        <h1>This is the Didit emulator</h1>
        <p>The API is below <code>/v3/</code> and needs a key. The controls are below <code>/_emulator/</code>.</p>
        <div class="actions"><a class="button primary" href="/console">Open the console</a></div>
      </div>
    </main>
  </body>
</html>`
