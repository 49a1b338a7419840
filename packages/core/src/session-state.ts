import type { DiditError } from './error.ts'
import type { CallOptions } from './http.ts'
import type { Connection } from './live-updates.ts'
import type { Phase } from './status.ts'
import type { ProofAnswer, RedactedDecision, Snapshot } from './wire.ts'

/** State of the hosted page as this browser sees it. It says nothing about the outcome. */
export type Flow = 'idle' | 'creating' | 'opening' | 'ready' | 'submitted' | 'closed' | 'failed'

/** Identifies a Session: by its id, or as the user's current Session of a Workflow. `{}` means the Workflow `default`. */
export interface Target {
  /** The alias of the Workflow. Default `default`. */
  readonly workflow?: string | undefined
  readonly sessionId?: string | undefined
}

/** Everything that a screen needs. The object is frozen; a change creates a new object. */
export interface SessionState {
  readonly session: Snapshot | null
  readonly phase: Phase
  readonly flow: Flow
  /** Address of the hosted page, from `opening` on. Null again once closed, submitted or decided. */
  readonly url: string | null
  readonly error: DiditError | null
  readonly connection: Connection
  /** True once the server has answered. A `session` of null then means that the user has none. */
  readonly loaded: boolean
}

/** State of a store that knows no Session yet, and of a screen before it has a store. */
// Marked as pure, so that a bundle that does not use it leaves it out.
export const idleState: SessionState = /* @__PURE__ */ Object.freeze({
  session: null,
  phase: 'none',
  flow: 'idle',
  url: null,
  error: null,
  connection: 'off',
  loaded: false,
})

export interface StartOptions extends CallOptions {
  /** Language of the hosted page, such as `da`. */
  readonly language?: string | undefined
  /** Address to which the person returns after a redirect or popup. Leave it out for a frame. */
  readonly returnTo?: string | undefined
}

/** Result of `start`. `open`: the person verifies at `url`. `already`: there is nothing to do. */
export type StartResult =
  | { readonly kind: 'open'; readonly url: string; readonly session: Snapshot }
  | { readonly kind: 'already'; readonly session: Snapshot }

/** An observation of the presenter that shows the hosted page. */
export type Step = 'ready' | 'submitted' | 'closed' | { readonly failed: DiditError }

/** Observable store of one Session. The newest Snapshot wins, regardless of its source. */
export interface SessionStore {
  readonly target: Target
  /** The newest Snapshot, or null. The same object until a newer one arrives. */
  getSnapshot(): Snapshot | null
  getState(): SessionState
  /**
   * Calls back after every change. Returns a function that unsubscribes.
   *
   * The stream is open while there is a subscriber and a known Session that is not yet decided and settled. Subscribing
   * does not load the Session: call `load` too.
   */
  subscribe(listener: () => void): () => void
  /**
   * Loads the Session from the server. Concurrent calls share one request.
   *
   * @returns The newest Snapshot known, which may be newer than the answer; null when the user has no Session.
   * @throws {DiditError} With `aborted` when the signal fires.
   */
  load(options?: CallOptions): Promise<Snapshot | null>
  /**
   * Creates or resumes a Session. Concurrent calls share one request with the options of the first call. While a hosted
   * page is open, the call returns its URL again.
   *
   * @throws {DiditError} `flow` is then `failed`, or `idle` after `aborted`.
   */
  start(options?: StartOptions): Promise<StartResult>
  /**
   * Makes the server read the Session at Didit now. Limited to a few calls per minute.
   *
   * @throws {DiditError} Except for `aborted`, `error` holds it too, until a newer Snapshot arrives.
   */
  refresh(options?: CallOptions): Promise<Snapshot>
  /** Returns the redacted Decision, or null when the user has no Session. */
  getDecision(options?: CallOptions): Promise<RedactedDecision | null>
  /**
   * Returns a proof of the approval, which a backend checks with `verifyProof`. Ask for it just before you send it: it
   * expires after some minutes.
   *
   * The server identifies the user by the application's sign-in, not by the ticket.
   *
   * @returns The proof, and its expiry in epoch milliseconds by the server's clock.
   * @throws {DiditError} `not-approved` unless the Session is approved and settled. `session-not-found` when the user has
   *   no Session.
   */
  getProof(options?: CallOptions): Promise<ProofAnswer>
  /** Resolves when the Session is decided and settled. Follows it meanwhile. Rejects when following becomes impossible. */
  waitForDecision(options?: CallOptions): Promise<Snapshot>
  /** Reports an observation of the presenter. Changes `flow`, never `session`. */
  report(step: Step): void
  /** Claims the right to present the hosted page. True for the first presenter of each opening, also when it asks again. */
  claim(presenter: object): boolean
}
