import type { DiditClient, DiditError, SessionState, Snapshot } from '@didit-verify/core'
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { cardStyles } from './didit-verify.styles.ts'
import { emit, type Mode } from './events.ts'
import type { FirstLoad } from './first-load.ts'
import { icon, svg } from './icon.ts'
import { languageOf } from './language.ts'
import type { Preflight } from './preflight.ts'
import type { SessionController } from './session-controller.ts'
import { firstPhrases } from './texts/first-phrases.ts'
import type { Phrases } from './texts/phrases.ts'
import type { View } from './view.ts'
import type { StartOutcome } from './walk.ts'

const firstLoad: FirstLoad = { html, nothing, emit, icon, svg, languageOf }

/**
 * Identity verification with Didit: a button, the hosted page in a dialog or in the page, and the verdict of the server.
 *
 * The outcome on screen comes from the companion server alone. Messages of the hosted page only move the walk forward.
 * Light-DOM children are a fallback for browsers without JavaScript. They are hidden as soon as the element runs.
 *
 * @example
 * ```ts
 * import '@didit-verify/element/define'
 *
 * const element = document.createElement('didit-verify')
 * element.endpoint = '/api/didit'
 * element.addEventListener('didit-decision', ({ detail }) => console.log(detail.status))
 * document.body.append(element)
 * ```
 *
 * @attr endpoint - Base address of the companion server. Default: `/api/didit`.
 * @attr workflow - Alias of the Workflow. Default: the server's `default`.
 * @attr session-id - Id of the Session to follow. Default: the user's current Session.
 * @attr url - A session URL or UniLink to open unchanged; no Session is created. A status is shown only if `session-id` is
 *   set too.
 * @attr mode - Placement of the hosted page: over the page (`modal`), inside it in place of the card (`inline`), or
 *   instead of it (`redirect`). Other values warn once and act as `modal`. An open page moves between `modal` and `inline`
 *   without a reload. Default: `modal`.
 * @attr {boolean} open - Present while the hosted page is shown. Read-only: setting it has no effect.
 * @attr auto-close - Closes the dialog as soon as the person has submitted, instead of showing the result in it. `inline`
 *   always does.
 * @attr confirm-exit - Asks before an unfinished walk is left. `confirm-exit="false"` turns it off.
 * @attr return-to - Address that `redirect` returns to: a path, or an address of an allowed origin. Default: the
 *   page they leave.
 * @attr {string} lang - Language of the texts and of the hosted page, as a BCP 47 tag (`en`, `es-MX`). Changes apply at
 *   once, on the element and on its ancestors. Default: the nearest `lang` around the element, else the browser's language.
 * @attr {'ltr' | 'rtl' | 'auto'} dir - Text direction. Default: the direction of the language.
 * @attr document-camera - The first camera for photos of documents. Default: Didit's choice.
 * @attr liveness-camera - The first camera for the face check. Default: Didit's choice.
 * @attr allowed-origins - All origins the hosted page may have, separated by spaces. Name your own domain at Didit here.
 *   Default: Didit's origin, and loopback origins if the page itself is on one.
 * @attr ready-timeout - Seconds until a hosted page that stays silent, or does not come, counts as failed.
 * @attr name - Name of the form control. With a name, the form submits a fresh proof of the approval, for `verifyProof`.
 * @attr required - Blocks submission of the form until the server reports approved and settled and, with a `name`, until
 *   the proof is there.
 * @attr disabled - Nothing can be started, and the form submits no proof.
 *
 * @fires didit-beforestart - Before anything is asked of the server. Cancellable.
 * @fires didit-open - The hosted page is shown, or the browser is about to go to it.
 * @fires didit-ready - The hosted page reports that it is usable.
 * @fires didit-step - The hosted page moved to another step. For a progress display.
 * @fires didit-submit - The person has submitted everything.
 * @fires didit-status - The server reports another status of the Session.
 * @fires didit-decision - Didit has decided, and the server has confirmed it.
 * @fires didit-beforeclose - Before the dialog closes. Cancellable.
 * @fires didit-close - The dialog has closed. Once per `didit-open`, unless a redirect ended the page.
 * @fires didit-error - Something failed: the code, the message and what the person can do.
 * @fires change - The value in the form changed: a proof came, was replaced, or was removed. The event carries no value.
 * @fires invalid - The form requires an approval that is missing.
 *
 * @slot - Fallback for browsers without JavaScript. Hidden as soon as the element runs.
 *
 * @csspart card - The frame around status and button.
 * @csspart icon - The round icon, on the card and in the dialog.
 * @csspart status - Title and hint on the card.
 * @csspart title - The title line, on the card and in a panel.
 * @csspart hint - The line under the title.
 * @csspart steps - The list of steps to repeat.
 * @csspart reasons - The list of problems the person can solve.
 * @csspart button - The action button of the card.
 * @csspart dialog - The dialog. In `inline` mode, the box in place of the card.
 * @csspart header - The top line of the dialog.
 * @csspart heading - The title in the top line.
 * @csspart close - The close button in the top line.
 * @csspart frame - The iframe of the hosted page.
 * @csspart loading - The panel over a page that is not ready yet.
 * @csspart result - The panel with the result, or with an error.
 * @csspart confirm - The question before leaving.
 * @csspart action - Every button inside a panel.
 *
 * @cssprop --didit-accent - Buttons, focus rings, the first icon.
 * @cssprop --didit-on-accent - Text on the accent colour.
 * @cssprop --didit-surface - Background of card and dialog.
 * @cssprop --didit-text - Text.
 * @cssprop --didit-muted - Hints.
 * @cssprop --didit-border - Lines.
 * @cssprop --didit-good - Colour of approved.
 * @cssprop --didit-bad - Colour of declined.
 * @cssprop --didit-wait - Colour of in review and of errors.
 * @cssprop --didit-radius - Corner radius. Default: 14px.
 * @cssprop --didit-font - Font family. Default: system-ui.
 * @cssprop --didit-width - Width of the hosted page on wide screens. Default: 500px.
 * @cssprop --didit-height - Height of the hosted page on wide screens, at most 90 % of the screen. In `inline` mode it
 *   applies from 1024 px. Default: 700px.
 * @cssprop --didit-backdrop - Background behind the dialog, over the page.
 */
