import type { DiditError, ProofAnswer, RequestError, SessionStore } from '@didit-verify/core'
import type { ReactiveController } from 'lit'
import type { Walk, WalkHost } from './walk.ts'

/** A proof is replaced this long before it expires. */
const marginMs = 60_000
// `expiresAt` is by the clock of the server. A wrong clock on this computer must neither flood the server with requests
// nor keep an expired proof. A proof is valid for ten minutes.
const shortestMs = 30_000
const longestMs = 480_000

/** The approval that a proof is for. When one of these values changes, the proof is no longer valid. */
interface Approval {
  readonly store: SessionStore
  readonly sessionId: string
  readonly form: HTMLFormElement
}

/**
 * Sets the value of the element in its form: a fresh proof of the approval, or nothing.
 *
 * The proof is kept here and in the form only, never in an attribute, an event or a message.
 */
export class FormValue implements ReactiveController {
  readonly #host: WalkHost
  readonly #internals: ElementInternals
  readonly #walk: Walk
  #approval: Approval | undefined
  #proof: string | null = null
  /** Epoch milliseconds by the clock of this computer. */
  #validUntil = 0
  /** The id of the Session: the only state that a browser may restore when the person returns to the page. */
  #state: string | null = null
  #abort = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0

  constructor(host: WalkHost, internals: ElementInternals, walk: Walk) {
    this.#host = host
    this.#internals = internals
    this.#walk = walk
    host.addController(this)
  }

  /**
   * True while there is a proof that may be submitted. Computed at each access: timers stop while a computer sleeps, and
   * the verdict may have just changed.
   */
  get isFresh(): boolean {
    return this.#proof !== null && Date.now() < this.#validUntil && this.#isSame(this.#findApproval())
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  /**
   * Fetches a proof when one can be submitted, and drops it when it can no longer be.
   *
   * Runs after an update, since `:disabled` matches the `disabled` property only then.
   */
  hostUpdated(): void {
    const approval = this.#findApproval()
    const state = this.#host.snapshot?.sessionId ?? null
    if (state !== this.#state) {
      this.#state = state
      this.#setFormValue()
    }
    if (this.#isSame(approval)) return
    this.drop()
    this.#approval = approval
    if (approval) this.#start(approval)
  }

  hostDisconnected(): void {
    this.drop()
  }

  #findApproval(): Approval | undefined {
    const { form, name, snapshot, disabled } = this.#host
    if (!form || !name || disabled || this.#host.matches(':disabled')) return undefined
    if (snapshot?.phase !== 'approved' || !snapshot.settled) return undefined
    return { store: this.#walk.store, sessionId: snapshot.sessionId, form }
  }

  #isSame(other: Approval | undefined): boolean {
    const own = this.#approval
    return own?.store === other?.store && own?.sessionId === other?.sessionId && own?.form === other?.form
  }

  /** Removes the proof at once. The next update fetches another if it may be submitted. */
  drop(): void {
    this.#abort.abort()
    clearTimeout(this.#timer)
    this.#approval = undefined
    this.#failures = 0
    this.#set(null)
  }

  #start(approval: Approval): void {
    this.#abort = new AbortController()
    const { signal } = this.#abort
    const { form } = approval
    // In the capture phase, before the page's own listeners, so that none of them sends an old proof.
    form.addEventListener('submit', (event) => this.#handleSubmit(event), { capture: true, signal })
    form.addEventListener('formdata', (event) => this.#handleFormData(event), { capture: true, signal })
    void this.#fetch(approval, signal)
  }

  async #fetch(approval: Approval, signal: AbortSignal): Promise<void> {
    let pauseMs: number
    try {
      const { proof, expiresAt } = await approval.store.getProof({ signal })
      if (signal.aborted) return
      this.#failures = 0
      pauseMs = this.#accept({ proof, expiresAt })
    } catch (error) {
      if (signal.aborted) return
      if (this.#failures === 0) this.#walk.warn(error as DiditError)
      this.#failures += 1
      const { retryAfterSeconds = 0 } = error as Partial<RequestError>
      pauseMs = Math.max(Math.min(1_000 * 2 ** this.#failures, marginMs), retryAfterSeconds * 1_000)
      if (!this.isFresh) this.#set(null)
    }
    this.#host.requestUpdate()
    // A listener of `change` may have ended this.
    if (!signal.aborted)
      this.#timer = setTimeout(() => void this.#fetch(approval, signal), Math.min(pauseMs, longestMs))
  }

  /** Sets a proof. Returns the milliseconds to wait before the next one is fetched. */
  #accept({ proof, expiresAt }: ProofAnswer): number {
    const pauseMs = Math.min(Math.max(expiresAt - Date.now() - marginMs, shortestMs), longestMs)
    this.#validUntil = Date.now() + pauseMs + marginMs
    this.#set(proof)
    return pauseMs
  }

  #set(proof: string | null): void {
    if (proof === this.#proof) return
    this.#proof = proof
    this.#setFormValue()
    if (this.#host.isConnected) this.#host.dispatchEvent(new Event('change', { bubbles: true }))
  }

  #setFormValue(): void {
    this.#internals.setFormValue(this.#proof, this.#state)
  }

  /** Never submits a proof that expired while the computer slept. `required` then blocks the form until the next one. */
  #handleSubmit(event: Event): void {
    if (!this.#isExpired) return
    this.#restart()
    if (!this.#host.required || (event.currentTarget as HTMLFormElement).noValidate) return
    event.preventDefault()
    event.stopImmediatePropagation()
    this.#host.reportValidity()
  }

  /** The same for `form.submit()`, which fires no `submit`, and for code that reads the form with `FormData`. */
  #handleFormData({ formData }: FormDataEvent): void {
    const { name } = this.#host
    if (!name || !this.#isExpired) return
    const others = formData.getAll(name).filter((entry) => entry !== this.#proof)
    formData.delete(name)
    for (const entry of others) formData.append(name, entry)
    // Deferred: a listener of `change` may read the form, which is not possible while it is being read.
    queueMicrotask(() => this.#isExpired && this.#restart())
  }

  get #isExpired(): boolean {
    return this.#proof !== null && !this.isFresh
  }

  /** Drops the proof and has the next update fetch another. */
  #restart(): void {
    this.drop()
    this.#host.requestUpdate()
  }
}
