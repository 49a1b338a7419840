import {
  createDiditClient,
  type DiditClient,
  DiditError,
  isDecided,
  isDiditError,
  type SessionStore,
  type Snapshot,
} from '@didit-verify/core'
import { html } from 'lit'
import type { DiditVerify } from './didit-verify.ts'
import { errorWay } from './error-way.ts'
import {
  type DiditVerifyEventMap,
  type DiditVerifyEventName,
  emit,
  type StepDetail,
  type WalkDetail,
} from './events.ts'
import type { FormValue } from './form-value.ts'
import { HostedDialog } from './hosted-dialog.ts'
import { idle } from './idle.ts'
import { languageOf } from './language.ts'
import { type Phrases, phrases } from './texts/phrases.ts'
import { type View, viewOf } from './view.ts'

/** How a run ended: never a verdict. */
export interface StartOutcome {
  readonly kind: 'submitted' | 'cancelled' | 'failed' | 'already'
  readonly sessionId: string | null
}

interface Run {
  /** Fires when the run is over: a start that is still under way is then left. */
  readonly signal: AbortSignal
  readonly promise: Promise<StartOutcome>
  readonly end: (kind: StartOutcome['kind']) => void
}

/**
 * Ties one SessionStore to the element: its state goes into the element's update cycle and its events, and what the
 * dialog sees goes back to it as reports.
 */
export class SessionController {
  state = idle
  error: DiditError | null = null
  readonly dialog: HostedDialog
  readonly #host: DiditVerify
  readonly #internals: ElementInternals
  /** The words that are not the English ones of here. */
  readonly #strings: () => Partial<Phrases>
  #store: SessionStore | undefined
  /** Why there is no store. */
  #fault: unknown
  #source: readonly unknown[] = []
  #ownClient: DiditClient | undefined
  #life: AbortController | undefined
  #run: Run | undefined
  /** What the Decision asks of the person, in the words it is given. */
  #explanation: ((strings: Phrases) => unknown) | undefined
  /** Of a control with a name, in a form. */
  #value: FormValue | undefined
  #decided = ''

  constructor(host: DiditVerify, internals: ElementInternals, strings: () => Partial<Phrases>) {
    this.#host = host
    this.#internals = internals
    this.#strings = strings
    this.dialog = new HostedDialog(host, this)
  }

