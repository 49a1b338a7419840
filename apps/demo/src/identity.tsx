import { isUnfinished, needsNewSession, type Phase } from '@didit-verify/core'
import { DiditVerify, useSession } from '@didit-verify/react'
import { useRef } from 'react'
import { isSure } from './is-sure.ts'

const sources = { webhook: "Didit's webhook", api: 'a read at Didit', created: 'its creation' } as const

/** The status of the Session with what can be done about it. The element shows the sentences and the hosted page. */
export function Identity() {
  const identity = useSession()
  const { session, phase, error, query } = identity
  // Asked, and not told. The element speaks of what goes wrong after that.
  const isUnknown = session === null && query.isError
  const heading = useRef<HTMLHeadingElement>(null)
  // The button that opened the dialog may be gone by the time it closes, and the focus with it.
  const keepFocus = () =>
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) heading.current?.focus()
    })
  const status = isSure(session) ? (session?.status ?? 'Not begun') : 'Checking …'
  const label = query.isLoading ? 'Looking …' : isUnknown ? 'Unknown' : status
  return (
    <section className="card" aria-labelledby="identity" aria-busy={query.isLoading}>
      <div className="card-head">
        <h2 id="identity" ref={heading} tabIndex={-1}>
          Your identity
        </h2>
        <span className="pill" data-phase={isSure(session) ? phase : 'active'}>
          {label}
        </span>
      </div>
      <DiditVerify hidden={isUnknown} onDiditClose={keepFocus} />
      {isUnknown && <p role="alert">We cannot look up your application at the moment. Nothing is lost.</p>}
      <Actions {...identity} />
      {error && (
        <p className="quiet">
          For developers: <code>{error.code}</code>
          {error.help && `. ${error.help}`}
        </p>
      )}
      {session && (
        <dl className="facts">
          <div>
            <dt>Known from</dt>
            <dd>{sources[session.source]}</dd>
          </div>
          <div>
            <dt>Last change</dt>
            <dd>
              <time dateTime={new Date(session.updatedAt).toISOString()}>
                {new Date(session.updatedAt).toLocaleTimeString()}
              </time>
            </dd>
          </div>
          <div>
            <dt>Confirmed</dt>
            <dd>{session.settled ? 'yes' : 'not yet'}</dd>
          </div>
        </dl>
      )}
    </section>
  )
}

type Result = ReturnType<typeof useSession>

// The words of the element for the same, where a new Session is more than another try.
const again: Partial<Record<Phase, string>> = { action: 'Continue', expired: 'Verify again' }

function Actions({ session, phase, flow, start, resume, retry, refresh, query }: Result) {
  const isBusy = flow === 'creating' || flow === 'opening' || flow === 'ready'
  const isAwaited = flow === 'submitted' && phase === 'active'
  const canCheck = session !== null && (isAwaited || phase === 'review' || !isSure(session))

  const primary = () => {
    if (query.isError && !session) return { label: 'Look again', run: () => refresh() }
    if (phase === 'none') return { label: flow === 'failed' ? 'Try again' : 'Verify your identity', run: () => start() }
    if (!session || isAwaited || !isSure(session)) return null
    if (isUnfinished(session.status)) return { label: 'Continue', run: () => resume() }
    if (needsNewSession(session.status) && session.canRetry)
      return { label: again[phase] ?? 'Try again', run: () => retry() }
    return null
  }
  const action = primary()
  if (query.isLoading || (!action && !canCheck)) return null
  return (
    <div className="actions">
      {action && (
        <button type="button" aria-disabled={isBusy} onClick={() => isBusy || action.run()}>
          {action.label}
        </button>
      )}
      {canCheck && (
        <button type="button" className="second" onClick={() => refresh()}>
          Check again
        </button>
      )}
    </div>
  )
}
