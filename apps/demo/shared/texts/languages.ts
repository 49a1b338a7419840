import { en } from './en.ts'
import { es } from './es.ts'
import { type Texts, toPseudo } from './texts.ts'

/** A language of the demo: its texts, and how it calls itself. */
export interface Language {
  readonly tag: string
  readonly name: string
  /** Locale for dates and names of countries. */
  readonly locale: string
  readonly dir: 'ltr' | 'rtl'
  readonly texts: Texts
}

const english: Language = { tag: 'en', name: 'English', locale: 'en-GB', dir: 'ltr', texts: en }

/** The languages offered. One more is one file and one line. */
export const languages: readonly Language[] = [
  english,
  { tag: 'es', name: 'Español', locale: 'es', dir: 'ltr', texts: es },
]

/** For development, by `?lang=ar-XB` alone: whether everything is translated, and mirrored. */
export const pseudoTag = 'ar-XB'

/** The language for a list of wishes, best first: by the full tag, then by its base; else English. */
export function findLanguage(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    if (!wish) continue
    if (wish === pseudoTag) return { tag: pseudoTag, name: 'Pseudo', locale: 'en-GB', dir: 'rtl', texts: toPseudo(en) }
    const base = wish.toLowerCase().split('-')[0]
    const found = languages.find(({ tag }) => tag === wish.toLowerCase()) ?? languages.find(({ tag }) => tag === base)
    if (found) return found
  }
  return english
}

/** The cookie in which a choice is kept, for pages with JavaScript and without. */
export const languageCookie = 'harbour_language'

/** The tags of an `Accept-Language` header, best first. */
export function acceptedTags(header: string | null | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const quality = parameters.find((parameter) => parameter.trim().startsWith('q='))
      return { tag: tag.trim(), quality: quality ? Number(quality.trim().slice(2)) : 1 }
    })
    .filter(({ tag, quality }) => tag !== '' && quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag)
}