export class DiditVerify extends LitElement {
  static readonly formAssociated = true
  static override styles = cardStyles
  static override properties = {
    endpoint: {},
    workflow: {},
    sessionId: { attribute: 'session-id' },
    url: {},
    mode: {},
    autoClose: { type: Boolean, attribute: 'auto-close' },
    // An absent boolean attribute means off. This one is on by default, so the value `false` turns it off.
    confirmExit: { attribute: 'confirm-exit', converter: (value: string | null) => value !== 'false' },
    returnTo: { attribute: 'return-to' },
    documentCamera: { attribute: 'document-camera' },
    livenessCamera: { attribute: 'liveness-camera' },
    allowedOrigins: { attribute: 'allowed-origins' },
    readyTimeout: { type: Number, attribute: 'ready-timeout' },
    name: { reflect: true },
    required: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
    strings: { attribute: false },
    client: { attribute: false },
  }

  declare endpoint: string | undefined
  declare workflow: string | undefined
  declare sessionId: string | undefined
  declare url: string | undefined
  declare mode: Mode | undefined
  declare autoClose: boolean
  declare confirmExit: boolean
  declare returnTo: string | undefined
  declare documentCamera: 'front' | 'back' | undefined
  declare livenessCamera: 'front' | 'back' | undefined
  declare allowedOrigins: string | undefined
  declare readyTimeout: number
  declare name: string | undefined
  declare required: boolean
  declare disabled: boolean
  /** Texts by name that replace the element's own, in every language. */
  declare strings: Partial<Phrases> | undefined
  /** A client of `@didit-verify/core` to share with the rest of the page. Default: one of its own for `endpoint`. */
  declare client: DiditClient | undefined

  /** Headers for the element's own client, or a function that returns them. Read again for each request. */
  headers: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined
  /** The `fetch` of the element's own client. Read again for each request. Default: the global `fetch`. */
  fetch: typeof globalThis.fetch | undefined

