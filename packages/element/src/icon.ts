import { html } from 'lit'

const paths = {
  start: 'M12 3l8 3v5.5c0 4.8-3.4 8-8 9.5-4.6-1.5-8-4.7-8-9.5V6zM9 12l2.2 2.2L15.2 10',
  good: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M7 7l10 10M17 7L7 17',
  wait: 'M12 7v5.5l3.5 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  alert: 'M12 5v9M12 18.5v.01',
  busy: 'M21 12a9 9 0 1 1-9-9',
}

/** What a view feels like: picks its icon and its colour. */
export type Tone = keyof typeof paths

/** The round icon of a tone. Decoration: the words beside it say the same. */
export const icon = (tone: Tone) =>
  html`<span part="icon" class="icon ${tone}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d=${paths[tone]}></path></svg></span>`
