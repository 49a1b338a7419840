import type { Walk, WalkHost } from '../walk.ts'
import { createInline } from './inline.ts'
import type { Presenter } from './presenter.ts'
import { createRedirect } from './redirect.ts'

// Modules of this chunk import from the walk's own code as types only. The bundler would put code that both chunks use
// into a third one, which a modal walk would have to load as well.

const known = new Map<string, (host: WalkHost, walk: Walk) => Presenter>([
  ['inline', createInline],
  ['redirect', createRedirect],
])
const warned = new Set<string>()

/** Sets the dialog's presenter by the element's `mode`. An unknown mode warns once and acts as `modal`. */
export function applyMode(host: WalkHost, walk: Walk): void {
  const { dialog } = walk
  const mode: string = host.mode || 'modal'
  const create = known.get(mode)
  if (!create && mode !== 'modal' && !warned.has(mode)) {
    warned.add(mode)
    console.warn(`<didit-verify> does not know mode="${mode}" and shows a modal.`)
  }
  if (dialog.presenter.mode !== (create ? mode : 'modal')) dialog.restore(create?.(host, walk))
}
