import type { explanationPhrases } from './explanation-phrases.ts'
import type { firstPhrases } from './first-phrases.ts'

/**
 * English texts of a walk. Those of the first load are in first-phrases.ts, those beside a verdict in
 * explanation-phrases.ts. Every other language has all texts in one file.
 *
 * A view `x` shows `xTitle`, `xHint` and, if there is something to do, `xAction`.
 */
export const phrases = {
  busyTitle: 'One moment …',
  busyHint: 'Opening the verification …',
  activeTitle: 'Not finished yet',
  activeHint: 'Your progress is kept. Go on where you stopped.',
  activeAction: 'Continue',
  checkingTitle: 'Checking your result …',
  checkingHint: 'Thank you. This usually takes a few seconds.',
  checkingAction: 'Check again',
  reviewTitle: 'In review',
  reviewHint: 'Somebody is looking at your documents. The result will appear here.',
  approvedTitle: 'Identity verified',
  approvedHint: 'Thank you. There is nothing more to do.',
  declinedTitle: 'Not verified',
  declinedHint: 'Your identity could not be verified.',
  declinedAction: 'Try again',
  actionTitle: 'One more step',
  actionHint: 'Your verification is not complete yet.',
  actionAction: 'Continue',
  expiredTitle: 'Verification expired',
  expiredHint: 'It is no longer valid.',
  expiredAction: 'Verify again',
  contactHint: 'Please contact us.',

  errorTitle: 'That did not work',
  errorHint: 'Please try again.',
  errorAction: 'Try again',
  laterHint: 'Please try again in a minute.',
  signInHint: 'Please sign in again.',
  foreignHint: 'This verification belongs to another account. Sign in with that one.',
  goneHint: 'This verification no longer exists. Please try again.',
  attemptsHint: 'All attempts are used up.',
  silentHint: 'The verification page does not answer.',
  blockedHint: 'The verification cannot be shown in this page.',
  unavailableHint: 'Verification is not available at the moment.',

  close: 'Close',
  done: 'Done',
  newWindow: 'Open in a new window',
  leaveTitle: 'Leave the verification?',
  leaveHint: 'Your progress is kept. You can go on later.',
  stay: 'Stay',
  leave: 'Leave',
}

/**
 * All texts that a person reads, by name. A language must have all of them, and `strings` may replace each.
 *
 * Reasons are named by their codes (`document-expired`), steps by the kind of the check (`documentStep`).
 */
export type Phrases = Readonly<typeof firstPhrases & typeof phrases & typeof explanationPhrases>