  readonly #internals = this.attachInternals()
  #controller: SessionController | undefined
  #loading: Promise<SessionController> | undefined
  /** The language that is shown or being loaded, as a BCP 47 tag. */
  #languageTag: string | undefined
  /** Texts in another language than English, `{}` for English. Undefined while the first language loads. */
  #language: Partial<Phrases> | undefined
  #isPressed = false
  /** True when the code of the walk could not be loaded. */
  #hasLoadFailed = false
  #customMessage = ''

  constructor() {
    super()
    this.confirmExit = true
    this.readyTimeout = 20
    this.autoClose = this.required = this.disabled = false
  }

  /** The newest Snapshot of the server, or null. */
  get snapshot(): Snapshot | null {
    return this.#controller?.state.session ?? null
  }

  /** The position of the walk in this browser. */
  get flow(): SessionState['flow'] {
    return this.#controller?.state.flow ?? (this.#hasLoadFailed ? 'failed' : 'idle')
  }

  /** The error that stopped the walk, or null. */
  get error(): DiditError | null {
    return this.#controller?.error ?? null
  }

  /** True while the dialog is open. */
  get open(): boolean {
    return this.#controller?.dialog.isOpen ?? false
  }

  /**
   * Creates or continues the Session and opens the hosted page. Calls during a run return the same run. With `redirect`
   * the promise stays pending, since the browser leaves the page.
   *
   * Never rejects. After a failure the outcome is `failed`, and `didit-error` has the details.
   *
   * @returns The end of the run, never a verdict. For the verdict use `waitForDecision()` or `didit-decision`.
   */
  start(): Promise<StartOutcome> {
    return this.#controller?.start() ?? this.#startLater()
  }

  /** Continues an unfinished Session. The server decides whether it is the same one. */
  resume(): Promise<StartOutcome> {
    return this.start()
  }

  /** Tries again after an error, or with a new Session after one that has ended. */
  retry(): Promise<StartOutcome> {
    return this.start()
  }

