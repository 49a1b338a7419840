import type { RedactedDecision } from '@didit-verify/core'
import type { html as Html } from 'lit'
import { explanationPhrases } from './texts/explanation-phrases.ts'
import type { Phrases } from './texts/phrases.ts'

/**
 * Renders what a Decision asks of the person: the steps to repeat, and the problems they can solve.
 *
 * A step or a reason without a text is left out, since a code does not help a person.
 *
 * @param html - Lit's `html`, as an argument: an import here would split Lit into more chunks for every walk.
 * @param strings - Texts that replace the English ones.
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
  // Only a Resubmitted Session continues with the listed steps. An Abandoned one starts from the beginning.
  const requested = status === 'Resubmitted' ? checks.filter((check) => check.status === 'Resub Requested') : []
  return [
    list(
      'steps',
      requested.map(({ kind }) => `${kind}Step`),
      texts.stepsHint,
    ),
    list(
      'reasons',
      checks.flatMap(({ reasons }) => reasons),
    ),
  ]
}
