/**
 * Why a check did not pass, in codes that the person can do something about.
 *
 * An allow-list on purpose: whatever Didit finds beyond it (sanctions, blocklists, duplicates, signs of fraud) never
 * reaches a browser, for telling a suspect may be unlawful. An interface words each code in its own language.
 */
export const decisionReasons = [
  // the identity document
  'document-expired',
  'document-unsupported',
  'document-unreadable',
  'document-blurred',
  'document-portrait-missing',
  'document-code-unreadable',
  // the face
  'face-not-visible',
  'face-multiple',
  'face-blurred',
  'face-too-dark',
  'face-too-bright',
  'face-differs',
  // the proof of address
  'address-missing',
  'address-unreadable',
  'address-differs',
  'address-document-too-old',
  'address-document-undated',
  'address-document-unreadable',
  'address-document-unsupported',
  'address-document-language',
  // on more than one document
  'name-differs',
  // phone and e-mail
  'code-attempts-exceeded',
  'phone-type-refused',
  'email-type-refused',
] as const

/** A reason from the list. */
export type DecisionReason = (typeof decisionReasons)[number]
