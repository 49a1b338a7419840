import { firstPhrases } from './first-phrases.ts'

/**
 * Every word a person reads, in English. The `strings` property of the element overrides any of them, and another
 * language is another object of this shape.
 *
 * A view `x` is shown with `xTitle`, `xHint` and, where there is something to do, `xAction`.
 */
export const phrases = {
  ...firstPhrases,
  busyTitle: 'One moment …',
  busyHint: 'The verification is being prepared.',
  activeTitle: 'Not finished yet',
  activeHint: 'Your progress is kept. Go on where you stopped.',
  activeAction: 'Continue',
  checkingTitle: 'Checking your result …',
  checkingHint: 'Thank you. This usually takes a few seconds.',
  checkingAction: 'Check again',
  reviewTitle: 'In review',
  reviewHint: 'Somebody is looking at your documents. The result will appear here by itself.',
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
  contactHint: 'Please contact us, and we will find a way.',

  errorTitle: 'That did not work',
  errorHint: 'Something went wrong. Please try again.',
  errorAction: 'Try again',
  laterHint: 'The service is busy. Please try again in a minute.',
  signInHint: 'Please sign in again, then go on.',
  foreignHint: 'This verification belongs to another account. Sign in with the one that began it.',
  goneHint: 'This verification no longer exists. Please start again.',
  attemptsHint: 'All attempts are used up.',
  silentHint: 'The verification page does not answer.',
  blockedHint: 'The verification cannot be shown inside this page.',
  unavailableHint: 'Verification is not available at the moment.',

  loading: 'Opening the verification …',
  close: 'Close',
  done: 'Done',
  newWindow: 'Open in a new window',
  leaveTitle: 'Leave the verification?',
  leaveHint: 'Your progress is kept. You can go on later.',
  stay: 'Stay',
  leave: 'Leave',
}

/** All texts, each under its name. */
export type Phrases = Readonly<typeof phrases>
