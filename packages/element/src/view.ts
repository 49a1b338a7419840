import type { DiditError, SessionState } from '@didit-verify/core'
import { errorAdvice } from './error-advice.ts'
import type { Tone } from './icon.ts'
import type { Phrases } from './texts/phrases.ts'

/** The content of the card, and of the dialog when the hosted page is not in it. */
export interface View {
  readonly tone: Tone
  /** SVG path of the icon. Default: the one of the tone. */
  readonly path?: string | undefined
  readonly title: string
  readonly hint: string
  /** Label of the button. Undefined when there is nothing to press. */
  readonly action?: string | undefined
  /** Effect of the button. */
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

/** True from the press of the button until the hosted page is ready. */
export const isComing = ({ flow, url }: SessionState) => flow === 'creating' || (flow === 'opening' && url !== null)

/**
 * Returns the view of a state.
 *
 * Only the server's status shows an outcome. `flow` can show that a result is awaited, never which one.
 */
export function viewOf(state: SessionState, error: DiditError | null, phrases: Phrases): View {
  const { session, flow, phase } = state
  const textOf = (key: string) => phrases[key as keyof Phrases] as string | undefined
  const advice = error && errorAdvice(error.code)
  const waits = flow === 'submitted' && (phase === 'active' || phase === 'none')
  const unsure = !session?.settled && (phase === 'approved' || phase === 'declined')
  const name = advice ? 'error' : isComing(state) ? 'busy' : waits || unsure ? 'checking' : phase
  // An unfinished Session can be continued. After any other, a new one is needed, which the server may not allow.
  const isOver = name === 'declined' || name === 'expired' || session?.status === 'Abandoned'
  // After an error another try stays possible, even if only the operator can help: they may have done so by now.
  const isFinal = error ? error.code === 'attempts-exhausted' : isOver && !session?.canRetry
  const isWaiting = name === 'checking' && state.connection !== 'lost'
  const tone = tones[name] ?? 'alert'
  return {
    tone,
    path: paths[tone],
    title: textOf(`${name}Title`) ?? '',
    hint: `${textOf(advice?.hint ?? `${name}Hint`)}${isFinal || advice?.action === 'contact' ? ` ${phrases.contactHint}` : ''}`,
    action: isFinal || isWaiting ? undefined : textOf(`${name === 'busy' ? phase : name}Action`),
    press: name === 'checking' ? 'refresh' : 'start',
  }
}
