import type { DiditError } from '@didit-verify/core'
import type { DiditVerify } from '../didit-verify.ts'
import type { SessionController } from '../session-controller.ts'
import { navigate } from './navigate.ts'
import type { Presenter } from './presenter.ts'

/**
 * Leaves for the hosted page; Didit sends the person back.
 *
 * Nothing in the address they come back with is believed. That they were away is remembered by this tab, without an id,
 * and the server is asked once: the webhook may still be under way.
 */
export function createRedirect(host: DiditVerify, walk: SessionController): Presenter {
  const key = () => `didit-verify away ${host.workflow || 'default'}`
  if (forget(key())) void askAgain(walk)

  return {
    mode: 'redirect',
    // A dialog that was opened in another mode stays one, and nobody comes back from a frame.
    get returnTo() {
      return walk.dialog.isOpen ? undefined : host.returnTo || location.href
    },
    show: (dialog) => dialog.showModal(),
    leave(createFrame, signal) {
      const { store } = walk
      try {
        const frame = createFrame()
        // No message can come. What is wanted is the wait: a page that stays away counts as silent.
        const stopWaiting = frame.attach({ contentWindow: null })
        let reason = 'host'
        // The browser kept this page as it was, waiting.
        const restored = ({ persisted }: PageTransitionEvent) => {
          if (!persisted) return
          reason = 'returned'
          forget(key())
          store.report('closed')
          void askAgain(walk)
        }
        addEventListener('pageshow', restored)
        signal.addEventListener('abort', () => {
          stopWaiting()
          removeEventListener('pageshow', restored)
          const { flow, error } = store.getState()
          if (flow === 'opening') store.report('closed')
          if (host.isConnected) walk.closed(error ? 'error' : reason)
        })
        walk.opened()
        // Whoever heard of the opening may have closed it.
        if (signal.aborted) return
        // Kept whatever becomes of this page: one that is late may still come, and the person back from it.
        remember(key())
        navigate(frame.src)
      } catch (error) {
        walk.failed(error as DiditError)
      }
    },
  }
}

/** Has the server read Didit once. Until it has, the card says that the result is being looked at. */
async function askAgain(walk: SessionController): Promise<void> {
  try {
    const { store } = walk
    if (!store.getState().loaded) await store.load()
    store.report('submitted')
    await store.refresh().catch(() => {})
    const { flow, phase } = store.getState()
    if (flow === 'submitted' && (phase === 'active' || phase === 'none')) store.report('closed')
  } catch {
    // Nobody has asked for anything: what the server is known to have said stays on the screen.
  }
}

// A browser that keeps nothing for the page forbids even to look.

function remember(key: string): void {
  try {
    sessionStorage.setItem(key, '1')
  } catch {}
}

/** True when it was remembered. */
function forget(key: string): boolean {
  try {
    const isKnown = sessionStorage.getItem(key) !== null
    sessionStorage.removeItem(key)
    return isKnown
  } catch {
    return false
  }
}
