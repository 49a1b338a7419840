import { toPseudo } from '../../../server/shared/texts/texts.ts'
import { useLanguage } from '../../language.tsx'
import { en } from './en.ts'

/** All texts of the desk; the compiler refuses a language that lacks one. */
export type DeskTexts = typeof en

const texts: Readonly<Record<string, DeskTexts>> = { en, 'ar-XB': toPseudo(en) }

/** The desk's own words, apart from the bank's: no customer downloads them. Where a language has none yet: English. */
export const useDeskTexts = (): DeskTexts => texts[useLanguage().language.tag] ?? en

/** The sentence for a number of things. */
export const counted = (text: { readonly one: string; readonly many: string }, count: number): string =>
  (count === 1 ? text.one : text.many).replaceAll('{count}', String(count))
