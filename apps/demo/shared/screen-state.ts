import { isDecided, needsNewSession } from '@didit-verify/core'
import type { SceneName } from './illustrations.ts'

/** All that decides what a screen says; the outcome in it is the server's alone. */
export interface Sight {
  /** What the server knows of the person's Session; null when there is none. */
  readonly session: {
    readonly status: string
    readonly phase: string
    readonly settled: boolean
    readonly canRetry: boolean
  } | null
  /** The server has not answered yet. */
  readonly isLooking?: boolean | undefined
  /** The hosted page is on the screen. */
  readonly isWalking?: boolean | undefined
  /** The person has handed everything in, in this browser. */
  readonly isSubmitted?: boolean | undefined
  /** The code of what went wrong, where that is what the screen has to speak of. */
  readonly trouble?: string | undefined
}

const troubles: readonly (readonly [RegExp, Situation])[] = [
  [/^unauthenticated/, 'signedOut'],
  [/^attempts-exhausted/, 'exhausted'],
  [/rate-limited$/, 'limited'],
  [/^(network|timeout|relay-lost|internal|storage-unavailable|shutting-down|didit-unavailable)/, 'down'],
  [/./, 'refused'],
]

/** Where the person stands. Pure: the same for React and for the pages without JavaScript. */
export function situationOf({ session, isLooking, isWalking, isSubmitted, trouble }: Sight): Situation {
  if (isWalking) return 'walking'
  const found = trouble === undefined ? undefined : troubles.find(([pattern]) => pattern.test(trouble))
  if (found) return found[1]
  if (isLooking) return 'looking'
  if (session === null) return isSubmitted ? 'checking' : 'ready'
  const { status, phase, settled, canRetry } = session
  // No screen speaks of a verdict that the server still makes sure of.
  if (isDecided(status) && !settled) return 'unsure'
  if (phase === 'approved') return 'approved'
  if (phase === 'review') return 'review'
  if (needsNewSession(status) && !canRetry) return phase === 'declined' ? 'declinedFinal' : 'exhausted'
  if (phase === 'declined') return 'declined'
  if (status === 'Resubmitted') return 'resubmit'
  if (status === 'Abandoned') return 'abandoned'
  if (status === 'Kyc Expired') return 'lapsed'
  if (phase === 'expired') return 'expired'
  return isSubmitted ? 'checking' : 'unfinished'
}

/** What the person can do next. `begin` and `resume` are the element's own button. */
export type NextStep = 'begin' | 'resume' | 'retry' | 'again' | 'check' | 'contact' | 'signIn' | 'none'

/** What a situation looks like: its scene, its step of three (from 0), what comes next. */
export interface SituationLook {
  readonly scene: SceneName
  readonly step: 0 | 1 | 2
  readonly next: NextStep
}

export const situations = {
  looking: { scene: 'sailing', step: 1, next: 'none' },
  ready: { scene: 'sailing', step: 1, next: 'begin' },
  unfinished: { scene: 'anchored', step: 1, next: 'resume' },
  walking: { scene: 'entering', step: 1, next: 'none' },
  checking: { scene: 'answered', step: 2, next: 'check' },
  unsure: { scene: 'asking', step: 2, next: 'check' },
  review: { scene: 'piloted', step: 2, next: 'check' },
  approved: { scene: 'dressed', step: 2, next: 'none' },
  declined: { scene: 'barred', step: 2, next: 'retry' },
  declinedFinal: { scene: 'helped', step: 2, next: 'contact' },
  resubmit: { scene: 'dipped', step: 1, next: 'resume' },
  abandoned: { scene: 'stopped', step: 1, next: 'retry' },
  expired: { scene: 'ebb', step: 1, next: 'retry' },
  lapsed: { scene: 'lapsed', step: 1, next: 'retry' },
  limited: { scene: 'held', step: 1, next: 'again' },
  exhausted: { scene: 'helped', step: 1, next: 'contact' },
  refused: { scene: 'disabled', step: 1, next: 'contact' },
  down: { scene: 'locked', step: 1, next: 'again' },
  signedOut: { scene: 'berths', step: 0, next: 'signIn' },
} as const satisfies Record<string, SituationLook>

export type Situation = keyof typeof situations

/** True while something will change without the person: the page without JavaScript asks anew. */
export const isAwaited = (situation: Situation): boolean => ['checking', 'unsure', 'review'].includes(situation)
