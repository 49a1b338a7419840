import type { DiditError } from './error.ts'
import type { CallOptions } from './http.ts'
import type { Connection } from './live-updates.ts'
import type { Phase } from './status.ts'
import type { ProofAnswer, RedactedDecision, Snapshot } from './wire.ts'

/** What this browser sees of the hosted page. Says nothing about the outcome. */
export type Flow = 'idle' | 'creating' | 'opening' | 'ready' | 'submitted' | 'closed' | 'failed'

/** Which Session is meant: one by its id, or the user's current one of a Workflow. `{}` is the Workflow `default`. */
export interface Target {
  /** The alias of the Workflow. Default `default`. */
  readonly workflow?: string | undefined
  readonly sessionId?: string | undefined
}

/** All that a screen needs. Frozen; a new object only when something in it changed. */
export interface SessionState {
  readonly session: Snapshot | null
  readonly phase: Phase
  readonly flow: Flow
  /** Where the person verifies, from `opening` on; null again once closed, submitted or decided. */
  readonly url: string | null
  readonly error: DiditError | null
  readonly connection: Connection
  /** The server has answered at least once: a `session` of null then means "none yet". */
  readonly loaded: boolean
}

/** State of a store that knows no Session yet, and of a screen before it has a store. */
// Marked, so that a bundle that does not use it does not carry it.
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
  /** Where the person comes back to after a redirect or popup. Leave it out for a frame. */
  readonly returnTo?: string | undefined
}

/** `open`: verify at `url`. `already`: there is nothing to do. */
export type StartResult =
  | { readonly kind: 'open'; readonly url: string; readonly session: Snapshot }
  | { readonly kind: 'already'; readonly session: Snapshot }

/** What the presenter of the hosted page saw. */
export type Step = 'ready' | 'submitted' | 'closed' | { readonly failed: DiditError }

/** One Session as this browser knows it: the newest Snapshot wins, wherever it came from. */
export interface SessionStore {
  readonly target: Target
  /** The newest Snapshot, or null. The same object until a newer one arrives. */
  getSnapshot(): Snapshot | null
  getState(): SessionState
  /**
   * Calls back after every change and returns the way out.
   *
   * The first subscriber opens the stream, once a Session is known and while it is not decided and settled; the last one
   * to leave closes it. Subscribing never asks for the Session: call `load` as well.
   */
  subscribe(listener: () => void): () => void
  /**
   * Asks the server for the Session. However often it is called at a time, one request is sent.
   *
   * @returns The newest Snapshot known, which may be newer than the answer; null when the user has no Session.
   * @throws {DiditError} With `aborted` when the signal fires.
   */
  load(options?: CallOptions): Promise<Snapshot | null>
  /**
   * Creates or resumes a Session. However often it is called at a time, one request is sent, with the options of the
   * first call; while a page is open, its URL is handed out again.
   *
   * @throws {DiditError} Then `flow` is `failed`; with `aborted` it is `idle`.
   */
  start(options?: StartOptions): Promise<StartResult>
  /**
   * Has the server read the Session at Didit now. Limited to a few per minute.
   *
   * @throws {DiditError} Kept in `error` too, until something newer is known; but not `aborted`.
   */
  refresh(options?: CallOptions): Promise<Snapshot>
  /** The Decision as far as the person may see it; null when the user has no Session. */
  getDecision(options?: CallOptions): Promise<RedactedDecision | null>
  /**
   * Has the server state the approval in a proof, for a backend to check with `verifyProof`. Ask for it when it is to
   * be sent: it is good for some minutes, and one that is kept is worth nothing.
   *
   * The server goes by its own sign-in here, not by the ticket.
   *
   * @returns The proof, and until when it is good, in epoch milliseconds by the clock of the server.
   * @throws {DiditError} `not-approved` unless the Session is approved and settled; `session-not-found` when the user
   *   has none.
   */
  getProof(options?: CallOptions): Promise<ProofAnswer>
  /** Resolves when the Session is decided and settled; follows it meanwhile. Rejects when following became impossible. */
  waitForDecision(options?: CallOptions): Promise<Snapshot>
  /** Tells what the presenter of the hosted page saw. Moves `flow`, never `session`. */
  report(step: Step): void
  /** Asks to present the hosted page: true for the first who asks per opening, and for the same one again. */
  claim(presenter: object): boolean
}