  /** The store of the element's present target. */
  get store(): SessionStore {
    if (!this.#store) throw this.#fault ?? new TypeError('<didit-verify> is not in a document.')
    return this.#store
  }

  get phrases(): Phrases {
    return { ...phrases, ...this.#strings() } as Phrases
  }

  /** Nothing keeps a form back that requires an approval: it is there, and so is the proof to submit, if one is. */
  get isProven(): boolean | undefined {
    const { session, phase } = this.state
    return phase === 'approved' && session?.settled && (!this.#isField || this.#value?.isFresh)
  }

  /** There is a form that the element has something to give to. */
  get #isField() {
    return this.#host.name && this.#host.form
  }

  get view(): View {
    return viewOf(this.state, this.error, this.phrases)
  }

  get #detail(): WalkDetail {
    return {
      sessionId: this.state.session?.sessionId ?? this.#host.sessionId ?? null,
      mode: this.dialog.presenter.mode,
    }
  }

  /** Begins to listen; again after a move in the document, which costs the dialog its place in the top layer. */
  connect(): void {
    this.dialog.dress()
    void this.dialog.choose()
    if (this.#life) this.dialog.restore(this.dialog.presenter)
    else this.update()
  }

  /** Takes up another store when the properties name one. */
  update(): void {
    const host = this.#host
    if (this.#isField && !this.#value) {
      import('./form-value.ts').then(
        ({ FormValue }) => {
          this.#value ??= new FormValue(host, this.#internals, this)
        },
        () => {}, // The next update tries again.
      )
    }
    const source = [host.client, host.endpoint, host.workflow, host.sessionId, host.url]
    if (!host.isConnected || (this.#life && source.every((part, index) => part === this.#source[index]))) return
    this.close('changed', true)
    this.disconnect()
    this.#source = source
    this.#life = new AbortController()
    const { signal } = this.#life
    try {
      const client = host.client ?? this.#createClient()
      const observer = new MutationObserver(() => host.requestUpdate())
      // What it watches ends at a shadow root, as the language does not.
      for (let node: Node = host; node; node = (node as ShadowRoot).host) {
        node = node.getRootNode()
        observer.observe(node, { subtree: true, attributeFilter: ['lang'] })
      }
      signal.addEventListener('abort', () => observer.disconnect())
      const store = client.session({ workflow: host.workflow, sessionId: host.sessionId })
      // Nothing says that an address of the page's own belongs to the user's current Session.
      if (host.url && !host.sessionId) {
        this.#store = store
        this.#changed()
        return
      }
      this.#follow(store)
      // Nobody has asked for anything yet: whatever fails here is told when the person presses the button.
      if (!store.getState().loaded) store.load({ signal }).catch(() => {})
    } catch (error) {
      this.#fault = error
      this.#fail(error)
    }
  }

  #follow(store: SessionStore): void {
    if (store === this.#store) return
    this.#store = store
    this.#life?.signal.addEventListener('abort', store.subscribe(this.#sync))
    this.#sync()
  }

  /** Lets go of everything: frame, stream, run. Nothing is called or dispatched afterwards. */
  disconnect(): void {
    if (this.dialog.isOpen) this.#store?.report('closed')
    this.#life?.abort()
    this.#life = undefined
    this.#ownClient?.close()
    this.#ownClient = undefined
    this.#store = this.#fault = undefined
    this.dialog.close()
    this.#run?.end('cancelled')
    this.#explanation = undefined
    this.state = idle
    this.error = null
  }

  /** What the button does at the moment. */
  press(): void {
    if (this.view.press === 'refresh') this.store.refresh().catch((error: unknown) => this.#fail(error))
    else void this.start()
  }

  start(): Promise<StartOutcome> {
    if (this.#run) {
      if (this.error) void this.open()
      return this.#run.promise
    }
    if (!this.#life || this.#host.disabled || this.#host.matches(':disabled') || !this.#emit('didit-beforestart')) {
      return Promise.resolve({ kind: 'cancelled', sessionId: this.#detail.sessionId })
    }
    const { promise } = this.#begin()
    void this.open()
    return promise
  }

  /** Asks the server for a Session; `#sync` shows the page when its address has come. */
  async open(): Promise<void> {
    const { signal, end } = this.#begin()
    this.error = null
    this.#changed()
    try {
      await this.dialog.choose()
      const { url } = this.#host
      const own = url && (await import('./url-store.ts'))
      if (signal.aborted) return
      if (own) this.#follow(own.urlStore(url, this.store, idle))
      const { kind } = await this.store.start({
        language: languageOf(this.#host),
        returnTo: this.dialog.presenter.returnTo,
        signal,
      })
      if (kind === 'open') return
      end(kind)
      this.#conclude('done')
    } catch (error) {
      if (signal.aborted) return
      this.#fail(error)
      if (!this.dialog.isOpen) end('failed')
    }
  }

  close(reason: string, isForced = false): boolean {
    if (!this.dialog.isOpen) {
      this.#run?.end('cancelled')
      return true
    }
    if (!this.#emit('didit-beforeclose', { reason }) && !isForced) return false
    this.dialog.close()
    this.#run?.end(this.error ? 'failed' : 'cancelled')
    this.error = null
    // Whoever has submitted still waits for the verdict, with or without the dialog.
    if (this.state.flow !== 'submitted') this.#store?.report('closed')
    this.#changed()
    this.closed(reason)
    return true
  }

  async reset(): Promise<void> {
    this.close('reset', true)
    this.error = null
    this.store.report('closed')
    this.#value?.drop()
    this.#changed()
    await this.store.load().catch(() => {})
  }

  // What the dialog sees.

  opened(): void {
    this.#changed()
    this.#emit('didit-open')
  }

  closed(reason: string): void {
    this.#emit('didit-close', { reason })
  }

  ready(): void {
    this.error = null
    this.#store?.report('ready')
    this.#changed()
    this.#emit('didit-ready')
  }

  step(type: StepDetail['type'], step: StepDetail['step']): void {
    this.#emit('didit-step', { type, step })
  }

  submitted(): void {
    if (this.state.flow === 'submitted') return
    this.#store?.report('submitted')
    this.#emit('didit-submit')
    this.#conclude('submitted', !this.#host.autoClose)
  }

  failed(error: DiditError): void {
    this.#store?.report({ failed: error })
    void this.dialog.attend()
  }

  /** Something the hosted page reported that does not end the walk. */
  warn(error: DiditError): void {
    this.#tell(error, 'warning')
  }

  /** The lists of what the person can do about a verdict, for card and dialog. */
  renderReasons(): unknown {
    return this.#explanation?.(this.phrases)
  }

  readonly #sync = (): void => {
    if (!this.#life || !this.#store) return
    const before = this.state
    const state = this.#store.getState()
    this.state = state
    const { session, flow } = state
    if (session !== before.session) this.#explanation = undefined
    if (session && session !== before.session) {
      if (session.status !== before.session?.status || session.sessionId !== before.session?.sessionId) {
        this.error = null // the server went on without it
        // The person may have finished on another device, or the push was faster than the page's own message.
        if (this.dialog.hasFrame && (isDecided(session.status) || session.phase === 'review')) this.submitted()
        else if (session.phase !== 'active' && session.phase !== 'none') this.#conclude('done')
      }
      // Whoever hears of it and looks at `:state()` must find what the event says.
      this.#changed()
      this.#announce(session, before.session)
    }
    if (flow === 'opening' && state.url && state.url !== before.url && this.#store.claim(this)) {
      void this.dialog.open(state.url, this.#begin().signal)
    }
    if (flow === 'creating') this.error = null
    // Whoever started: the person must not be left with a button that did nothing.
    if (flow === 'failed' && state.error && state.error !== before.error) this.#fail(state.error)
    // In an open dialog the person can still go on.
    if (flow !== before.flow && (flow === 'submitted' || !this.dialog.isOpen)) {
      if (flow === 'submitted' || flow === 'failed') this.#run?.end(flow)
      if (flow === 'closed') this.#run?.end('cancelled')
    }
    this.#changed()
  }

  /** The walk is over: in a dialog its result stays to be read, elsewhere it stands on the card. */
  #conclude(reason: string, mayStay = true): void {
    this.dialog.showResult()
    if (this.dialog.isOpen && (!mayStay || this.dialog.presenter.isBrief)) this.close(reason)
  }

  #announce(session: Snapshot, before: Snapshot | null): void {
    const { sessionId, status, phase, settled, source, revision } = session
    const previous = before?.sessionId === sessionId ? before.status : null
    const detail = { sessionId, status, previous, phase, settled, source, revision }
    // That a Session was made is no news.
    if (status !== previous && (previous || source !== 'created')) emit(this.#host, 'didit-status', detail)
    const decided = isDecided(status) && settled ? sessionId + status : ''
    if (decided && decided !== this.#decided) emit(this.#host, 'didit-decision', detail)
    if (decided || !isDecided(status)) this.#decided = decided
    if (phase === 'declined' || phase === 'action') void this.#explain(session)
  }

  async #explain(session: Snapshot): Promise<void> {
    try {
      const decision = await this.store.getDecision()
      if (!decision) return
      const { renderExplanation } = await import('./explanation.ts')
      if (this.state.session !== session) return
      this.#explanation = (strings) => renderExplanation(html, decision, strings)
      this.#changed()
    } catch {
      // Without reasons the verdict stands as it is.
    }
  }

  /** Shows what has become of it: as states for styles, as a value for a form, and on screen. */
  #changed(): void {
    const { states } = this.#internals
    const { session, flow, phase } = this.state
    const { isOpen } = this.dialog
    states.clear()
    states.add(phase)
    states.add(flow)
    if (session?.settled) states.add('settled')
    if (flow === 'creating' || flow === 'opening') states.add('busy')
    if (isOpen) states.add('open')
    this.#host.toggleAttribute('open', isOpen)
    this.#host.requestUpdate()
  }

  #begin(): Run {
    if (this.#run) return this.#run
    const life = new AbortController()
    let end!: Run['end']
    const promise = new Promise<StartOutcome>((resolve) => {
      end = (kind) => {
        life.abort()
        resolve({ kind, sessionId: this.#detail.sessionId })
        this.#run = undefined
      }
    })
    this.#run = { signal: life.signal, promise, end }
    return this.#run
  }

  #createClient(): DiditClient {
    const host = this.#host
    // Headers and fetch are read at each call, so that a page may renew them without losing the Session on screen.
    this.#ownClient = createDiditClient({
      endpoint: host.endpoint || undefined,
      fetch: (...request) => (host.fetch ?? fetch)(...request),
      headers: () => (typeof host.headers === 'function' ? host.headers() : (host.headers as HeadersInit)),
    })
    return this.#ownClient
  }

  #fail(cause: unknown): void {
    const error = isDiditError(cause) ? cause : new DiditError('internal', `${cause}`, { cause })
    if (!this.#life || error.code === 'aborted' || error === this.error) return
    this.error = error
    this.#tell(error, 'error')
    this.#changed()
  }

  #tell({ code, message, help }: DiditError, level: 'warning' | 'error'): void {
    const { action } = errorWay(code)
    emit(this.#host, 'didit-error', {
      code,
      message: help ? `${message} ${help}` : message,
      level,
      retryable: action !== 'contact',
      action,
      docs: `ERRORS.md#${code}`,
    })
  }

  #emit<Name extends DiditVerifyEventName>(
    name: Name,
    extra?: Omit<DiditVerifyEventMap[Name]['detail'], keyof WalkDetail>,
  ): boolean {
    return emit(this.#host, name, { ...this.#detail, ...extra } as DiditVerifyEventMap[Name]['detail'])
  }
}
