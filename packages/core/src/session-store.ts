import { abortable } from './abortable.ts'
import { DiditError } from './error.ts'
import type { CallOptions, Http } from './http.ts'
import { type LiveUpdates, type LiveUpdatesOptions, type LoadConnection, openLiveUpdates } from './live-updates.ts'
import {
  type Flow,
  idleState,
  type SessionState,
  type SessionStore,
  type StartOptions,
  type StartResult,
  type Step,
  type Target,
} from './session-state.ts'
import { shared } from './sharing.ts'
import { isDecided, isKnownStatus, isUnfinished } from './status.ts'
import { createTicketedHttp, type TicketedHttp } from './ticketed-http.ts'
import { readVerificationUrl } from './verification-url.ts'
import {
  isProofAnswer,
  isRedactedDecision,
  isSnapshot,
  isStartAnswer,
  type ProofAnswer,
  type RedactedDecision,
  type Snapshot,
  type StartAnswer,
} from './wire.ts'

export interface SessionStoreOptions extends Pick<LiveUpdatesOptions, 'timers' | 'now' | 'random'> {
  readonly http: Http
  readonly target: Target
  readonly load: LoadConnection
  /** Fires when the client is closed. */
  readonly closed: AbortSignal
}

/** Source of `state.error`. Only a success of the same source clears it. */
type ErrorSource = 'call' | 'refresh' | 'stream' | 'page'

