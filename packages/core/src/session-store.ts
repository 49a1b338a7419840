import { ContractError, DiditError, isDiditError } from './error.ts'
import { readVerificationUrl } from './hosted-frame.ts'
import { abortable, type CallOptions, type Http } from './http.ts'
import { createRelaySource, type RelaySourceOptions } from './relay-source.ts'
import type { SessionState, SessionStore, StartOptions, StartResult, Step, Target } from './session-state.ts'
import { isDecided, isKnownStatus, isUnfinished } from './status.ts'
import { createTicketedHttp, type TicketedHttp } from './ticketed-http.ts'
import { createVerdictChase } from './verdict-chase.ts'
import {
  isRedactedDecision,
  isSnapshot,
  isStartAnswer,
  type RedactedDecision,
  type Snapshot,
  type StartAnswer,
} from './wire.ts'

export interface SessionStoreOptions extends Pick<RelaySourceOptions, 'timers' | 'now' | 'random' | 'onWake'> {
  readonly http: Http
  readonly target: Target
  /** Fires when the client is closed. */
  readonly life: AbortSignal
}

interface Flight {
  readonly promise: Promise<StartResult>
  readonly controller: AbortController
  waiting: number
}

/** Whose error `state.error` is: only success at the same thing takes it away again. */
type Fault = 'call' | 'stream' | 'page'

const initial: SessionState = Object.freeze({
  session: null,
  phase: 'none',
  flow: 'idle',
  url: null,
  error: null,
  connection: 'off',
  loaded: false,
})

