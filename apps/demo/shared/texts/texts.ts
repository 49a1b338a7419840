import type { en } from './en.ts'

/** All texts of the demo; the compiler refuses a language that lacks one. */
export type Texts = typeof en

/** Puts values into the `{names}` of a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** A text by a name that comes over the wire; nothing for one that is not known. */
export const named = (texts: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(texts, name) ? texts[name] : undefined

/**
 * The texts in a language that nobody speaks: longer, accented, and from right to left. What is still plain English on
 * the screen is not in the texts yet; what sticks to the left is not mirrored.
 */
export function toPseudo<Value>(value: Value): Value {
  if (typeof value === 'string') return pseudoText(value) as Value
  if (Array.isArray(value)) return value.map(toPseudo) as Value
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([name, inner]) => [
      name,
      name === 'contactAddress' ? inner : toPseudo(inner),
    ]),
  ) as Value
}

const accents: Readonly<Record<string, string>> = { a: 'á', e: 'ë', i: 'ï', o: 'ö', u: 'ü', n: 'ñ', s: 'š', c: 'ç' }

function pseudoText(text: string): string {
  if (text === '') return ''
  const parts = text.split(/(\{\w+\})/)
  const accented = parts.map((part) =>
    part.startsWith('{') ? part : part.replaceAll(/[aeiounsc]/g, (letter) => accents[letter] ?? letter),
  )
  // A third longer, as translations are, and set from right to left whatever its letters want.
  return `\u202e${accented.join('')}${'·'.repeat(Math.ceil(text.length / 3))}\u202c`
}
