/** Options of `secretProblem`. */
export interface SecretRules {
  /** Whether spaces may stand between other characters, as in a pass phrase. */
  readonly allowInnerSpaces?: boolean | undefined
}

/**
 * Returns what is wrong with the form of a secret, as the end of "… must be …", or null.
 *
 * A secret that was copied with its quotes or its line break never fits, and nothing else would tell: Didit does not
 * repeat a webhook that is answered 401. The problem never quotes the secret.
 */
export function secretProblem(secret: string, { allowInnerSpaces = false }: SecretRules = {}): string | null {
  if (secret.trim() === '') return 'a string that is not empty'
  if (/^\uFEFF/.test(secret)) return 'without the byte order mark (BOM) at its beginning: save the file as plain UTF-8'
  if (/[\r\n]/.test(secret)) return 'without line breaks: one line, with nothing after it'
  if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(secret)) return 'without control characters and other invisible characters'
  if (/^\s|\s$/.test(secret)) return 'without spaces around it'
  if (/^["'`‘“«]|["'`’”»]$/.test(secret))
    return 'without quotes around it: an --env-file or Docker keeps them as part of the value'
  if (!allowInnerSpaces && /\s/.test(secret)) return 'without spaces'
  return null
}
