/** The words of the first load, in English. All others come with the part that shows them: see phrases.ts. */
export const firstPhrases = {
  noneTitle: 'Identity verification',
  noneHint: 'Have an identity document at hand. It takes about two minutes.',
  noneAction: 'Verify your identity',
  // A reload, too: Firefox keeps a script that it could not load as failed for as long as the page lives.
  offlineHint: 'There is no connection. Please try again, or reload the page.',
  required: 'Please verify your identity.',
}