/** Creates the store of one Session. */
export function createSessionStore(options: SessionStoreOptions): SessionStore {
  const { http, target, closed } = options
  // Each listener is wrapped, so that a function that subscribes twice counts as two subscribers.
  const listeners = new Set<() => void>()
  let state = idleState
  let errorSource: ErrorSource | undefined
  let calls: TicketedHttp | undefined
  let liveUpdates: LiveUpdates | undefined
  let followedSessionId: string | undefined
  /** The error after which the live updates stopped. They start again with the next load, start or first subscriber. */
  let stoppedBy: DiditError | undefined
  let isSyncScheduled = false
  let presenter: object | undefined
  /** True from the opening of a hosted page until it reports `closed`. */
  let isPresented = false
  let expectsDecision = false
  /** Grows when the Session changes, so that an answer to an earlier request cannot change it back. */
  let sessionGeneration = 0

  closed.addEventListener('abort', () => {
    state = Object.freeze({ ...state, flow: flowUnless('creating'), connection: 'off' })
    liveUpdates?.close()
  })

  function set(patch: Partial<SessionState>): void {
    if (closed.aborted) return
    const next = { ...state, ...patch }
    next.phase = next.session?.phase ?? 'none'
    if (isOver(next.session)) next.url = null
    if ((Object.keys(next) as (keyof SessionState)[]).every((key) => next[key] === state[key])) return
    Object.freeze(next.session)
    state = Object.freeze(next)
    scheduleSync()
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener()
      } catch (error) {
        // The error belongs to the application. Report it, and still call the other listeners.
        ;(globalThis.reportError ?? console.error)(error)
      }
    }
  }

  function fail(source: ErrorSource, error: DiditError, patch: Partial<SessionState> = {}): void {
    errorSource = source
    set({ ...patch, error })
  }

  /** Returns the error to keep after a success of these sources. */
  const errorUnless = (...sources: ErrorSource[]) => (errorSource && sources.includes(errorSource) ? null : state.error)

  /** Returns `idle` in place of this flow, and any other flow unchanged. */
  const flowUnless = (flow: Flow) => (state.flow === flow ? 'idle' : state.flow)

  /** Forgets what was submitted before. */
  function startOver(): Pick<SessionState, 'flow'> {
    sessionGeneration += 1
    expectsDecision = false
    return { flow: flowUnless('submitted') }
  }

  /**
   * Applies a Snapshot that was read or pushed. Of one Session the newer Snapshot wins.
   *
   * @param mayReplace - Whether the Snapshot may also replace the Session by another one.
   */
  function applySnapshot(snapshot: Snapshot | null, mayReplace: boolean, patch: Partial<SessionState> = {}): void {
    const { session } = state
    if (session?.sessionId !== snapshot?.sessionId) {
      if (mayReplace) set({ url: null, ...startOver(), ...patch, session: snapshot, loaded: true })
    } else if (session && snapshot && snapshot.revision > session.revision) {
      // The submission has been answered, and the person has to act again.
      const isReopened = session.phase !== 'action' && session.phase !== snapshot.phase && isUnfinished(snapshot.status)
      // A newer Snapshot makes an earlier failed refresh irrelevant.
      set({ error: errorUnless('refresh'), ...(isReopened && startOver()), ...patch, session: snapshot, loaded: true })
    } else set({ ...patch, loaded: true })
  }

  // Deferred by a microtask, so that a subscriber that leaves and returns at once (React's StrictMode) opens no second
  // connection.
  function scheduleSync(): void {
    if (isSyncScheduled) return
    isSyncScheduled = true
    queueMicrotask(() => {
      isSyncScheduled = false
      if (!closed.aborted) syncLiveUpdates()
    })
  }

  /** Opens, replaces or closes the live updates as the state requires. */
  function syncLiveUpdates(): void {
    const { session } = state
    const wanted = !stoppedBy && listeners.size && session && !isFinal(session) ? session.sessionId : undefined
    if (wanted !== followedSessionId) {
      followedSessionId = wanted
      liveUpdates?.close()
      liveUpdates = wanted ? openLiveUpdatesOf(wanted) : undefined
      if (!liveUpdates) set({ connection: 'off', error: stoppedBy ? state.error : errorUnless('stream') })
    }
    liveUpdates?.expectDecision(expectsDecision && !(session?.settled && isOver(session)))
  }

  function openLiveUpdatesOf(sessionId: string): LiveUpdates {
    const liveUpdatesOptions: LiveUpdatesOptions = {
      ...options,
      http: callsFor(sessionId),
      refresh: refreshSession,
      revision: () => state.session?.revision,
      onSnapshot: (snapshot) => applySnapshot(snapshot, false),
      onConnection: (connection) => set({ connection }),
      // A lost connection recovers by itself. It must not replace an error that the person has to deal with.
      onError: (error) => {
        if (!error) set({ error: errorUnless('stream') })
        else if (!state.error || errorSource === 'stream') fail('stream', error)
      },
      onStop: (error) => {
        stoppedBy = error
        fail('stream', error)
      },
    }
    return openLiveUpdates(liveUpdatesOptions, options.load)
  }

  /** Returns the calls about one Session, with its ticket. */
  function callsFor(sessionId: string): TicketedHttp {
    if (calls?.sessionId !== sessionId) calls = createTicketedHttp(sessionId, http)
    return calls
  }

  function follow(): void {
    stoppedBy = undefined
    scheduleSync()
  }

  function subscribe(call: () => void): () => void {
    const listener = () => call()
    if (listeners.size === 0) follow()
    listeners.add(listener)
    return () => {
      if (listeners.delete(listener)) scheduleSync()
    }
  }

  function readCurrent(signal: AbortSignal): Promise<Snapshot | null> {
    const query = target.workflow ? `?workflow=${encodeURIComponent(target.workflow)}` : ''
    return http.call({ path: `/sessions/current${query}`, signal }, isSnapshot).catch((error: DiditError) => {
      if (error.code === 'session-not-found') return null
      throw error
    })
  }

  const load = shared<Snapshot | null>({
    closed,
    run: async (signal) => {
      const asked = sessionGeneration
      const sessionId = target.sessionId && (state.session?.sessionId ?? target.sessionId)
      const snapshot = await (sessionId
        ? callsFor(sessionId).call({ path: '', signal }, isSnapshot)
        : readCurrent(signal))
      follow()
      applySnapshot(snapshot, asked === sessionGeneration, { error: errorUnless('call', 'refresh', 'stream') })
      return state.session
    },
    onFailure: (error) => fail('call', error as DiditError),
  })

  /** Returns the calls about the current Session, which is loaded first if it is not known yet; null when there is none. */
  async function currentCalls(options: CallOptions): Promise<TicketedHttp | null> {
    const session = state.session ?? (await load(options))
    return session && callsFor(session.sessionId)
  }

  /** Same as `currentCalls`, but throws when there is no Session. */
  async function requiredCalls(options: CallOptions): Promise<TicketedHttp> {
    const session = await currentCalls(options)
    if (!session) throw new DiditError('session-not-found', 'There is no Session.')
    return session
  }

  async function refreshSession({ signal }: CallOptions = {}): Promise<Snapshot> {
    const snapshot = await (await requiredCalls({ signal })).call({ path: '/refresh', body: {}, signal }, isSnapshot)
    applySnapshot(snapshot, false)
    return state.session?.sessionId === snapshot.sessionId ? state.session : snapshot
  }

  async function refresh(options?: CallOptions): Promise<Snapshot> {
    try {
      const snapshot = await refreshSession(options)
      set({ error: errorUnless('refresh') })
      return snapshot
    } catch (error) {
      if ((error as DiditError).code !== 'aborted') fail('refresh', error as DiditError)
      throw error
    }
  }

  async function getDecision({ signal }: CallOptions = {}): Promise<RedactedDecision | null> {
    const session = await currentCalls({ signal })
    if (!session) return null
    const isOwnDecision = (value: unknown): value is RedactedDecision =>
      isRedactedDecision(value) && value.sessionId === session.sessionId
    return session.call({ path: '/decision', signal }, isOwnDecision)
  }

  // Sent without the ticket, which only permits reading. The server checks who is signed in.
  async function getProof({ signal }: CallOptions = {}): Promise<ProofAnswer> {
    const { sessionId } = await requiredCalls({ signal })
    return http.call({ path: `/sessions/${encodeURIComponent(sessionId)}/proof`, body: {}, signal }, isProofAnswer)
  }

  const start = shared<StartResult, StartOptions>({
    closed,
    run: async (signal, { language, returnTo }) => {
      const { flow, url, session } = state
      if (url && session && flow !== 'failed') return { kind: 'open', url, session }
      set({ flow: 'creating', url: null, error: null })
      const answer = await http.call(
        { path: '/sessions', body: { workflow: target.workflow || session?.workflow, language, returnTo }, signal },
        isStartAnswer,
      )
      if (answer.url && !readVerificationUrl(answer.url)) {
        throw new DiditError('frame-url-refused', 'The address is not https.')
      }
      return begin(answer)
    },
    onFailure: (error) => fail('call', error as DiditError, { flow: 'failed' }),
    onAbandoned: () => set({ flow: flowUnless('creating') }),
  })

  function begin({ session, url, ...ticket }: StartAnswer): StartResult {
    callsFor(session.sessionId).keep(ticket)
    follow()
    startOver()
    presenter = undefined
    // A pushed decision may arrive before this answer. The URL in the answer is then useless.
    const known = state.session
    const newest = known?.sessionId === session.sessionId && known.revision > session.revision ? known : session
    const open = isOver(newest) ? undefined : url
    isPresented = !!open
    applySnapshot(session, true, { flow: open ? 'opening' : 'idle', url: open ?? null, error: null })
    return open ? { kind: 'open', url: open, session: newest } : { kind: 'already', session: newest }
  }

  async function waitForDecision({ signal }: CallOptions = {}): Promise<Snapshot> {
    let unsubscribe = () => {}
    await null // lets a start that was called just before begin
    const decision = () =>
      new Promise<Snapshot>((resolve, reject) => {
        const check = () => {
          // While a new Session is being created, the decision of the previous one does not count.
          if (state.flow === 'creating') return
          if (state.session && isFinal(state.session)) resolve(state.session)
          else if (stoppedBy) reject(stoppedBy)
        }
        unsubscribe = subscribe(check)
        check()
        if (!state.session) load({ signal }).catch(reject)
      })
    return abortable(decision, [signal, closed]).finally(() => unsubscribe())
  }

  function report(step: Step): void {
    const { flow, url } = state
    if (flow === 'creating' || (step === 'ready' && flow === 'submitted')) return
    if (typeof step === 'object') fail('page', step.failed, { flow: 'failed' })
    else {
      isPresented = step !== 'closed'
      expectsDecision ||= step === 'submitted'
      set({ flow: step, url: step === 'ready' ? url : null, error: errorUnless('page') })
    }
  }

  function claim(candidate: object): boolean {
    presenter = isPresented ? (presenter ?? candidate) : undefined
    return presenter === candidate
  }

  return {
    target,
    getSnapshot: () => state.session,
    getState: () => state,
    subscribe,
    load,
    start,
    refresh,
    getDecision,
    getProof,
    waitForDecision,
    report,
    claim,
  }
}

/** Decided and confirmed: the live updates have nothing more to bring. */
const isFinal = (session: Snapshot) => session.settled && isDecided(session.status)

/** True when the person can do nothing more in this Session. An unknown status leaves that open. */
const isOver = (session: Snapshot | null) =>
  session !== null && isKnownStatus(session.status) && !isUnfinished(session.status)
