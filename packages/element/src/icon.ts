import { html } from 'lit'

/** Kind of a view: determines icon and colour. */
export type Tone = 'start' | 'busy' | 'good' | 'bad' | 'wait' | 'alert'

const shield = 'M12 3l8 3v5.5c0 4.8-3.4 8-8 9.5-4.6-1.5-8-4.7-8-9.5V6zM9 12l2.2 2.2L15.2 10'
const ring = 'M21 12a9 9 0 1 1-9-9'

/** Renders a line drawing on a 24 × 24 grid. */
export const svg = (path: string) => html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path}></path></svg>`

/** Renders the round icon of a tone. Hidden from assistive technology: the text beside it says the same. */
export const icon = (tone: Tone, path = tone === 'busy' ? ring : shield) =>
  html`<span part="icon" class="icon ${tone}">${svg(path)}</span>`
