import { isDecided, needsNewSession } from '@didit-verify/core'
import type { IllustrationName } from './illustrations.ts'

/** Input of `getScreenState`. The outcome in it comes from the server alone. */
export interface ViewInput {
  /** Latest state of the person's Session on the server, or null without a Session. */
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
  /** Code of the error that the whole screen has to report. */
  readonly trouble?: string | undefined
}

const troubles: readonly (readonly [RegExp, ScreenState])[] = [
  [/^unauthenticated/, 'signedOut'],
  [/^attempts-exhausted/, 'exhausted'],
  [/rate-limited$/, 'limited'],
  [/^(network|timeout|relay-lost|internal|storage-unavailable|shutting-down|didit-unavailable)/, 'down'],
  [/./, 'refused'],
]

/** Returns the screen state. Shared by React and the pages without JavaScript. */
export function getScreenState({ session, isLooking, isWalking, isSubmitted, trouble }: ViewInput): ScreenState {
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

/** Next action of the person. `begin` and `resume` are the element's own button. */
export type NextStep = 'begin' | 'resume' | 'retry' | 'again' | 'check' | 'contact' | 'signIn' | 'none'

/** Look of a screen state: its illustration, its step of three (from 0), and the next action. */
export interface ScreenLook {
  readonly scene: IllustrationName
  readonly step: 0 | 1 | 2
  readonly next: NextStep
}

export const screenStates = {
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
} as const satisfies Record<string, ScreenLook>

export type ScreenState = keyof typeof screenStates

/** Returns true while the state will change without the person. The page without JavaScript then reloads. */
export const isAwaited = (screenState: ScreenState): boolean => ['checking', 'unsure', 'review'].includes(screenState)
