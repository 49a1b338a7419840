import { toPseudo } from '../../../shared/texts/texts.ts'
import { useLanguage } from '../../language.tsx'
import { type DeskTexts, en } from './en.ts'
import { es } from './es.ts'

const texts: Readonly<Record<string, DeskTexts>> = { en, es, 'ar-XB': toPseudo<DeskTexts>(en) }

/** The desk's own words, apart from the bank's: no customer downloads them. Where a language has none yet: English. */
export const useDeskTexts = (): DeskTexts => texts[useLanguage().language.tag] ?? en

/** The sentence for a number of things. */
export const counted = (text: { readonly one: string; readonly many: string }, count: number): string =>
  (count === 1 ? text.one : text.many).replaceAll('{count}', String(count))
