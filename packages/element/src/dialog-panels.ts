import type { TemplateResult } from 'lit'
import { errorAdvice } from './error-advice.ts'
import { html, icon, nothing } from './first-load.ts'
import type { Walk } from './walk.ts'

const action = (label: string, press: () => void, look = '') =>
  html`<button part="action" class=${look} @click=${press}>${label}</button>`

/** Renders the panel over a page that is not ready yet. */
export const renderLoading = ({ phrases }: Walk): TemplateResult =>
  html`<div part="loading" class="panel busy">${icon('busy')}<p class="hint">${phrases.busyHint}</p></div>`

/**
 * Renders the panel with the result or the error.
 *
 * @param url - Address of the hosted page, offered in a new window when its frame failed.
 */
export function renderResult(walk: Walk, url: string, retry: () => void): TemplateResult {
  const { phrases, view, error } = walk
  const link = error?.code.startsWith('frame-') && errorAdvice(error.code).action !== 'contact' && url
  const retryLabel = view.press === 'start' && view.action
  return html`<div part="result" class="panel ${view.tone}">
    ${icon(view.tone, view.path)}
    <p part="title" class="title">${view.title}</p>
    <p part="hint" class="hint">${view.hint}</p>
    ${walk.renderReasons()}
    <div class="actions">
      ${retryLabel ? action(retryLabel, retry) : nothing}
      ${
        link
          ? html`<a part="action" class=${retryLabel ? 'quiet' : ''} href=${link} target="_blank" rel="noopener">${phrases.newWindow}</a>`
          : nothing
      }
      ${
        error && (retryLabel || link)
          ? nothing
          : action(
              error ? phrases.close : phrases.done,
              () => walk.close(error ? 'error' : 'done'),
              retryLabel ? 'quiet' : '',
            )
      }
    </div>
  </div>`
}

/** Renders the question before an unfinished walk is left. */
export const renderQuestion = (walk: Walk, stay: () => void): TemplateResult =>
  html`<div part="confirm" class="panel leave" role="alertdialog" aria-labelledby="leave" aria-describedby="kept">
    <p id="leave" class="title">${walk.phrases.leaveTitle}</p>
    <p id="kept" class="hint">${walk.phrases.leaveHint}</p>
    <div class="actions">
      ${action(walk.phrases.stay, stay)}${action(walk.phrases.leave, () => walk.close('user'), 'quiet')}
    </div>
  </div>`
