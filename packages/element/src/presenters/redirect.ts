import type { DiditError } from '@didit-verify/core'
import type { Walk, WalkHost } from '../walk.ts'
import { navigate } from './navigate.ts'
import type { Presenter } from './presenter.ts'

/**
 * Creates the presenter of `redirect`: the browser goes to the hosted page, and Didit sends the person back.
 *
 * The address they return with is not trusted. The tab remembers, without an id, that they were away, and the server is
 * asked once, since the webhook may not have arrived yet.
 */
export function createRedirect(host: WalkHost, walk: Walk): Presenter {
  const storageKey = () => `didit-verify away ${host.workflow || 'default'}`
  if (forget(storageKey())) void readAgain(walk)

  return {
    mode: 'redirect',
    // A dialog that was opened in another mode stays open, and a page in a frame does not return.
    get returnTo() {
      return walk.dialog.isOpen ? undefined : host.returnTo || location.href
    },
    show: (dialog) => dialog.showModal(),
    leave(createFrame, signal) {
      const { store } = walk
      try {
        const frame = createFrame()
        // The frame receives no message here. Only its timeout is used: a page that never comes counts as silent.
        const stopWaiting = frame.attach({ contentWindow: null })
        let reason = 'host'
        // The browser brought this page back from its cache, with the run still open.
        const restored = ({ persisted }: PageTransitionEvent) => {
          if (!persisted) return
          reason = 'returned'
          forget(storageKey())
          store.report('closed')
          void readAgain(walk)
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
        // A listener of `didit-open` may have closed it.
        if (signal.aborted) return
        // Kept even if this run fails: a slow page may still load, and the person return from it.
        remember(storageKey())
        navigate(frame.src)
      } catch (error) {
        walk.failed(error as DiditError)
      }
    },
  }
}

/** Makes the server read the Session from Didit once. Until then the card shows that the result is being checked. */
async function readAgain(walk: Walk): Promise<void> {
  try {
    const { store } = walk
    if (!store.getState().loaded) await store.load()
    store.report('submitted')
    await store.refresh().catch(() => {})
    const { flow, phase } = store.getState()
    if (flow === 'submitted' && (phase === 'active' || phase === 'none')) store.report('closed')
  } catch {
    // The person has not asked for anything, so the last known status stays on screen without an error.
  }
}

// A browser that blocks storage throws at every access.

function remember(key: string): void {
  try {
    sessionStorage.setItem(key, '1')
  } catch {}
}

/** Removes the entry. Returns true when there was one. */
function forget(key: string): boolean {
  try {
    const isKnown = sessionStorage.getItem(key) !== null
    sessionStorage.removeItem(key)
    return isKnown
  } catch {
    return false
  }
}
