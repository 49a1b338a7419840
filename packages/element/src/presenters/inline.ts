import type { DiditVerify } from '../didit-verify.ts'
import type { SessionController } from '../session-controller.ts'
import { inlineStyles } from './inline.styles.ts'
import type { Presenter } from './presenter.ts'

/** The hosted page in the flow of the page around it, in place of the card; on a phone, over all of the screen. */
export function createInline(host: DiditVerify, { dialog: around }: SessionController): Presenter {
  const root = host.renderRoot as ShadowRoot
  const narrow = matchMedia('(max-width: 540px)')
  // A rule that script writes is no inline style: a policy without 'unsafe-inline' lets it pass.
  const layout = new CSSStyleSheet()
  const look = new CSSStyleSheet()
  look.replaceSync(inlineStyles)
  const sheets = [look, layout]
  const restore = () => around.restore(around.presenter)

  return {
    mode: 'inline',
    isBrief: true,
    presentation: 'embedded',
    show(dialog) {
      const isNew = !around.hasFrame
      if (isNew) layout.replaceSync('')
      root.adoptedStyleSheets.push(...sheets)
      narrow.addEventListener('change', restore)
      if (narrow.matches) dialog.showModal()
      else if (root.activeElement || (isNew && isAsked())) dialog.show()
      // `show()` takes the focus, and whoever is at something else on the page is to keep it.
      else dialog.open = true
    },
    end() {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => !sheets.includes(sheet))
      narrow.removeEventListener('change', restore)
    },
    // Only its height and its light reach the page around it. Its direction does not: the words beside it are ours.
    fit({ contentHeight, colorScheme } = {}) {
      const height = contentHeight ? `--_content:${contentHeight}px;` : ''
      layout.replaceSync(`dialog{${height}${colorScheme ? `--_scheme:${colorScheme}` : ''}}`)
    },
  }
}

/** True when the person has just done something, other than to write: pressed a button of the host, most likely. */
function isAsked(): boolean {
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return navigator.userActivation?.isActive === true && !focused?.matches(':read-write')
}
