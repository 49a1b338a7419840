import type { HostedFrame, HostedLayout } from '@didit-verify/core/hosted-frame'
import type { Mode } from '../events.ts'

/** The part of a walk that depends on the mode: how the hosted page is shown. */
export interface Presenter {
  readonly mode: Mode
  /** True when the result is shown on the card and not in the dialog. */
  readonly showsResultOnCard?: boolean
  /** Layout that the hosted page is asked for. */
  readonly presentation?: 'embedded'
  /** Address that the hosted page returns to. */
  readonly returnTo?: string | undefined
  /** Shows the dialog. */
  show(dialog: HTMLDialogElement): void
  /** Undoes the other effects of `show`. */
  end?(): void
  /** Applies the layout that the hosted page reports. */
  applyLayout?(layout: HostedLayout | undefined): void
  /**
   * Goes to the hosted page instead of opening a dialog.
   *
   * @param createFrame - Checks the address, and throws when it is refused.
   * @param signal - Aborted when the run ends.
   */
  leave?(createFrame: () => HostedFrame, signal: AbortSignal): void
}

/** The default presenter: the hosted page in a modal dialog. */
export const modal: Presenter = { mode: 'modal', show: (dialog) => dialog.showModal() }
