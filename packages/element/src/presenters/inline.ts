import type { Walk, WalkHost } from '../walk.ts'
import { inlineStyles } from './inline.styles.ts'
import type { Presenter } from './presenter.ts'

/** Creates the presenter of `inline`: the hosted page in place of the card, or over the whole screen on a phone. */
export function createInline(host: WalkHost, { dialog: walkDialog }: Walk): Presenter {
  const root = host.renderRoot as ShadowRoot
  const narrow = matchMedia('(max-width: 540px)')
  // A constructed stylesheet is allowed under a policy without 'unsafe-inline'. A `style` attribute is not.
  const layout = new CSSStyleSheet()
  const base = new CSSStyleSheet()
  base.replaceSync(inlineStyles)
  const sheets = [base, layout]
  const restore = () => walkDialog.restore(walkDialog.presenter)

  return {
    mode: 'inline',
    showsResultOnCard: true,
    presentation: 'embedded',
    show(dialog) {
      const isNew = !walkDialog.hasFrame
      if (isNew) layout.replaceSync('')
      root.adoptedStyleSheets.push(...sheets)
      narrow.addEventListener('change', restore)
      if (narrow.matches) dialog.showModal()
      else if (root.activeElement || (isNew && hasJustActed())) dialog.show()
      // `show()` takes the focus, which must stay with a person who is busy elsewhere on the page.
      else dialog.open = true
    },
    end() {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => !sheets.includes(sheet))
      narrow.removeEventListener('change', restore)
    },
    // Only height and colour scheme are applied. The direction is not: the texts around the frame are ours.
    applyLayout({ contentHeight, colorScheme } = {}) {
      const height = contentHeight ? `--_content:${contentHeight}px;` : ''
      layout.replaceSync(`dialog{${height}${colorScheme ? `--_scheme:${colorScheme}` : ''}}`)
    },
  }
}

/** True when the person has just acted without typing: most likely they pressed a button of the host page. */
function hasJustActed(): boolean {
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return navigator.userActivation?.isActive === true && !focused?.matches(':read-write')
}
