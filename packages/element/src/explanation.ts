import type { RedactedDecision } from '@didit-verify/core'
import type { html as Html } from 'lit'
import { explanationPhrases } from './texts/explanation-phrases.ts'
import type { Phrases } from './texts/phrases.ts'

/**
 * What a Decision asks of the person: the steps that are wanted again, and what can be put right.
 *
 * A step or a reason without words is left out: a person can do nothing with a code.
 *
 * @param html - Lit's, handed in: to import it here would break its code up into more chunks for everybody.
 * @param strings - All that is not to be said in English.
 */
export function renderExplanation(
  html: typeof Html,
  { status, checks }: RedactedDecision,
  strings: Partial<Phrases>,
): unknown {
  const texts: Partial<Record<string, string>> = { ...explanationPhrases, ...strings }
  const list = (part: string, names: readonly string[], hint?: string) => {
    const lines = [...new Set(names)].flatMap((name) => (Object.hasOwn(texts, name) && texts[name]) || [])
    if (!lines.length) return undefined
    return html`${hint && html`<p part="hint" class="hint">${hint}</p>`}
      <ul part=${part}>${lines.map((line) => html`<li>${line}</li>`)}</ul>`
  }
  // Only a Resubmitted Session goes on with the steps that are named; an Abandoned one begins anew.
  const wanted = status === 'Resubmitted' ? checks.filter((check) => check.status === 'Resub Requested') : []
  return [
    list(
      'steps',
      wanted.map(({ kind }) => `${kind}Step`),
      texts.stepsHint,
    ),
    list(
      'reasons',
      checks.flatMap(({ reasons }) => reasons),
    ),
  ]
}
