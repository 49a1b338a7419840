import type { DiditError, SessionState } from '@didit-verify/core'
import { errorWay } from './error-way.ts'
import type { Tone } from './icon.ts'
import type { Phrases } from './texts/phrases.ts'

/** What a screen says at one moment: on the card, and in the dialog once the hosted page is gone. */
export interface View {
  readonly tone: Tone
  /** The path of the icon, where the tone has none of its own. */
  readonly path?: string | undefined
  readonly title: string
  readonly hint: string
  /** What the button says; undefined when there is nothing to press. */
  readonly action?: string | undefined
  /** What the button does. */
  readonly press?: 'start' | 'refresh'
}

const tones: Partial<Record<string, Tone>> = {
  none: 'start',
  active: 'start',
  busy: 'busy',
  checking: 'busy',
  review: 'wait',
  approved: 'good',
  declined: 'bad',
}

const paths: Partial<Record<Tone, string>> = {
  good: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M7 7l10 10M17 7L7 17',
  wait: 'M12 7v5.5l3.5 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  alert: 'M12 5v9M12 18.5v.01',
}

/** True while the hosted page is on its way. */
export const isComing = ({ flow, url }: SessionState) => flow === 'creating' || (flow === 'opening' && url !== null)

/**
 * The words for a state. The outcome in them is the server's alone: `flow` can say that a result is awaited, never
 * what it is.
 */
export function viewOf(state: SessionState, error: DiditError | null, phrases: Phrases): View {
  const { session, flow, phase } = state
  const say = (key: string) => phrases[key as keyof Phrases] as string | undefined
  const way = error && errorWay(error.code)
  const waits = flow === 'submitted' && (phase === 'active' || phase === 'none')
  const unsure = !session?.settled && (phase === 'approved' || phase === 'declined')
  const name = way ? 'error' : isComing(state) ? 'busy' : waits || unsure ? 'checking' : phase
  // An unfinished Session goes on as it is; every other one needs a new one, which the host may not allow.
  const isOver = name === 'declined' || name === 'expired' || session?.status === 'Abandoned'
  // After an error another try stays open even where only the operator can help: that may have happened by now.
  const isFinal = error ? error.code === 'attempts-exhausted' : isOver && !session?.canRetry
  const isWaiting = name === 'checking' && state.connection !== 'lost'
  const tone = tones[name] ?? 'alert'
  return {
    tone,
    path: paths[tone],
    title: say(`${name}Title`) ?? '',
    hint: `${say(way?.hint ?? `${name}Hint`)}${isFinal || way?.action === 'contact' ? ` ${phrases.contactHint}` : ''}`,
    action: isFinal || isWaiting ? undefined : say(`${name === 'busy' ? phase : name}Action`),
    press: name === 'checking' ? 'refresh' : 'start',
  }
}
