import type { DiditErrorCode } from '@didit-verify/core'
import type { ErrorAction } from './events.ts'
import type { Phrases } from './texts/phrases.ts'

/** A sentence about an error for the person, and what they can do about it. */
export interface ErrorAdvice {
  readonly hint: keyof Phrases
  readonly action: ErrorAction
}

// The first match applies.
const advice: readonly (readonly [RegExp, keyof Phrases, ErrorAction?])[] = [
  [/^unauth/, 'signInHint', 'sign-in'],
  [/foreign$/, 'foreignHint', 'sign-in'],
  [/^attempts/, 'attemptsHint', 'contact'],
  [/^(session|didit)-not-found/, 'goneHint'],
  [/^(network|timeout|relay)/, 'offlineHint'],
  [/limited$|unavailable$|^shutting/, 'laterHint'],
  [/^frame-timeout/, 'silentHint'],
  [/^frame-blocked/, 'blockedHint', 'new-window'],
  // The person cannot solve these: the page or its server is set up wrongly.
  [/^(config|request-invalid|forbidden|unknown|route|frame-url|didit-(cred|rej))/, 'unavailableHint', 'contact'],
  [/./, 'errorHint'],
]

/** Returns the advice for an error code. For a code that is not listed: a general sentence and another try. */
export function errorAdvice(code: DiditErrorCode): ErrorAdvice {
  const [, hint, action = 'retry'] = advice.find(([pattern]) => pattern.test(code)) as (typeof advice)[number]
  return { hint, action }
}
