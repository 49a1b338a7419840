import type { DiditError, ProofAnswer, RequestError, SessionStore } from '@didit-verify/core'
import type { ReactiveController } from 'lit'
import type { DiditVerify } from './didit-verify.ts'
import type { SessionController } from './session-controller.ts'

/** Fetched anew this long before it is over. */
const marginMs = 60_000
// The proof is dated by the clock of the server. A clock of this computer that is off must neither storm the server nor
// keep a proof that is over: it is good for ten minutes.
const shortestMs = 30_000
const longestMs = 480_000

/** What a proof is of: another one of these, and it is none. */
interface Cause {
  readonly store: SessionStore
  readonly sessionId: string
  readonly form: HTMLFormElement
}

/**
 * The value of the element in its form: a proof of the approval that is always fresh, or none.
 *
 * It is held here and in the form alone: in no attribute, no event, no message.
 */
export class FormValue implements ReactiveController {
  readonly #host: DiditVerify
  readonly #internals: ElementInternals
  readonly #walk: SessionController
  #cause: Cause | undefined
  #proof: string | null = null
  /** By the clock of this computer. */
  #goodUntil = 0
  /** What a browser may keep of the element when the page is left: which Session it was. */
  #state: string | null = null
  #life = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0

  constructor(host: DiditVerify, internals: ElementInternals, walk: SessionController) {
    this.#host = host
    this.#internals = internals
    this.#walk = walk
    host.addController(this)
  }

  /**
   * True while there is a proof that may be submitted. Looked at when it is asked, since timers stand still while a
   * computer sleeps, and since a verdict may have changed a moment ago.
   */
  get isFresh(): boolean {
    return this.#proof !== null && Date.now() < this.#goodUntil && this.#isSame(this.#findCause())
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  /**
   * Follows the element: fetches a proof where one can be submitted, and drops it where it no longer can.
   *
   * After an update, since only then `:disabled` is what `disabled` says.
   */
  hostUpdated(): void {
    const cause = this.#findCause()
    const state = this.#host.snapshot?.sessionId ?? null
    if (state !== this.#state) {
      this.#state = state
      this.#submit()
    }
    if (this.#isSame(cause)) return
    this.drop()
    this.#cause = cause
    if (cause) this.#begin(cause)
  }

  hostDisconnected(): void {
    this.drop()
  }

  #findCause(): Cause | undefined {
    const { form, name, snapshot, disabled } = this.#host
    if (!form || !name || disabled || this.#host.matches(':disabled')) return undefined
    if (snapshot?.phase !== 'approved' || !snapshot.settled) return undefined
    return { store: this.#walk.store, sessionId: snapshot.sessionId, form }
  }

  #isSame(other: Cause | undefined): boolean {
    const own = this.#cause
    return own?.store === other?.store && own?.sessionId === other?.sessionId && own?.form === other?.form
  }

  /** Takes the proof back, at once; the next update fetches another where it still may. */
  drop(): void {
    this.#life.abort()
    clearTimeout(this.#timer)
    this.#cause = undefined
    this.#failures = 0
    this.#set(null)
  }

  #begin(cause: Cause): void {
    this.#life = new AbortController()
    const { signal } = this.#life
    const { form } = cause
    // Before the page's own listeners, so that none of them sends an old proof by itself.
    form.addEventListener('submit', (event) => this.#submitted(event), { capture: true, signal })
    form.addEventListener('formdata', (event) => this.#collected(event), { capture: true, signal })
    void this.#fetch(cause, signal)
  }

  async #fetch(cause: Cause, signal: AbortSignal): Promise<void> {
    let pauseMs: number
    try {
      const { proof, expiresAt } = await cause.store.getProof({ signal })
      if (signal.aborted) return
      this.#failures = 0
      pauseMs = this.#take({ proof, expiresAt })
    } catch (error) {
      if (signal.aborted) return
      if (this.#failures === 0) this.#walk.warn(error as DiditError)
      this.#failures += 1
      const { retryAfterSeconds = 0 } = error as Partial<RequestError>
      pauseMs = Math.max(Math.min(1_000 * 2 ** this.#failures, marginMs), retryAfterSeconds * 1_000)
      if (!this.isFresh) this.#set(null)
    }
    this.#host.requestUpdate()
    // Whoever heard of it may have ended it.
    if (!signal.aborted) this.#timer = setTimeout(() => void this.#fetch(cause, signal), Math.min(pauseMs, longestMs))
  }

  /** @returns When to ask for the next one. */
  #take({ proof, expiresAt }: ProofAnswer): number {
    const pauseMs = Math.min(Math.max(expiresAt - Date.now() - marginMs, shortestMs), longestMs)
    this.#goodUntil = Date.now() + pauseMs + marginMs
    this.#set(proof)
    return pauseMs
  }

  #set(proof: string | null): void {
    if (proof === this.#proof) return
    this.#proof = proof
    this.#submit()
    if (this.#host.isConnected) this.#host.dispatchEvent(new Event('change', { bubbles: true }))
  }

  #submit(): void {
    this.#internals.setFormValue(this.#proof, this.#state)
  }

  /** A proof that grew old in its sleep goes nowhere; `required` then keeps the form until the next one is there. */
  #submitted(event: Event): void {
    if (!this.#isOld) return
    this.#renew()
    if (!this.#host.required || (event.currentTarget as HTMLFormElement).noValidate) return
    event.preventDefault()
    event.stopImmediatePropagation()
    this.#host.reportValidity()
  }

  /** The same for a form that is sent without being asked, and for one that is only read. */
  #collected({ formData }: FormDataEvent): void {
    const { name } = this.#host
    if (!name || !this.#isOld) return
    const others = formData.getAll(name).filter((entry) => entry !== this.#proof)
    formData.delete(name)
    for (const entry of others) formData.append(name, entry)
    // Later: whoever hears of the change may read the form, which must not happen while it is being read.
    queueMicrotask(() => this.#isOld && this.#renew())
  }

  get #isOld(): boolean {
    return this.#proof !== null && !this.isFresh
  }

  /** The next update fetches another one, where it still may. */
  #renew(): void {
    this.drop()
    this.#host.requestUpdate()
  }
}
