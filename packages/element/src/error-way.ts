import type { DiditErrorCode } from '@didit-verify/core'
import type { ErrorAction } from './events.ts'
import type { Phrases } from './phrases.ts'

/** What an error means for the person: a sentence, and a way on. */
export interface ErrorWay {
  readonly hint: keyof Phrases
  readonly action: ErrorAction
}

const ways: Partial<Record<DiditErrorCode, readonly [keyof Phrases, ErrorAction]>> = {
  unauthenticated: ['signInHint', 'sign-in'],
  'session-foreign': ['foreignHint', 'sign-in'],
  'attempts-exhausted': ['attemptsHint', 'contact'],
  'session-not-found': ['goneHint', 'retry'],
  'didit-not-found': ['goneHint', 'retry'],
  network: ['offlineHint', 'retry'],
  timeout: ['offlineHint', 'retry'],
  'relay-lost': ['offlineHint', 'retry'],
  'rate-limited': ['laterHint', 'retry'],
  'didit-rate-limited': ['laterHint', 'retry'],
  'didit-unavailable': ['laterHint', 'retry'],
  'storage-unavailable': ['laterHint', 'retry'],
  'shutting-down': ['laterHint', 'retry'],
  'frame-timeout': ['silentHint', 'retry'],
  'frame-blocked': ['blockedHint', 'new-window'],
}

// Nothing the person does helps against these: the host or its server is set up wrongly.
const unavailable = /^(config|request-invalid|forbidden|unknown|route|frame-url|didit-(cred|rej))/

/** The sentence and the way on for a code; for one that is not listed, a general sentence and another try. */
export function errorWay(code: DiditErrorCode): ErrorWay {
  const [hint, action] =
    ways[code] ?? (unavailable.test(code) ? ['unavailableHint', 'contact'] : ['errorHint', 'retry'])
  return { hint, action } as ErrorWay
}
