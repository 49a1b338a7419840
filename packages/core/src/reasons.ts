/**
 * Reasons why a check did not pass, as codes that the person can act on.
 *
 * This is an allow-list: other findings of Didit (sanctions, blocklists, duplicates, signs of fraud) never reach a browser,
 * since it may be unlawful to inform a suspect. The user interface translates each code.
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