export function createSessionStore(options: SessionStoreOptions): SessionStore {
  const { http, target, timers, random, life } = options
  // Wrapped, so that a function that subscribes twice is two subscribers.
  const listeners = new Set<{ readonly call: () => void }>()
  let state = initial
  let fault: Fault | undefined
  let ticketed: TicketedHttp | undefined
  let closeSource = () => {}
  let sourceOf: string | undefined
  /** Why the stream ended itself: another try needs a reason. */
  let barred: DiditError | undefined
  let settling = false
  let flight: Flight | undefined
  let presenter: object | undefined
  /** A hosted page is on, or was and may still be looked at. */
  let presented = false
  let expectsVerdict = false
  /** Orders the requests that may change which Session this is: an answer asked for before the last change may not. */
  let clock = 0
  let identityAt = 0

  const chase = createVerdictChase({ timers, random, refresh: () => refresh() })

  life.addEventListener('abort', () => {
    state = Object.freeze({ ...state, flow: state.flow === 'creating' ? 'idle' : state.flow, connection: 'off' })
    listeners.clear()
    flight?.controller.abort()
    closeSource()
    chase.wanted(false)
  })

  function set(patch: Partial<SessionState>): void {
    if (life.aborted) return
    const next = { ...state, ...patch }
    next.phase = next.session?.phase ?? 'none'
    if (patch.url === undefined && isOver(next.session)) next.url = null
    if ((Object.keys(next) as (keyof SessionState)[]).every((key) => next[key] === state[key])) return
    state = Object.freeze(next)
    settleSoon()
    for (const listener of [...listeners]) {
      if (!listeners.has(listener)) continue
      try {
        listener.call()
      } catch (error) {
        surface(error)
      }
    }
  }

  function fail(kind: Fault, error: DiditError, patch: Partial<SessionState> = {}): void {
    fault = kind
    set({ ...patch, error })
  }

  /** The error to keep once this kind of work went well. */
  const without = (...kinds: Fault[]) => (fault && kinds.includes(fault) ? null : state.error)

  /** A Snapshot of the Session that is followed: newer ones win, older ones and those of others are dropped. */
  function fold(snapshot: Snapshot): void {
    const { session } = state
    if (session?.sessionId !== snapshot.sessionId || snapshot.revision <= session.revision) return
    set({ session: Object.freeze(snapshot), loaded: true })
  }

  /** An answer that may change which Session is followed. */
  function adopt(snapshot: Snapshot | null, askedAt: number, patch: Partial<SessionState>): void {
    const same = state.session?.sessionId === snapshot?.sessionId
    if (!same && askedAt > identityAt) {
      identityAt = askedAt
      expectsVerdict = false
      chase.restart()
      set({ ...patch, session: snapshot && Object.freeze(snapshot), url: patch.url ?? null, loaded: true })
    } else {
      const newer = same && snapshot && state.session && snapshot.revision > state.session.revision
      set({ ...patch, loaded: true, ...(newer ? { session: Object.freeze(snapshot) } : {}) })
    }
  }

  // Stream and questions follow from the state. Settled a moment later, so that a subscriber that leaves and comes back
  // at once (as React's StrictMode does) costs no connection.
  function settleSoon(): void {
    if (settling) return
    settling = true
    queueMicrotask(() => {
      settling = false
      if (!life.aborted) settle()
    })
  }

  function settle(): void {
    const { session } = state
    const followed = listeners.size > 0 && session && !isFinal(session) ? session.sessionId : undefined
    chase.wanted(followed !== undefined && expectsVerdict && !(session?.settled && isOver(session)))
    const wanted = barred ? undefined : followed
    if (wanted === sourceOf) return
    closeSource()
    closeSource = () => {}
    sourceOf = wanted
    if (wanted === undefined) {
      set({ connection: 'off', error: barred ? state.error : without('stream') })
      return
    }
    closeSource = createRelaySource({
      ...options,
      http: of(wanted),
      revision: () => state.session?.revision,
      onSnapshot: fold,
      onConnection: (connection) => set({ connection }),
      // A break that mends itself must not take the place of an error that the person has to deal with.
      onError: (error) => {
        if (!error) set({ error: without('stream') })
        else if (!state.error || fault === 'stream') fail('stream', error)
      },
      onStop: (error) => {
        barred = error
        fail('stream', error)
      },
    })
  }

  /** The calls about one Session. */
  function of(sessionId: string): TicketedHttp {
    if (ticketed?.sessionId !== sessionId) ticketed = createTicketedHttp(sessionId, http)
    return ticketed
  }

  function follow(): void {
    barred = undefined
    settleSoon()
  }

  function subscribe(call: () => void): () => void {
    const listener = { call }
    if (life.aborted) return () => {}
    if (listeners.size === 0) follow()
    listeners.add(listener)
    return () => {
      if (listeners.delete(listener)) settleSoon()
    }
  }

  async function readCurrent(call: CallOptions): Promise<Snapshot | null> {
    const query = target.workflow ? `?workflow=${encodeURIComponent(target.workflow)}` : ''
    try {
      return await http.call({ ...call, path: `/sessions/current${query}` }, isSnapshot)
    } catch (error) {
      if (isDiditError(error) && error.code === 'session-not-found') return null
      throw error
    }
  }

  async function load({ signal }: CallOptions = {}): Promise<Snapshot | null> {
    clock += 1
    const askedAt = clock
    try {
      const sessionId = target.sessionId && (state.session?.sessionId ?? target.sessionId)
      const snapshot = await (sessionId
        ? of(sessionId).call({ path: '', signal }, isSnapshot)
        : readCurrent({ signal }))
      follow()
      adopt(snapshot, askedAt, { error: without('call', 'stream') })
      return state.session
    } catch (error) {
      if (isDiditError(error) && error.code !== 'aborted') fail('call', error)
      throw error
    }
  }

  /** The calls about the Session to act on, which is asked for when it is not known yet. */
  async function current(call: CallOptions): Promise<TicketedHttp | null> {
    const session = state.session ?? (await load(call))
    return session && of(session.sessionId)
  }

  async function refresh({ signal }: CallOptions = {}): Promise<Snapshot> {
    const session = await current({ signal })
    if (!session) throw new DiditError('session-not-found', 'There is no Session to refresh.')
    const snapshot = await session.call({ path: '/refresh', body: {}, signal }, isSnapshot)
    fold(snapshot)
    return state.session?.sessionId === snapshot.sessionId ? state.session : snapshot
  }

  async function getDecision({ signal }: CallOptions = {}): Promise<RedactedDecision | null> {
    const session = await current({ signal })
    if (!session) return null
    const decision = await session.call({ path: '/decision', signal }, isRedactedDecision)
    if (decision.sessionId !== session.sessionId) throw new ContractError('The Decision of another Session came back.')
    return decision
  }

  function launch({ language, returnTo }: StartOptions): Flight {
    const controller = new AbortController()
    const { signal } = controller
    const workflow = target.workflow ?? state.session?.workflow
    const body = { workflow, language, returnTo }
    const post = async () => {
      try {
        const answer = await http.call({ path: '/sessions', body, signal }, isStartAnswer)
        if (answer.url !== undefined && !readVerificationUrl(answer.url)) {
          throw new DiditError('frame-url-refused', 'The address to verify at is not an https address.')
        }
        flight = undefined
        return begin(answer)
      } catch (error) {
        if (!signal.aborted) {
          flight = undefined
          fail('call', error as DiditError, { flow: 'failed' })
        }
        throw error
      }
    }
    // One step later: who hears of `creating` and starts as well must already find this flight.
    const promise = Promise.resolve().then(post)
    promise.catch(() => {}) // everybody may have left by then
    return { promise, controller, waiting: 0 }
  }

  function begin(answer: StartAnswer): StartResult {
    const { session } = answer
    const held = state.session
    // The verdict may overtake the answer: then its address leads nowhere any more.
    const isOvertaken = held?.sessionId === session.sessionId && held.revision > session.revision && isOver(held)
    const url = isOvertaken ? undefined : answer.url
    clock += 1
    of(session.sessionId).keep(answer)
    follow()
    presented = url !== undefined
    presenter = undefined
    expectsVerdict = false
    chase.restart()
    adopt(session, clock, { flow: presented ? 'opening' : 'idle', url: url ?? null, error: null })
    identityAt = clock
    const newest = state.session ?? session
    return url === undefined ? { kind: 'already', session: newest } : { kind: 'open', url, session: newest }
  }

  function start(startOptions: StartOptions = {}): Promise<StartResult> {
    const { signal } = startOptions
    const join = async () => {
      const { flow, url, session } = state
      if (!flight && (flow === 'opening' || flow === 'ready') && url !== null && session) {
        return { kind: 'open' as const, url, session }
      }
      const isFirst = !flight
      flight ??= launch(startOptions)
      const joined = flight
      joined.waiting += 1
      signal?.addEventListener('abort', () => leave(joined), { once: true })
      if (isFirst) set({ flow: 'creating', url: null, error: null })
      return joined.promise
    }
    return abortable(join, signal, life)
  }

  function leave(joined: Flight): void {
    joined.waiting -= 1
    if (joined.waiting > 0 || flight !== joined) return
    flight = undefined
    joined.controller.abort()
    set({ flow: 'idle' })
  }

  function waitForDecision({ signal }: CallOptions = {}): Promise<Snapshot> {
    let unsubscribe = () => {}
    const decided = () =>
      new Promise<Snapshot>((resolve, reject) => {
        const look = () => {
          if (state.session && isFinal(state.session)) resolve(state.session)
          else if (barred) reject(barred)
        }
        unsubscribe = subscribe(look)
        look()
        if (!state.session) load({ signal }).catch(reject)
      })
    return abortable(decided, signal, life).finally(() => unsubscribe())
  }

  function report(step: Step): void {
    if (life.aborted || state.flow === 'creating') return
    if (typeof step === 'object') {
      fail('page', step.failed, { flow: 'failed' })
      return
    }
    if (step === 'ready') {
      presented = true
      if (state.flow !== 'submitted') set({ flow: 'ready', error: without('page') })
      return
    }
    if (step === 'submitted') expectsVerdict = true
    else {
      presented = false
      presenter = undefined
    }
    set({ flow: step, url: null, error: without('page') })
    settleSoon()
  }

  function claim(asking: object): boolean {
    if (!presented) return false
    presenter ??= asking
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
    waitForDecision,
    report,
    claim,
  }
}

const isFinal = (session: Snapshot) => session.settled && isDecided(session.status)

/** Nothing more to do for the person in this Session. A status that is not known leaves that open. */
const isOver = (session: Snapshot | null) =>
  session !== null && isKnownStatus(session.status) && !isUnfinished(session.status)

/** An exception of a listener belongs to the application: shown, and kept from the other listeners. */
function surface(error: unknown): void {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error)
  else console.error(error)
}
