import type { html as htmlOfLit, nothing as nothingOfLit } from 'lit'
import type { emit as emitEvent } from './events.ts'
import type { icon as renderIcon, svg as renderSvg } from './icon.ts'
import type { languageOf as getLanguage } from './language.ts'

// The code of a walk gets Lit and other code of the first load through this module, and imports it as types only. An
// import would make bundlers put the shared code into a chunk of its own: one more request before the button works.

/** Code of the first load that a walk uses too. */
export interface FirstLoad {
  readonly html: typeof htmlOfLit
  readonly nothing: typeof nothingOfLit
  readonly emit: typeof emitEvent
  readonly icon: typeof renderIcon
  readonly svg: typeof renderSvg
  readonly languageOf: typeof getLanguage
}

export let html: FirstLoad['html']
export let nothing: FirstLoad['nothing']
export let emit: FirstLoad['emit']
export let icon: FirstLoad['icon']
export let svg: FirstLoad['svg']
export let languageOf: FirstLoad['languageOf']

/** Sets the exports of this module. The element calls it before it creates a controller. */
export function provideFirstLoad(code: FirstLoad): void {
  ;({ html, nothing, emit, icon, svg, languageOf } = code)
}
