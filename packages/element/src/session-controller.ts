import type { DiditClient, SessionStore, Snapshot } from '@didit-verify/core'
import { DiditError, idleState, isDecided, isDiditError } from '@didit-verify/core/live-client'
import { createAnnouncer } from './announce.ts'
import { errorAdvice } from './error-advice.ts'
import type { DiditVerifyEventMap, DiditVerifyEventName, StepDetail, WalkDetail } from './events.ts'
import { emit, type FirstLoad, html, languageOf, provideFirstLoad } from './first-load.ts'
import type { FormValue } from './form-value.ts'
import { HostedDialog } from './hosted-dialog.ts'
import { createOwnClient } from './own-client.ts'
import { createRun, type Run } from './run.ts'
import { type Phrases, phrases } from './texts/phrases.ts'
import { type View, viewOf } from './view.ts'
import type { StartOutcome, Walk, WalkHost } from './walk.ts'

/**
 * Ties one SessionStore to the element: passes its state to the element's update cycle and events, and reports to it
 * what the dialog observes.
 */
export class SessionController implements Walk {
  state = idleState
  error: DiditError | null = null
  readonly dialog: HostedDialog
  readonly #host: WalkHost
  readonly #internals: ElementInternals
  /** Texts that replace the English ones of this chunk. */
  readonly #strings: () => Partial<Phrases>
  #store: SessionStore | undefined
  /** The reason why there is no store. */
  #setupError: unknown
  /** The properties that the store was made from. */
  #source: readonly unknown[] = []
  #ownClient: DiditClient | undefined
  /** Exists while the controller listens to a store; aborted when it stops. */
  #connection: AbortController | undefined
  #run: Run | undefined
  /** Renders the steps and reasons of the Decision with the given texts. */
  #explanation: ((strings: Phrases) => unknown) | undefined
  /** Exists once the element has had a name, in a form. */
  #value: FormValue | undefined
  readonly #announce: ReturnType<typeof createAnnouncer>

  constructor(host: WalkHost, internals: ElementInternals, strings: () => Partial<Phrases>, firstLoad: FirstLoad) {
    provideFirstLoad(firstLoad)
    this.#host = host
    this.#internals = internals
    this.#strings = strings
    this.#announce = createAnnouncer(host)
    this.dialog = new HostedDialog(host, this)
  }

