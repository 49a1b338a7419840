/** English texts of the first load. All others load with the code that shows them: see phrases.ts. */
export const firstPhrases = {
  noneTitle: 'Identity verification',
  noneHint: 'Have an identity document at hand. It takes about two minutes.',
  noneAction: 'Verify your identity',
  offlineHint: 'There is no connection.',
  reloadAction: 'Reload the page',
  required: 'Please verify your identity.',
}
