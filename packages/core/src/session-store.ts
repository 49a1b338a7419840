import { DiditError } from './error.ts'
import type { CallOptions, Http } from './http.ts'
import { type LiveUpdates, type LiveUpdatesOptions, openLiveUpdates } from './live-updates.ts'
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
import { abortable, shared } from './sharing.ts'
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
  /** Fires when the client is closed. */
  readonly closed: AbortSignal
}

/** Whose error `state.error` is: only success at the same thing takes it away again. */
type Fault = 'call' | 'refresh' | 'stream' | 'page'

export function createSessionStore(options: SessionStoreOptions): SessionStore {
  const { http, target, closed } = options
  // Wrapped, so that a function that subscribes twice is two subscribers.
  const listeners = new Set<() => void>()
  let state = idleState
  let fault: Fault | undefined
  let ticketed: TicketedHttp | undefined
  let liveUpdates: LiveUpdates | undefined
  let followedSessionId: string | undefined
  /** Why the stream ended itself: another try needs a reason. */
  let stoppedBy: DiditError | undefined
  let settling = false
  let presenter: object | undefined
  /** A hosted page is on, or was and may still be looked at. */
  let presented = false
  let expectsDecision = false
  /** Counts the Sessions: an answer that was asked for before a change of Session may not change it back. */
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
    settleSoon()
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener()
      } catch (error) {
        // It belongs to the application: shown, and kept from the other listeners.
        ;(globalThis.reportError ?? console.error)(error)
      }
    }
  }

  function fail(kind: Fault, error: DiditError, patch: Partial<SessionState> = {}): void {
    fault = kind
    set({ ...patch, error })
  }

  /** The error to keep once this kind of work went well. */
  const errorUnless = (...kinds: Fault[]) => (fault && kinds.includes(fault) ? null : state.error)

  /** The flow, if it is not this one: that is over without having led anywhere. */
  const flowUnless = (flow: Flow) => (state.flow === flow ? 'idle' : state.flow)

  /** What was handed in before is history. */
  function startOver(): Pick<SessionState, 'flow'> {
    sessionGeneration += 1
    expectsDecision = false
    return { flow: flowUnless('submitted') }
  }

  /**
   * Takes an answer or a push in: of one Session the newer Snapshot wins.
   *
   * @param mayReplace - Whether it may also change which Session this is.
   */
  function applySnapshot(snapshot: Snapshot | null, mayReplace: boolean, patch: Partial<SessionState> = {}): void {
    const { session } = state
    if (session?.sessionId !== snapshot?.sessionId) {
      if (mayReplace) set({ url: null, ...startOver(), ...patch, session: snapshot, loaded: true })
    } else if (session && snapshot && snapshot.revision > session.revision) {
      // What was handed in has been answered, and there is something to do again.
      const isReopened = session.phase !== 'action' && session.phase !== snapshot.phase && isUnfinished(snapshot.status)
      // A refresh that failed is old news as soon as something newer is known.
      set({ error: errorUnless('refresh'), ...(isReopened && startOver()), ...patch, session: snapshot, loaded: true })
    } else set({ ...patch, loaded: true })
  }

  // Stream and questions follow from the state. Settled a moment later, so that a subscriber that leaves and comes back
  // at once (as React's StrictMode does) costs no connection.
  function settleSoon(): void {
    if (settling) return
    settling = true
    queueMicrotask(() => {
      settling = false
      if (!closed.aborted) settle()
    })
  }

  function settle(): void {
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
    return openLiveUpdates({
      ...options,
      http: callsFor(sessionId),
      refresh: readDidit,
      revision: () => state.session?.revision,
      onSnapshot: (snapshot) => applySnapshot(snapshot, false),
      onConnection: (connection) => set({ connection }),
      // A break that mends itself must not take the place of an error that the person has to deal with.
      onError: (error) => {
        if (!error) set({ error: errorUnless('stream') })
        else if (!state.error || fault === 'stream') fail('stream', error)
      },
      onStop: (error) => {
        stoppedBy = error
        fail('stream', error)
      },
    })
  }

  /** The calls about one Session. */
  function callsFor(sessionId: string): TicketedHttp {
    if (ticketed?.sessionId !== sessionId) ticketed = createTicketedHttp(sessionId, http)
    return ticketed
  }

  function follow(): void {
    stoppedBy = undefined
    settleSoon()
  }

  function subscribe(call: () => void): () => void {
    const listener = () => call()
    if (listeners.size === 0) follow()
    listeners.add(listener)
    return () => {
      if (listeners.delete(listener)) settleSoon()
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

  /** The calls about the Session to act on, which is asked for when it is not known yet. */
  async function current(call: CallOptions): Promise<TicketedHttp | null> {
    const session = state.session ?? (await load(call))
    return session && callsFor(session.sessionId)
  }

  /** The same, where there must be one. */
  async function needed(call: CallOptions): Promise<TicketedHttp> {
    const session = await current(call)
    if (!session) throw new DiditError('session-not-found', 'There is no Session.')
    return session
  }

  async function readDidit({ signal }: CallOptions = {}): Promise<Snapshot> {
    const snapshot = await (await needed({ signal })).call({ path: '/refresh', body: {}, signal }, isSnapshot)
    applySnapshot(snapshot, false)
    return state.session?.sessionId === snapshot.sessionId ? state.session : snapshot
  }

  async function refresh(call?: CallOptions): Promise<Snapshot> {
    try {
      const snapshot = await readDidit(call)
      set({ error: errorUnless('refresh') })
      return snapshot
    } catch (error) {
      if ((error as DiditError).code !== 'aborted') fail('refresh', error as DiditError)
      throw error
    }
  }

  async function getDecision({ signal }: CallOptions = {}): Promise<RedactedDecision | null> {
    const session = await current({ signal })
    if (!session) return null
    const isItsDecision = (value: unknown): value is RedactedDecision =>
      isRedactedDecision(value) && value.sessionId === session.sessionId
    return session.call({ path: '/decision', signal }, isItsDecision)
  }

  // Without the ticket, which only lets read: the server goes by who is signed in.
  async function getProof({ signal }: CallOptions = {}): Promise<ProofAnswer> {
    const { sessionId } = await needed({ signal })
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
    // The verdict may overtake the answer: then its address leads nowhere any more.
    const held = state.session
    const newest = held?.sessionId === session.sessionId && held.revision > session.revision ? held : session
    const open = isOver(newest) ? undefined : url
    presented = !!open
    applySnapshot(session, true, { flow: open ? 'opening' : 'idle', url: open ?? null, error: null })
    return open ? { kind: 'open', url: open, session: newest } : { kind: 'already', session: newest }
  }

  async function waitForDecision({ signal }: CallOptions = {}): Promise<Snapshot> {
    let unsubscribe = () => {}
    await null // a start that was called just before has begun by then
    const decided = () =>
      new Promise<Snapshot>((resolve, reject) => {
        const look = () => {
          // The decision of the Session before is not the one that is waited for.
          if (state.flow === 'creating') return
          if (state.session && isFinal(state.session)) resolve(state.session)
          else if (stoppedBy) reject(stoppedBy)
        }
        unsubscribe = subscribe(look)
        look()
        if (!state.session) load({ signal }).catch(reject)
      })
    return abortable(decided, [signal, closed]).finally(() => unsubscribe())
  }

  function report(step: Step): void {
    const { flow, url } = state
    if (flow === 'creating' || (step === 'ready' && flow === 'submitted')) return
    if (typeof step === 'object') fail('page', step.failed, { flow: 'failed' })
    else {
      presented = step !== 'closed'
      expectsDecision ||= step === 'submitted'
      set({ flow: step, url: step === 'ready' ? url : null, error: errorUnless('page') })
    }
  }

  function claim(asking: object): boolean {
    presenter = presented ? (presenter ?? asking) : undefined
    return presenter === asking
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

const isFinal = (session: Snapshot) => session.settled && isDecided(session.status)

/** Nothing more to do for the person in this Session. A status that is not known leaves that open. */
const isOver = (session: Snapshot | null) =>
  session !== null && isKnownStatus(session.status) && !isUnfinished(session.status)