  get store(): SessionStore {
    if (!this.#store) throw this.#setupError ?? new TypeError('<didit-verify> is not in a document.')
    return this.#store
  }

  get phrases(): Phrases {
    return { ...phrases, ...this.#strings() } as Phrases
  }

  /** True when a form that requires an approval may be submitted: approved, and with a fresh proof if it submits one. */
  get isProven(): boolean | undefined {
    const { session, phase } = this.state
    return phase === 'approved' && session?.settled && (!this.#isField || this.#value?.isFresh)
  }

  /** Truthy when the element has a form and a name in it. */
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

  /** Starts to listen. Called again after a move in the document, since a move takes the dialog out of the top layer. */
  connect(): void {
    this.dialog.adoptStyles()
    void this.dialog.applyMode()
    if (this.#connection) this.dialog.restore(this.dialog.presenter)
    else this.update()
  }

  /** Switches to another store when the properties name one. */
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
    if (!host.isConnected || (this.#connection && source.every((part, index) => part === this.#source[index]))) return
    this.close('changed', true)
    this.disconnect()
    this.#source = source
    this.#connection = new AbortController()
    const { signal } = this.#connection
    try {
      const client = host.client ?? createOwnClient(host)
      if (client !== host.client) this.#ownClient = client
      const observer = new MutationObserver(() => host.requestUpdate())
      // An observer stops at a shadow root, but `lang` applies across it: observe each tree up to the document.
      for (let node: Node = host; node; node = (node as ShadowRoot).host) {
        node = node.getRootNode()
        observer.observe(node, { subtree: true, attributeFilter: ['lang'] })
      }
      signal.addEventListener('abort', () => observer.disconnect())
      const store = client.session({ workflow: host.workflow, sessionId: host.sessionId })
      // An address of the page's own may belong to another Session than the user's current one.
      if (host.url && !host.sessionId) {
        this.#store = store
        this.#updateHost()
        return
      }
      this.#follow(store)
      // The person has not asked for anything yet. An error is shown when they press the button.
      if (!store.getState().loaded) store.load({ signal }).catch(() => {})
    } catch (error) {
      this.#setupError = error
      this.#fail(error)
    }
  }

  #follow(store: SessionStore): void {
    if (store === this.#store) return
    this.#store = store
    this.#connection?.signal.addEventListener('abort', store.subscribe(this.#sync))
    this.#sync()
  }

  /** Releases frame, stream and run. Nothing is called or dispatched afterwards. */
  disconnect(): void {
    if (this.dialog.isOpen) this.#store?.report('closed')
    this.#connection?.abort()
    this.#connection = undefined
    this.#ownClient?.close()
    this.#ownClient = undefined
    this.#store = this.#setupError = undefined
    this.dialog.close()
    this.#run?.end('cancelled')
    this.#explanation = undefined
    this.state = idleState
    this.error = null
  }

  /** Does what the button currently offers. */
  press(): void {
    if (this.view.press === 'refresh') this.store.refresh().catch((error: unknown) => this.#fail(error))
    else void this.start()
  }

  start(): Promise<StartOutcome> {
    if (this.#run) {
      if (this.error) void this.open()
      return this.#run.promise
    }
    if (
      !this.#connection ||
      this.#host.disabled ||
      this.#host.matches(':disabled') ||
      !this.#emit('didit-beforestart')
    ) {
      return Promise.resolve({ kind: 'cancelled', sessionId: this.#detail.sessionId })
    }
    const { promise } = this.#currentRun()
    void this.open()
    return promise
  }

  /** Asks the server for a Session. `#sync` shows the page when its address arrives. */
  async open(): Promise<void> {
    const { signal, end } = this.#currentRun()
    this.error = null
    this.#updateHost()
    try {
      await this.dialog.applyMode()
      const { url } = this.#host
      const module = url && (await import('./url-store.ts'))
      if (signal.aborted) return
      if (module) this.#follow(module.createUrlStore(url, this.store, idleState))
      const { kind } = await this.store.start({
        language: languageOf(this.#host),
        returnTo: this.dialog.presenter.returnTo,
        signal,
      })
      if (kind === 'open') return
      end(kind)
      this.#finish('done')
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
    // After a submission the store keeps waiting for the verdict, with or without the dialog.
    if (this.state.flow !== 'submitted') this.#store?.report('closed')
    this.#updateHost()
    this.closed(reason)
    return true
  }

  async reset(): Promise<void> {
    this.close('reset', true)
    this.error = null
    this.store.report('closed')
    this.#value?.drop()
    this.#updateHost()
    await this.store.load().catch(() => {})
  }

  opened(): void {
    this.#updateHost()
    this.#emit('didit-open')
  }

  closed(reason: string): void {
    this.#emit('didit-close', { reason })
  }

  ready(): void {
    this.error = null
    this.#store?.report('ready')
    this.#updateHost()
    this.#emit('didit-ready')
  }

  step(type: StepDetail['type'], step: StepDetail['step']): void {
    this.#emit('didit-step', { type, step })
  }

  submitted(): void {
    if (this.state.flow === 'submitted') return
    this.#store?.report('submitted')
    this.#emit('didit-submit')
    this.#finish('submitted', !this.#host.autoClose)
  }

  failed(error: DiditError): void {
    this.#store?.report({ failed: error })
    void this.dialog.focusPanel()
  }

  warn(error: DiditError): void {
    this.#emitError(error, 'warning')
  }

  renderReasons(): unknown {
    return this.#explanation?.(this.phrases)
  }

  readonly #sync = (): void => {
    if (!this.#connection || !this.#store) return
    const before = this.state
    const state = this.#store.getState()
    this.state = state
    if (state.session !== before.session) this.#applySession(state.session, before.session)
    const { flow } = state
    if (flow === 'opening' && state.url && state.url !== before.url && this.#store.claim(this)) {
      void this.dialog.open(state.url, this.#currentRun().signal)
    }
    if (flow === 'creating') this.error = null
    // Shown for a start by other code too: otherwise the person has a button that did nothing.
    if (flow === 'failed' && state.error && state.error !== before.error) this.#fail(state.error)
    // In an open dialog the person can still continue.
    if (flow !== before.flow && (flow === 'submitted' || !this.dialog.isOpen)) {
      if (flow === 'submitted' || flow === 'failed') this.#run?.end(flow)
      if (flow === 'closed') this.#run?.end('cancelled')
    }
    this.#updateHost()
  }

  #applySession(session: Snapshot | null, before: Snapshot | null): void {
    this.#explanation = undefined
    if (!session) return
    const { sessionId, status, phase } = session
    if (status !== before?.status || sessionId !== before?.sessionId) {
      this.error = null // The server has moved on in spite of it.
      // The person may have finished on another device, or the push was faster than the page's own message.
      if (this.dialog.hasFrame && (isDecided(status) || phase === 'review')) this.submitted()
      else if (phase !== 'active' && phase !== 'none') this.#finish('done')
    }
    // Before the events: a listener that looks at `:state()` must find the new state.
    this.#updateHost()
    this.#announce(session, before)
    if (phase === 'declined' || phase === 'action') void this.#explain(session)
  }

  /** Shows the result after a walk: in the dialog if it may stay open, else on the card. */
  #finish(reason: string, mayStay = true): void {
    this.dialog.showResult()
    if (this.dialog.isOpen && (!mayStay || this.dialog.presenter.showsResultOnCard)) this.close(reason)
  }

  async #explain(session: Snapshot): Promise<void> {
    try {
      const decision = await this.store.getDecision()
      if (!decision) return
      const { renderExplanation } = await import('./explanation.ts')
      if (this.state.session !== session) return
      this.#explanation = (strings) => renderExplanation(html, decision, strings)
      this.#updateHost()
    } catch {
      // The verdict is then shown without reasons.
    }
  }

  /** Sets custom states and the `open` attribute, and requests an update, which also sets the form's validity. */
  #updateHost(): void {
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

  /** Returns the current run, or begins one. */
  #currentRun(): Run {
    this.#run ??= createRun(() => {
      this.#run = undefined
      return this.#detail.sessionId
    })
    return this.#run
  }

  #fail(cause: unknown): void {
    const error = isDiditError(cause) ? cause : new DiditError('internal', `${cause}`, { cause })
    if (!this.#connection || error.code === 'aborted' || error === this.error) return
    this.error = error
    this.#emitError(error, 'error')
    this.#updateHost()
  }

  #emitError({ code, message, help }: DiditError, level: 'warning' | 'error'): void {
    const { action } = errorAdvice(code)
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
