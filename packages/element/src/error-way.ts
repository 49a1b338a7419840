import type { DiditErrorCode } from '@didit-verify/core'
import type { ErrorAction } from './events.ts'
import type { Phrases } from './texts/phrases.ts'

/** What an error means for the person: a sentence, and a way on. */
export interface ErrorWay {
  readonly hint: keyof Phrases
  readonly action: ErrorAction
}

// The first that fits counts.
const ways: readonly (readonly [RegExp, keyof Phrases, ErrorAction?])[] = [
  [/^unauth/, 'signInHint', 'sign-in'],
  [/foreign$/, 'foreignHint', 'sign-in'],
  [/^attempts/, 'attemptsHint', 'contact'],
  [/^(session|didit)-not-found/, 'goneHint'],
  [/^(network|timeout|relay)/, 'offlineHint'],
  [/limited$|unavailable$|^shutting/, 'laterHint'],
  [/^frame-timeout/, 'silentHint'],
  [/^frame-blocked/, 'blockedHint', 'new-window'],
  // Nothing the person does helps against these: the host or its server is set up wrongly.
  [/^(config|request-invalid|forbidden|unknown|route|frame-url|didit-(cred|rej))/, 'unavailableHint', 'contact'],
  [/./, 'errorHint'],
]

/** The sentence and the way on for a code; for one that is not listed, a general sentence and another try. */
export function errorWay(code: DiditErrorCode): ErrorWay {
  const [, hint, action = 'retry'] = ways.find(([pattern]) => pattern.test(code)) as (typeof ways)[number]
  return { hint, action }
}
