import type { DiditVerify } from '../didit-verify.ts'
import type { SessionController } from '../session-controller.ts'
import { createInline } from './inline.ts'
import type { Presenter } from './presenter.ts'
import { createRedirect } from './redirect.ts'

// Nothing here may import, other than as a type, what the walk's own code imports as well: the bundler would put what
// both want into a chunk of its own, and a modal walk would load one more.

const known = new Map<string, (host: DiditVerify, walk: SessionController) => Presenter>([
  ['inline', createInline],
  ['redirect', createRedirect],
])
const warned = new Set<string>()

/** Gives the dialog the presenter that the element asks for; for a mode that is not known the modal one, with a warning. */
export function choose(host: DiditVerify, walk: SessionController): void {
  const { dialog } = walk
  const mode: string = host.mode || 'modal'
  const create = known.get(mode)
  if (!create && mode !== 'modal' && !warned.has(mode)) {
    warned.add(mode)
    console.warn(`<didit-verify> does not know mode="${mode}" and shows a modal.`)
  }
  if (dialog.presenter.mode !== (create ? mode : 'modal')) dialog.restore(create?.(host, walk))
}