  /**
   * Waits until Didit has decided and the server has confirmed it.
   *
   * @param options.signal - Stops the waiting.
   */
  async waitForDecision(options: { signal?: AbortSignal } = {}): Promise<Snapshot> {
    return (await this.#loadController()).store.waitForDecision(options)
  }

  /** Makes the server read the Session from Didit now. */
  async refresh(): Promise<Snapshot> {
    return (await this.#loadController()).store.refresh()
  }

  /**
   * Closes the dialog without asking the person. The page can prevent it by cancelling `didit-beforeclose`.
   *
   * @returns True when the dialog is closed.
   */
  close(reason = 'host'): boolean {
    return this.#controller?.close(reason) ?? true
  }

  /** Closes the dialog, clears the error, and reads the Session from the server again. */
  async reset(): Promise<void> {
    await (await this.#loadController()).reset()
  }

  /** Checks whether a camera can be expected to work, without asking for permission. */
  async preflight(): Promise<Preflight> {
    return (await import('./preflight.ts')).preflight()
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form
  }

  get validity(): ValidityState {
    return this.#validate().validity
  }

  get validationMessage(): string {
    return this.#validate().validationMessage
  }

  get willValidate(): boolean {
    return this.#internals.willValidate
  }

  checkValidity(): boolean {
    return this.#validate().checkValidity()
  }

  reportValidity(): boolean {
    return this.#validate().reportValidity()
  }

  /** Makes the control invalid with this message. An empty message makes it valid again. */
  setCustomValidity(message: string): void {
    this.#customMessage = message
    this.#validate()
  }

  /** Focuses the button, or the status when there is no button. */
  override focus(options?: FocusOptions): void {
    const target = this.renderRoot.querySelector<HTMLElement>('.card>button:not([hidden])') ?? this.#statusElement
    target?.focus(options)
  }

  formAssociatedCallback(): void {
    this.requestUpdate()
  }

  formDisabledCallback(): void {
    this.requestUpdate()
  }

  /** Removes the value and the error. The approval stays, since it belongs to the server. */
  formResetCallback(): void {
    void this.#controller?.reset()
  }

  /** Restores the Session's id, the only state that a browser keeps of the element. */
  formStateRestoreCallback(sessionId: string): void {
    this.sessionId ||= sessionId
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#loadController().then(
      (controller) => controller.connect(),
      () => {}, // The button is on screen, and a press tries again.
    )
  }

  /** Empty, but required: with this callback `moveBefore()` moves an open dialog without a reload of its page. */
  connectedMoveCallback(): void {}

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    // An element that is moved is connected again before this runs.
    queueMicrotask(() => this.isConnected || this.#controller?.disconnect())
  }

  override render() {
    const view = this.#controller?.view ?? this.#firstView()
    return html`<div part="card" class="card ${view.tone}" aria-busy=${!this.#language}>
        ${icon(view.tone, view.path)}
        <div part="status" class="words" tabindex="-1" role=${this.open ? nothing : 'status'}>
          <p part="title" class="title">${view.title}</p>
          <p part="hint" class="hint">${view.hint}</p>
          ${this.#controller?.renderReasons()}
        </div>
        <button part="button" ?hidden=${!view.action} ?disabled=${this.disabled || this.matches(':disabled')}
          aria-disabled=${view.tone === 'busy' && view.press !== 'refresh'} @click=${this.#press}>${view.action}</button>
      </div>
      ${this.#controller?.dialog.render()}`
  }

  protected override willUpdate(): void {
    this.#controller?.update()
    const tag = languageOf(this)
    if (tag === this.#languageTag) return
    this.#languageTag = tag
    if (!this.#language && /^en\b/i.test(tag)) this.#language = {}
    else {
      void import('./texts/languages/languages.ts')
        .then(({ loadLanguage }) => loadLanguage(tag))
        .catch(() => () => ({})) // English is shown.
        .then((textsOf) => {
          if (tag !== this.#languageTag) return
          this.#language = textsOf(this.renderRoot as ShadowRoot)
          this.requestUpdate()
        })
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('mode')) void this.#controller?.dialog.applyMode()
    this.#validate()
  }

  get #statusElement(): HTMLElement | null {
    return this.renderRoot.querySelector('.words')
  }

  /** The view until the code of the walk has loaded. */
  #firstView(): View {
    const { noneTitle: title, noneHint, noneAction, offlineHint, reloadAction } = this.#strings()
    const [hint, action] = this.#hasLoadFailed ? [offlineHint, reloadAction] : [noneHint, noneAction]
    return { tone: this.#isPressed ? 'busy' : 'start', title, hint, action }
  }

  /** The texts of the first load in the current language, and all other texts that are not English. */
  readonly #strings = () => ({ ...firstPhrases, ...this.#language, ...this.strings })

  /** Loads the code of a walk, once. The next call after a failure tries again. */
  #loadController(): Promise<SessionController> {
    this.#loading ??= import('./session-controller.ts')
      .then(async ({ SessionController }) => {
        this.#controller = new SessionController(this, this.#internals, this.#strings, firstLoad)
        if (this.isConnected) this.#controller.connect()
        await this.#controller.dialog.applyMode()
        return this.#controller
      })
      .catch((cause) => {
        this.#loading = undefined
        throw cause
      })
    return this.#loading
  }

  readonly #press = () => {
    if (this.#controller) this.#controller.press()
    // Firefox remembers a failed `import()` until the page is reloaded, so another try would not help there.
    else if (this.#hasLoadFailed) location.reload()
    else if (!this.#isPressed) void this.#startLater()
  }

  /** Starts a run when the code of the walk has loaded. */
  async #startLater(): Promise<StartOutcome> {
    this.#isPressed = true
    this.#hasLoadFailed = false
    this.requestUpdate()
    const controller = await this.#loadController().catch((cause) => {
      this.#hasLoadFailed = true
      this.#internals.states.add('failed')
      emit(this, 'didit-error', {
        code: 'network',
        message: `${cause}`,
        level: 'error',
        retryable: true,
        action: 'retry',
        docs: 'ERRORS.md#network',
      })
    })
    this.#isPressed = false
    this.requestUpdate()
    return controller?.start() ?? { kind: 'failed', sessionId: this.sessionId ?? null }
  }

  /** Updates the validity of the control in its form. */
  #validate(): ElementInternals {
    const isMissing = this.required && !this.#controller?.isProven
    const message = this.#customMessage || (isMissing ? this.#strings().required : '')
    this.#internals.setValidity(
      { customError: this.#customMessage !== '', valueMissing: isMissing },
      message,
      this.#statusElement ?? undefined,
    )
    return this.#internals
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'didit-verify': DiditVerify
  }
}
