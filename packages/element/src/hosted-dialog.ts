import { createHostedFrame, type HostedFrame, type HostedMessage } from '@didit-verify/core/hosted-frame'
import { DiditError } from '@didit-verify/core/live-client'
import { renderLoading, renderQuestion, renderResult } from './dialog-panels.ts'
import { html, nothing, svg } from './first-load.ts'
import { dialogStyles } from './hosted-dialog.styles.ts'
import { modal } from './presenters/presenter.ts'
import { isComing } from './view.ts'
import type { Walk, WalkDialog, WalkHost } from './walk.ts'

// The permissions that the vendor's newest SDK asks for. A browser ignores names it does not know.
const allow =
  'camera; microphone; geolocation; clipboard-write; fullscreen; autoplay; encrypted-media; digital-credentials-get'

/** The native dialog around the hosted page: loading, page, the question before leaving, result. */
export class HostedDialog implements WalkDialog {
  isOpen = false
  presenter = modal
  readonly #host: WalkHost
  readonly #walk: Walk
  #frame: HostedFrame | undefined
  /** Aborted when the hosted page is removed from the dialog. */
  #page = new AbortController()
  /** The newest address, for the link that opens the page in a new window. */
  #lastUrl = ''
  #isReady = false
  #isLeaving = false

  constructor(host: WalkHost, walk: Walk) {
    this.#host = host
    this.#walk = walk
  }

  get hasFrame(): boolean {
    return this.#frame !== undefined
  }

  get #root(): ShadowRoot {
    return this.#host.renderRoot as ShadowRoot
  }

  get #element(): HTMLDialogElement {
    return this.#root.querySelector('dialog') as HTMLDialogElement
  }

  /** Adds the dialog's stylesheet to the shadow root. */
  adoptStyles(): void {
    const { adoptedStyleSheets } = this.#root
    if (!adoptedStyleSheets.includes(dialogStyles)) adoptedStyleSheets.push(dialogStyles)
  }

  /** Applies the element's `mode`. An open dialog changes to it without reloading the page. */
  async applyMode(): Promise<void> {
    const { mode } = this.#host
    if (mode && mode !== modal.mode) {
      // A modal walk does not need this chunk. When it fails to load, the page is shown as a modal.
      const presenters = await import('./presenters/presenters.ts').catch(() => null)
      presenters?.applyMode(this.#host, this.#walk)
    } else if (this.presenter !== modal) this.restore()
  }

  /** Opens the dialog with this page. An open dialog changes to it, in a new frame. */
  async open(url: string, run: AbortSignal): Promise<void> {
    if (this.presenter.leave && !this.isOpen) return this.presenter.leave(() => this.#createFrame(url), run)
    this.showResult()
    this.isOpen = true
    this.#page = new AbortController()
    const { signal } = this.#page
    await this.applyMode()
    // Remove the old frame first: a second address in it would add an entry to the history of the page.
    await this.#host.updateComplete
    if (signal.aborted || !this.#host.isConnected) return
    if (!this.#element.open) {
      this.presenter.show(this.#element)
      // Focus the dialog itself: its first button is Close, and a frame of another origin would keep Escape to itself.
      if (this.#root.activeElement) this.#element.focus()
      this.#walk.opened()
    }
    // A listener of `didit-open` may have closed it.
    if (signal.aborted) return
    try {
      const frame = this.#createFrame(url)
      this.#frame = frame
      this.#lastUrl = frame.src
      document.addEventListener('securitypolicyviolation', (event) => this.#checkViolation(event, frame.origin), {
        signal,
      })
      this.#host.requestUpdate()
      await this.#host.updateComplete
      const element = this.#root.querySelector('iframe')
      if (!signal.aborted && element) signal.addEventListener('abort', frame.attach(element))
    } catch (error) {
      this.#walk.failed(error as DiditError)
    }
  }

  /** Removes the page, which stops its camera, and shows the result in the dialog. */
  showResult(): void {
    this.#page.abort()
    this.#frame = undefined
    this.#isReady = this.#isLeaving = false
    void this.focusPanel()
  }

  /** Updates the dialog, and moves the focus to the first action of the panel. */
  async focusPanel(selector = '.actions>*'): Promise<void> {
    // In `inline` mode the focus may be elsewhere on the page, and must stay there.
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
    // The browser returns the focus to where it was, which may be a button that is hidden or gone by now.
    void this.#host.updateComplete.then(() => {
      if (hadFocus && (this.#root.activeElement || document.activeElement === document.body)) this.#host.focus()
    })
  }

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
      onMessage: (message) => this.#handleMessage(message),
      onTimeout: (error) => this.#walk.failed(error),
    })
  }

  /** Messages of the hosted page move the walk forward. They never set a status. */
  #handleMessage({ type, step, error, layout }: HostedMessage): void {
    if (type === 'ready') {
      if (this.#isReady) return
      this.#isReady = true
      this.#walk.ready()
    } else if (type === 'completed') this.#walk.submitted()
    else if (type === 'cancelled') this.#walk.close('cancelled')
    else if (type === 'close-request') this.#leave('page')
    else if (type === 'error') {
      this.#walk.warn(new DiditError('frame-error', `The hosted page reports: ${error ?? 'an error'}.`))
    } else if (type === 'layout') this.presenter.applyLayout?.(layout)
    else if (type !== 'status') this.#walk.step(type, step ?? null)
  }

  /** A frame that the page's CSP forbids sends no message and no error. This event is the only sign. */
  #checkViolation(event: SecurityPolicyViolationEvent, origin: string): void {
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
        <button part="close" class="close" aria-label=${phrases.close} @click=${() => this.#leave('user')}>
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
        ${this.isOpen ? this.#renderPanel() : nothing} ${
          this.#isLeaving ? renderQuestion(this.#walk, this.#stay) : nothing
        }
      </div>
      <p class="said" role=${this.isOpen ? 'status' : nothing}>${this.#announcement}</p>
    </dialog>`
  }

  #renderPanel() {
    const { error, state } = this.#walk
    if (!error && (isComing(state) || (this.hasFrame && !this.#isReady))) return renderLoading(this.#walk)
    return this.hasFrame && !error ? nothing : renderResult(this.#walk, this.#lastUrl, this.#retry)
  }

  /** The text of the live region: the panel on screen. Empty while the page is usable, since it has its own. */
  get #announcement(): string {
    const { title, hint } = this.#walk.view
    return !this.isOpen || this.#isReady ? '' : `${title} ${hint}`
  }

  /** Closes the dialog, or asks first when something could be lost. */
  #leave(reason: 'user' | 'page'): void {
    if (!this.#isReady || this.#host.confirmExit === false || this.#walk.error) {
      this.#walk.close(reason)
    } else if (!this.#isLeaving) {
      this.#isLeaving = true
      void this.focusPanel()
    }
  }

  readonly #stay = (): void => {
    this.#isLeaving = false
    void this.focusPanel('dialog')
  }

  readonly #retry = (): void => {
    this.showResult()
    void this.#walk.start()
  }

  // Browsers do not fire a cancellable `cancel` for a second Escape in a row. `keydown` always fires.
  readonly #keydown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#cancel(event)
  }

  readonly #cancel = (event: Event): void => {
    event.preventDefault()
    if (this.#isLeaving) this.#stay()
    else this.#leave('user')
  }

  readonly #closed = (): void => {
    if (this.isOpen && !this.#element.open && !this.#walk.close('user')) this.presenter.show(this.#element)
  }
}
