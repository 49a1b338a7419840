import { DiditError } from '@didit-verify/core'
import { createHostedFrame, type HostedFrame, type HostedMessage } from '@didit-verify/core/hosted-frame'
import { html, nothing } from 'lit'
import type { DiditVerify } from './didit-verify.ts'
import { errorWay } from './error-way.ts'
import { dialogStyles } from './hosted-dialog.styles.ts'
import { icon, svg } from './icon.ts'
import { modal } from './presenters/presenter.ts'
import type { SessionController } from './session-controller.ts'
import { isComing } from './view.ts'

// What the hosted page needs, as the vendor's newest SDK asks for it; a browser ignores names it does not know.
const allow =
  'camera; microphone; geolocation; clipboard-write; fullscreen; autoplay; encrypted-media; digital-credentials-get'

const action = (label: string, press: () => void, look = '') =>
  html`<button part="action" class=${look} @click=${press}>${label}</button>`

/** The native dialog around the hosted page: loading, page, the question before leaving, result. */
export class HostedDialog {
  isOpen = false
  /** How it comes before the person. */
  presenter = modal
  readonly #host: DiditVerify
  readonly #walk: SessionController
  /** What the frame shows; undefined while there is no frame. */
  #frame: HostedFrame | undefined
  /** Of what is on in the dialog; a page that is taken away ends it. */
  #life = new AbortController()
  /** The newest address, for a way on in a window of its own. */
  #lastUrl = ''
  #isReady = false
  #isLeaving = false

  constructor(host: DiditVerify, walk: SessionController) {
    this.#host = host
    this.#walk = walk
  }

  /** True while the person is sent through the hosted page. */
  get hasFrame(): boolean {
    return this.#frame !== undefined
  }

