import { isUnfinished } from '@didit-verify/core'
import { DiditVerify, useSession } from '@didit-verify/react'

const sources = { webhook: "Didit's webhook", api: 'a read at Didit', created: 'its creation' } as const

/** The status of the Session with what can be done about it. The element shows the sentences and the hosted page. */
export function Identity() {
  const identity = useSession()
  const { session, phase, error, query } = identity
  const isSure = session?.settled ?? true
  // Asked, and not told. The element speaks of what goes wrong after that.
  const isUnknown = session === null && query.isError
  return (
    <section className="card" aria-labelledby="identity" aria-busy={query.isLoading}>
      <div className="card-head">
        <h2 id="identity">Your identity</h2>
        <span className="pill" data-phase={isSure ? phase : 'active'}>
          {query.isLoading
            ? 'Looking …'
            : isUnknown
              ? 'Unknown'
              : isSure
                ? (session?.status ?? 'Not begun')
                : 'Checking …'}
        </span>
      </div>
      <DiditVerify hidden={isUnknown} />
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

function Actions({ session, phase, flow, start, resume, retry, refresh, query }: Result) {
  const isBusy = flow === 'creating' || flow === 'opening' || flow === 'ready'
  const canCheck =
    session !== null && flow !== 'creating' && (flow === 'submitted' || phase === 'review' || !session.settled)

  const primary = () => {
    if (query.isError && !session) return { label: 'Look again', run: () => refresh() }
    if (phase === 'none') return { label: 'Verify your identity', run: () => start() }
    if (flow === 'submitted' || !session) return null
    if (isUnfinished(session.status)) return { label: 'Continue', run: () => resume() }
    if (session.canRetry) return { label: 'Try again', run: () => retry() }
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
