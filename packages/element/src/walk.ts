import type { DiditClient, DiditError, SessionState, SessionStore, Snapshot } from '@didit-verify/core'
import type { LitElement } from 'lit'
import type { Mode, StepDetail } from './events.ts'
import type { Presenter } from './presenters/presenter.ts'
import type { Phrases } from './texts/phrases.ts'
import type { View } from './view.ts'

/** The end of a run. It never states a verdict. */
export interface StartOutcome {
  readonly kind: 'submitted' | 'cancelled' | 'failed' | 'already'
  readonly sessionId: string | null
}

/** The element as the parts of a walk see it: its properties, and its update cycle. */
export interface WalkHost extends LitElement {
  readonly client: DiditClient | undefined
  readonly endpoint: string | undefined
  readonly workflow: string | undefined
  readonly sessionId: string | undefined
  readonly url: string | undefined
  readonly mode: Mode | undefined
  readonly autoClose: boolean
  readonly confirmExit: boolean
  readonly returnTo: string | undefined
  readonly documentCamera: 'front' | 'back' | undefined
  readonly livenessCamera: 'front' | 'back' | undefined
  readonly allowedOrigins: string | undefined
  readonly readyTimeout: number
  readonly name: string | undefined
  readonly required: boolean
  readonly disabled: boolean
  readonly headers: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined
  readonly fetch: typeof globalThis.fetch | undefined
  readonly form: HTMLFormElement | null
  readonly snapshot: Snapshot | null
  reportValidity(): boolean
}

/** The dialog as the presenters see it. */
export interface WalkDialog {
  readonly isOpen: boolean
  /** True while the hosted page is in the dialog. */
  readonly hasFrame: boolean
  readonly presenter: Presenter
  /** Shows an open dialog again, with this presenter. Its frame is not reloaded. Default: modal. */
  restore(presenter?: Presenter): void
}

/** One walk through the hosted page, as dialog, presenters and form value see it: its state, and what they report. */
export interface Walk {
  readonly state: SessionState
  readonly error: DiditError | null
  readonly phrases: Phrases
  readonly view: View
  readonly dialog: WalkDialog
  /** The store of the element's current target. */
  readonly store: SessionStore
  start(): Promise<StartOutcome>
  /** Closes the dialog. Returns false when the page cancelled `didit-beforeclose`. */
  close(reason: string): boolean
  /** Renders the steps to repeat and the problems to solve. */
  renderReasons(): unknown
  opened(): void
  closed(reason: string): void
  ready(): void
  step(type: StepDetail['type'], step: StepDetail['step']): void
  submitted(): void
  failed(error: DiditError): void
  /** Reports an error that does not end the walk. */
  warn(error: DiditError): void
}
