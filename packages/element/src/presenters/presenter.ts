import type { HostedFrame, HostedLayout } from '@didit-verify/core/hosted-frame'
import type { Mode } from '../events.ts'

/** How the hosted page comes before the person: all that the modes do differently. */
export interface Presenter {
  readonly mode: Mode
  /** Has the result on the card, and not in the dialog. */
  readonly isBrief?: boolean
  /** How the hosted page is to be laid out. */
  readonly presentation?: 'embedded'
  /** Where the person comes back to. */
  readonly returnTo?: string | undefined
  /** Puts the dialog on the screen. */
  show(dialog: HTMLDialogElement): void
  /** Takes back what `show` did beside that. */
  end?(): void
  /** What the hosted page says about its layout. */
  fit?(layout: HostedLayout | undefined): void
  /**
   * Leaves for the hosted page, where no dialog is to be opened.
   *
   * @param createFrame - Checks the address; throws when it is refused.
   * @param signal - Fires when the run is over.
   */
  leave?(createFrame: () => HostedFrame, signal: AbortSignal): void
}

/** The presenter of every walk that asks for no other. */
export const modal: Presenter = { mode: 'modal', show: (dialog) => dialog.showModal() }
