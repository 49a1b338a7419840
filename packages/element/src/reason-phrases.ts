import type { RedactedDecision } from '@didit-verify/core'

/** What the person can put right, in words, by the code of the server's allow-list. */
export const reasonPhrases: Readonly<Record<string, string>> = {
  'document-expired': 'The document has expired. Use a valid one.',
  'document-unsupported': 'This kind of document is not accepted. Use another one.',
  'document-unreadable': 'The document could not be read. Lay it flat, in good light.',
  'document-blurred': 'The picture of the document is blurred. Hold the camera still.',
  'document-portrait-missing': 'The photo on the document could not be seen.',
  'document-code-unreadable': 'The code on the document could not be read.',
  'face-not-visible': 'Your face could not be seen. Look straight into the camera.',
  'face-multiple': 'More than one face was in the picture. Be alone in front of the camera.',
  'face-blurred': 'The picture of your face is blurred. Hold still.',
  'face-too-dark': 'It was too dark. Find a brighter place.',
  'face-too-bright': 'It was too bright. Avoid light from behind.',
  'face-differs': 'Your face could not be matched with the photo on the document.',
  'address-missing': 'The proof of address shows no address.',
  'address-unreadable': 'The address could not be read.',
  'address-differs': 'The address differs from the one you gave.',
  'address-document-too-old': 'The proof of address is too old. Use a newer one.',
  'address-document-undated': 'The proof of address shows no date.',
  'address-document-unreadable': 'The proof of address could not be read.',
  'address-document-unsupported': 'This kind of proof of address is not accepted.',
  'address-document-language': 'The language of the proof of address is not accepted.',
  'name-differs': 'The name differs between what you gave and your documents.',
  'code-attempts-exceeded': 'The code was entered wrongly too often. Ask for a new one.',
  'phone-type-refused': 'This kind of phone number is not accepted. Use another one.',
  'email-type-refused': 'This kind of e-mail address is not accepted. Use another one.',
}

/** The sentences for a Decision, each once. A code without words is left out: a person can do nothing with a code. */
export function reasonsOf({ checks }: RedactedDecision): string[] {
  const codes = new Set(checks.flatMap((check) => check.reasons))
  return [...codes].flatMap((code) => (Object.hasOwn(reasonPhrases, code) ? (reasonPhrases[code] ?? []) : []))
}