  get #root(): ShadowRoot {
    return this.#host.renderRoot as ShadowRoot
  }

  get #element(): HTMLDialogElement {
    return this.#root.querySelector('dialog') as HTMLDialogElement
  }

  /** Adds its style to the element's. */
  dress(): void {
    const sheet = dialogStyles.styleSheet as CSSStyleSheet
    const { adoptedStyleSheets } = this.#root
    if (!adoptedStyleSheets.includes(sheet)) adoptedStyleSheets.push(sheet)
  }

  /** Takes up the mode of the element. An open dialog changes to it as it is: its page is not loaded anew. */
  async choose(): Promise<void> {
    const { mode } = this.#host
    if (mode && mode !== modal.mode) {
      // No part of a modal walk. Where it cannot be had, a modal is better than nothing.
      const presenters = await import('./presenters/presenters.ts').catch(() => null)
      presenters?.choose(this.#host, this.#walk)
    } else if (this.presenter !== modal) this.restore()
  }

  /** Opens the dialog with this page; an open one changes to it, in a new frame. */
  async open(url: string, run: AbortSignal): Promise<void> {
    if (this.presenter.leave && !this.isOpen) return this.presenter.leave(() => this.#createFrame(url), run)
    this.showResult()
    this.isOpen = true
    this.#life = new AbortController()
    const { signal } = this.#life
    await this.choose()
    // An old frame goes first: a second address in it would add a step to the history of the page.
    await this.#host.updateComplete
    if (signal.aborted || !this.#host.isConnected) return
    if (!this.#element.open) {
      this.presenter.show(this.#element)
      // The dialog itself: its first button would be Close, and a frame of another origin keeps Escape to itself.
      if (this.#root.activeElement) this.#element.focus()
      this.#walk.opened()
    }
    // Whoever heard of the opening may have closed it.
    if (signal.aborted) return
    try {
      const frame = this.#createFrame(url)
      this.#frame = frame
      this.#lastUrl = frame.src
      document.addEventListener('securitypolicyviolation', (event) => this.#violated(event, frame.origin), { signal })
      this.#host.requestUpdate()
      await this.#host.updateComplete
      const element = this.#root.querySelector('iframe')
      if (!signal.aborted && element) signal.addEventListener('abort', frame.attach(element))
    } catch (error) {
      this.#walk.failed(error as DiditError)
    }
  }

  /** Takes the page away, which stops its camera, and leaves the dialog to the result. */
  showResult(): void {
    this.#life.abort()
    this.#frame = undefined
    this.#isReady = this.#isLeaving = false
    void this.attend()
  }

  /** Draws, and takes the focus to what the panel offers. */
  async attend(selector = '.actions>*'): Promise<void> {
    // Where nothing holds the person in the dialog, they may be at work elsewhere.
    const hadFocus = this.#root.activeElement
    this.#host.requestUpdate()
    await this.#host.updateComplete
    if (this.isOpen && hadFocus) (this.#root.querySelector<HTMLElement>(selector) ?? this.#element).focus()
  }

  close(): void {
    if (!this.isOpen) return
    const hadFocus = this.#root.activeElement
    this.isOpen = false
    this.showResult()
    this.#hide()
    // The browser gives the focus back to where it was: to a button, perhaps, that is hidden by now, or gone.
    void this.#host.updateComplete.then(() => {
      if (hadFocus && (this.#root.activeElement || document.activeElement === document.body)) this.#host.focus()
    })
  }

  /** Shows an open dialog anew. Its frame is not loaded again. */
  restore(presenter = modal): void {
    const focused = this.#root.activeElement as HTMLElement | null
    const isShown = this.#element?.open
    if (isShown) this.#hide()
    this.presenter = presenter
    if (!isShown) return
    presenter.show(this.#element)
    focused?.focus()
  }

  #hide(): void {
    this.presenter.end?.()
    this.#element.close()
  }

  #createFrame(url: string): HostedFrame {
    const { allowedOrigins, readyTimeout, documentCamera, livenessCamera } = this.#host
    return createHostedFrame({
      url,
      allowedOrigins: allowedOrigins?.split(/[\s,]+/).filter(Boolean),
      readyTimeoutMs: readyTimeout * 1000,
      cameras: { document: documentCamera, liveness: livenessCamera },
      presentation: this.presenter.presentation,
      onMessage: (message) => this.#hear(message),
      onTimeout: (error) => this.#walk.failed(error),
    })
  }

  /** What the hosted page says moves the walk and nothing else. */
  #hear({ type, step, error, layout }: HostedMessage): void {
    if (type === 'ready') {
      if (this.#isReady) return
      this.#isReady = true
      this.#walk.ready()
    } else if (type === 'completed') this.#walk.submitted()
    else if (type === 'cancelled') this.#walk.close('cancelled')
    else if (type === 'close-request') this.#exit('page')
    else if (type === 'error') {
      this.#walk.warn(new DiditError('frame-error', `The hosted page reports: ${error ?? 'an error'}.`))
    } else if (type === 'layout') this.presenter.fit?.(layout)
    else if (type !== 'status') this.#walk.step(type, step ?? null)
  }

  /** A page whose CSP forbids the frame gets no message and no error from it: only this event tells. */
  #violated(event: SecurityPolicyViolationEvent, origin: string): void {
    const { disposition, effectiveDirective, blockedURI } = event
    if (disposition === 'report' || !/^(frame|child)-src/.test(effectiveDirective) || !blockedURI.startsWith(origin))
      return
    this.#walk.failed(new DiditError('frame-blocked', `The policy of this page lacks ${effectiveDirective} ${origin}.`))
    this.showResult()
  }

  render() {
    const { phrases } = this.#walk
    const isCovered = this.#isLeaving || !this.#isReady || this.#walk.error !== null
    return html`<dialog part="dialog" aria-labelledby="heading" tabindex="-1"
      @keydown=${this.#keydown} @cancel=${this.#cancel} @close=${this.#closed}>
      <div part="header" class="header" ?inert=${this.#isLeaving}>
        <h2 id="heading" part="heading" class="title">${phrases.noneTitle}</h2>
        <button part="close" class="close" aria-label=${phrases.close} @click=${() => this.#exit('user')}>
          ${svg('M6 6l12 12M18 6L6 18')}
        </button>
      </div>
      <div class="body">
        ${
          this.#frame
            ? html`<iframe part="frame" src=${this.#frame.src} title=${phrases.noneTitle} allow=${allow}
                ?inert=${isCovered}></iframe>`
            : nothing
        }
        ${this.isOpen ? this.#renderPanel() : nothing} ${this.#isLeaving ? this.#renderQuestion() : nothing}
      </div>
      <p class="said" role=${this.isOpen ? 'status' : nothing}>${this.#said}</p>
    </dialog>`
  }

  get #isLoading() {
    const { error, state } = this.#walk
    return !error && (isComing(state) || (this.hasFrame && !this.#isReady))
  }

  /** What the live region says: the panel that came up. A page that is ready speaks for itself. */
  get #said(): string {
    const { title, hint } = this.#walk.view
    return !this.isOpen || this.#isReady ? '' : `${title} ${hint}`
  }

  #renderPanel() {
    const { phrases, view, error } = this.#walk
    if (this.#isLoading) {
      return html`<div part="loading" class="panel busy">${icon('busy')}<p class="hint">${phrases.busyHint}</p></div>`
    }
    if (this.hasFrame && !error) return nothing
    const way = error && errorWay(error.code).action
    const window = error?.code.startsWith('frame-') && way !== 'contact' && this.#lastUrl
    const retry = view.press === 'start' && view.action
    return html`<div part="result" class="panel ${view.tone}">
      ${icon(view.tone, view.path)}
      <p part="title" class="title">${view.title}</p>
      <p part="hint" class="hint">${view.hint}</p>
      ${this.#walk.renderReasons()}
      <div class="actions">
        ${retry ? action(retry, this.#retry) : nothing}
        ${
          window
            ? html`<a part="action" class=${retry ? 'quiet' : ''} href=${window} target="_blank" rel="noopener">${phrases.newWindow}</a>`
            : nothing
        }
        ${
          error && (retry || window)
            ? nothing
            : action(
                error ? phrases.close : phrases.done,
                () => this.#walk.close(error ? 'error' : 'done'),
                retry ? 'quiet' : '',
              )
        }
      </div>
    </div>`
  }

  #renderQuestion() {
    const { phrases } = this.#walk
    return html`<div part="confirm" class="panel leave" role="alertdialog" aria-labelledby="leave" aria-describedby="kept">
      <p id="leave" class="title">${phrases.leaveTitle}</p>
      <p id="kept" class="hint">${phrases.leaveHint}</p>
      <div class="actions">
        ${action(phrases.stay, this.#stay)}${action(phrases.leave, () => this.#walk.close('user'), 'quiet')}
      </div>
    </div>`
  }

  /** Leaves, or asks first where something could be lost. */
  #exit(reason: 'user' | 'page'): void {
    if (!this.#isReady || this.#host.confirmExit === false || this.#walk.error) {
      this.#walk.close(reason)
    } else if (!this.#isLeaving) {
      this.#isLeaving = true
      void this.attend()
    }
  }

  readonly #stay = (): void => {
    this.#isLeaving = false
    void this.attend('dialog')
  }

  readonly #retry = (): void => {
    this.showResult()
    void this.#walk.start()
  }

  // Browsers let a second Escape through without asking; the key itself can always be caught.
  readonly #keydown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#cancel(event)
  }

  readonly #cancel = (event: Event): void => {
    event.preventDefault()
    if (this.#isLeaving) this.#stay()
    else this.#exit('user')
  }

  readonly #closed = (): void => {
    if (this.isOpen && !this.#element.open && !this.#walk.close('user')) this.presenter.show(this.#element)
  }
}
